import pytest
from pydantic import ValidationError

from tracemedic_processor.receive import ReceiverSettings, TlsSettings
from tracemedic_processor.receive.addresses import split_address


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [("127.0.0.1:4317", "127.0.0.1", 4317), ("localhost:0", "localhost", 0), ("[::1]:65535", "::1", 65535)],
)
def test_an_address_is_host_and_port(address, host, port):
    assert split_address(address) == (host, port)


@pytest.mark.parametrize("address", ["4317", ":4317", "::1:4317", "localhost:", "localhost:x", "a:65536", "a:-1"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ValidationError, match=r"host:port|65535"):
        ReceiverSettings(grpc_address=address)


@pytest.mark.parametrize("model", [ReceiverSettings, TlsSettings])
def test_every_setting_is_described(model):
    assert all(field.description for field in model.model_fields.values())


@pytest.mark.parametrize(
    "wrong",
    [
        {"grpc_adress": "a:1"},
        {"body_bytes_max": 2**20, "inflight_bytes_max": 2**19},
        {"bearer_tokens": [""]},
        {"body_timeout_s": 0},
        {"tls": {"certificate_file": "a"}},
    ],
)
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(ValidationError):
        ReceiverSettings(**wrong)


def test_tokens_are_never_shown():
    token = "sesame-" + "token"
    assert token not in repr(ReceiverSettings(bearer_tokens=[token]))

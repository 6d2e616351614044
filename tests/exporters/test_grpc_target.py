import pytest

from tracemedic_exporters.grpc_target import GrpcTarget


@pytest.mark.parametrize(
    ("endpoint", "address", "secure", "on_this_machine"),
    [
        ("collector:4317", "collector:4317", False, False),
        ("collector", "collector:4317", False, False),
        ("http://collector:4317", "collector:4317", False, False),
        ("https://otlp.example.org", "otlp.example.org:4317", True, False),
        ("https://otlp.example.org:443/", "otlp.example.org:443", True, False),
        (" localhost:1 ", "localhost:1", False, True),
        ("127.0.0.1:4317", "127.0.0.1:4317", False, True),
        ("http://[::1]:4317", "[::1]:4317", False, True),
    ],
)
def test_endpoints_are_read_as_opentelemetry_does(
    endpoint: str, address: str, secure: bool, on_this_machine: bool
) -> None:
    target = GrpcTarget.parse(endpoint)
    assert (target.address, target.secure, target.on_this_machine) == (address, secure, on_this_machine)


@pytest.mark.parametrize(
    ("endpoint", "words"),
    [
        ("", "names no host"),
        ("http://", "names no host"),
        ("grpc://collector:4317", "must begin with"),
        ("http://collector:4317/v1/traces", "knows no path"),
        ("http://me@collector:4317", "belong into the headers"),
        ("collector:99999", "no usable port"),
        ("collector:port", "no usable port"),
    ],
)
def test_an_endpoint_that_cannot_be_one_is_refused(endpoint: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        GrpcTarget.parse(endpoint)

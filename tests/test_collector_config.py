"""`collector-config.yaml`: each of its four variants is a whole configuration with the settings that lose nothing.

The Collector's own `validate` needs its binary; what is checked here is what can be read from the file.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tracemedic_processor.config import Settings, load
from tracemedic_processor.receive.addresses import split_address
from tracemedic_processor.receive.settings import ReceiverSettings

TEXT = (Path(__file__).parent.parent / "collector-config.yaml").read_text()
VARIANTS = {"inline": "", "round trip": "R", "tee": "T", "several replicas": "B"}
MIB = 1 << 20
OLD_NAMES = {"otlp", "otlphttp", "loadbalancing", "batch", "resource"}
"""Renamed, deprecated or superseded by 0.165 (as exporters and processors; the receiver is still `otlp`)."""


def variant(name: str) -> dict[str, Any]:
    """What the command in the head of the file prints, read."""
    letter = VARIANTS[name]
    if not letter:
        return yaml.safe_load(TEXT)
    lines = (line.removeprefix(f"#{letter} ") for line in TEXT.splitlines() if not line.endswith("#I"))
    return yaml.safe_load("\n".join(lines))


def kind(name: str) -> str:
    return name.partition("/")[0]


def pipelines(config: dict[str, Any]) -> Iterator[tuple[str, dict[str, list[str]]]]:
    yield from config["service"]["pipelines"].items()


def queues(config: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Exporters that hold a queue; those inside of load_balancing leave it to the one around them."""
    yield from config["exporters"].values()


def test_the_head_of_the_file_tells_how_to_get_each_variant() -> None:
    for name, letter in VARIANTS.items():
        if letter:
            assert re.search(rf"#   {name} +sed -e 's/\^#{letter} //' -e '/#I\$/d' collector-config.yaml", TEXT)


@pytest.mark.parametrize("name", VARIANTS)
def test_every_component_of_a_pipeline_is_defined(name: str) -> None:
    config = variant(name)
    for _, pipeline in pipelines(config):
        for part in ("receivers", "processors", "exporters"):
            assert set(pipeline[part]) <= config[part].keys()
    assert set(config["service"]["extensions"]) == config["extensions"].keys()


@pytest.mark.parametrize("name", VARIANTS)
def test_all_three_signals_have_a_pipeline_and_every_pipeline_is_bounded(name: str) -> None:
    config = variant(name)
    assert {kind(each) for each, _ in pipelines(config)} == {"traces", "logs", "metrics"}
    assert all(pipeline["processors"][0] == "memory_limiter" for _, pipeline in pipelines(config))


@pytest.mark.parametrize("name", VARIANTS)
def test_names_are_those_of_a_current_collector(name: str) -> None:
    config = variant(name)
    assert not {kind(each) for each in (*config["exporters"], *config["processors"])} & OLD_NAMES


@pytest.mark.parametrize("name", VARIANTS)
def test_nothing_is_given_up_and_queues_are_on_disk(name: str) -> None:
    config = variant(name)
    for exporter in queues(config):
        assert exporter["retry_on_failure"] == {"enabled": True, "max_elapsed_time": "0s"}
        queue = exporter["sending_queue"]
        assert config["extensions"][queue["storage"]]["fsync"] is True
        assert queue["batch"]["sizer"] == queue["sizer"] == "bytes"
        assert MIB <= queue["batch"]["min_size"] <= queue["batch"]["max_size"] <= 2 * MIB < queue["queue_size"]


@pytest.mark.parametrize("name", VARIANTS)
def test_the_collector_takes_requests_as_large_as_tracemedic_does(name: str) -> None:
    largest = ReceiverSettings().body_bytes_max
    for receiver in variant(name)["receivers"].values():
        protocols = receiver["protocols"]
        assert protocols["grpc"]["max_recv_msg_size_mib"] * MIB == largest
        assert protocols.get("http", {}).get("max_request_body_size", largest) == largest


def test_inline_sends_everything_to_tracemedic() -> None:
    assert {tuple(pipeline["exporters"]) for _, pipeline in pipelines(variant("inline"))} == {("otlp_grpc/tracemedic",)}


def test_a_round_trip_cannot_go_round_twice() -> None:
    """What goes out is marked and dropped when it comes in again; what comes back has a receiver of its own."""
    config = variant("round trip")
    ways = dict(pipelines(config))
    for signal in ("traces", "logs"):
        there, back = ways[f"{signal}/in"], ways[f"{signal}/out"]
        assert there["processors"][1:] == ["filter/looped", "transform/mark"]
        assert not set(there["receivers"]) & set(back["receivers"])
        assert "otlp_grpc/tracemedic" not in back["exporters"]
        assert "transform/unmark" in back["processors"]
        (mark,) = config["processors"]["transform/mark"][f"{signal[:-1]}_statements"]
        (looped,) = config["processors"]["filter/looped"][f"{signal[:-1]}_conditions"]
        assert looped.removesuffix(" == true") in mark


def test_the_tail_sampler_stands_behind_tracemedic_and_keeps_errors() -> None:
    config = variant("round trip")
    sampled = [name for name, pipeline in pipelines(config) if "tail_sampling" in pipeline["processors"]]
    policies = {policy["type"]: policy for policy in config["processors"]["tail_sampling"]["policies"]}
    assert sampled == ["traces/out"]
    assert policies["status_code"]["status_code"]["status_codes"] == ["ERROR"]
    assert policies["string_attribute"]["string_attribute"]["key"] == "diagnostic.pattern_fingerprint"


def test_tee_sends_traces_and_logs_to_both() -> None:
    ways = dict(pipelines(variant("tee")))
    for signal in ("traces", "logs"):
        assert ways[signal]["exporters"] == ["otlp_http/logfire", "otlp_grpc/tracemedic"]


def test_replicas_share_the_load_by_trace_for_logs_too() -> None:
    config = variant("several replicas")
    ways = dict(pipelines(config))
    assert config["exporters"]["load_balancing/tracemedic"]["routing_key"] == "traceID"
    assert ways["traces"]["exporters"] == ways["logs"]["exporters"] == ["load_balancing/tracemedic"]


def told_settings() -> list[dict[str, str]]:
    """The settings of tracemedic that the head tells for each placement."""
    commands = re.findall(r"^#     (TRACEMEDIC_.+) make run$", TEXT, re.MULTILINE)
    return [dict(word.split("=", 1) for word in shlex.split(command)) for command in commands]


def configured(told: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.delenv("LOGFIRE_TOKEN", raising=False)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    return load()


@pytest.mark.parametrize("told", told_settings(), ids=["inline", "round trip", "tee"])
def test_tracemedic_listens_where_the_collector_sends(told: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = variant("inline")["exporters"]["otlp_grpc/tracemedic"]["endpoint"]
    settings = configured(told, monkeypatch)
    assert settings.receive.grpc_address is not None
    assert settings.receive.http_address is None
    assert re.findall(r":(\d+)", endpoint) == [str(split_address(settings.receive.grpc_address)[1])]


def test_tracemedic_sends_back_to_the_second_receiver(monkeypatch: pytest.MonkeyPatch) -> None:
    (told,) = [each for each in told_settings() if "TRACEMEDIC_EXPORTERS__COLLECTOR__TYPE" in each]
    (exporter,) = configured(told, monkeypatch).exporters.values()
    back = variant("round trip")["receivers"]["otlp/back"]["protocols"]["grpc"]["endpoint"]
    assert exporter.type == "otlp_grpc"
    assert exporter.endpoint == f"http://{back}"

"""What tracemedic counts about itself, and how Prometheus sees it."""

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from tracemedic_processor.metrics import COUNTERS, Metrics, PrometheusCollector


@pytest.fixture
def metrics():
    return Metrics()


def exposed(metrics):
    registry = CollectorRegistry(auto_describe=False)
    registry.register(PrometheusCollector(metrics))
    return generate_latest(registry).decode()


def test_counts_add_up_over_labels(metrics):
    metrics.add("received_requests", labels=(("signal", "traces"),))
    metrics.add("received_requests", 2, labels=(("signal", "logs"),))
    assert metrics.value("received_requests") == 3
    assert metrics.value("received_requests", signal="logs") == 2
    assert metrics.value("received_bytes") == 0


def test_every_counter_is_exposed_before_it_has_counted(metrics):
    text = exposed(metrics)
    for name in COUNTERS:
        assert f"tracemedic_{name}_total 0.0" in text


def test_labels_are_exposed(metrics):
    metrics.add("refused_requests", 3, labels=(("reason", "overloaded"), ("signal", "traces")))
    assert 'tracemedic_refused_requests_total{reason="overloaded",signal="traces"} 3.0' in exposed(metrics)


def test_gauges_are_asked_when_somebody_looks(metrics):
    now = [1.0]
    metrics.observe("spool_bytes", lambda: {(): now[0]})
    metrics.observe("spool_items", lambda: {(("consumer", "record"),): 4})
    assert "tracemedic_spool_bytes 1.0" in exposed(metrics)
    now[0] = 2.0
    assert "tracemedic_spool_bytes 2.0" in exposed(metrics)
    assert 'tracemedic_spool_items{consumer="record"} 4.0' in exposed(metrics)


def test_a_copy_of_the_counters_does_not_change(metrics):
    metrics.add("spool_commits")
    before = metrics.counters()
    metrics.add("spool_commits")
    assert before == {("spool_commits", ()): 1}

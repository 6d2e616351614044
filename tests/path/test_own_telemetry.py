"""Our own telemetry: sent where it was asked for, never in a circle."""

import time
from pathlib import Path

import pytest

from tests.service import Service, wait_until
from tracemedic_processor.config import ConfigError, Settings, TelemetrySettings
from tracemedic_processor.telemetry import refuse_ourselves
from tracemedic_processor.testing.logfire_stand_in import LogfireStandIn

TOKEN = "_".join(("pylf", "v1", "us", "own" * 8))


def test_with_a_token_our_metrics_go_to_the_project_and_without_otel_variables_nothing_comes_back(tmp_path: Path):
    with LogfireStandIn(token=TOKEN) as logfire:
        service = Service(
            tmp_path,
            TELEMETRY__LOGFIRE_TOKEN=TOKEN,
            TELEMETRY__LOGFIRE_BASE_URL=logfire.base_url,
            RECEIVE__HTTP_ADDRESS="127.0.0.1:24318",
            environment={"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:24318"},
        ).start()
        try:
            time.sleep(2)
            assert service.metric("received_requests") == 0
        finally:
            service.terminate()
        wait_until(lambda: bool(logfire.inbox.bodies("metrics")), timeout_s=10, what="our metrics at Logfire")


def test_an_address_of_our_own_is_refused():
    settings = Settings(telemetry=TelemetrySettings(logfire_base_url="http://localhost:4318"))
    with pytest.raises(ConfigError, match="our own receiver"):
        refuse_ourselves(settings)

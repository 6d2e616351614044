"""`tracemedic check-config`: what the configuration means, or what is wrong with it."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from tracemedic_processor.cli.failure import Failure
from tracemedic_processor.cli.settings import settings_for
from tracemedic_processor.config import Settings
from tracemedic_processor.export import Destination
from tracemedic_processor.metrics import Metrics
from tracemedic_processor.parts import capturer_of


def check_config(config: Path | None, *, as_json: bool) -> None:
    """Print every setting as it will be used, secrets as stars. Builds what can be built, connects to nothing."""
    settings = settings_for(config)
    try:
        capturer_of(settings)
        for name, exporter in settings.exporters.items():
            Destination(name, exporter, Metrics())
    except (ValueError, OSError) as error:
        raise Failure(str(error)) from None
    values = settings.model_dump(mode="json")
    if as_json:
        sys.stdout.write(json.dumps(values, ensure_ascii=False) + "\n")
        return
    sys.stdout.write("".join(f"{key} = {value}\n" for key, value in _flat(values)))
    sys.stdout.write(_verdict(settings) + "\n")


def _flat(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every setting under its dotted name."""
    if isinstance(value, dict) and value:
        for key, inner in cast("dict[str, object]", value).items():
            yield from _flat(inner, f"{path}.{key}" if path else key)
    else:
        yield path, value


def _verdict(settings: Settings) -> str:
    if settings.exporters:
        return f"The configuration is good; traces go on to {', '.join(settings.exporters)}."
    return (
        "The configuration is good; no exporter is configured, so nothing is sent on (set LOGFIRE_TOKEN for Logfire)."
    )

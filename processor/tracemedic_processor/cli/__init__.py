"""The command line `tracemedic`."""

import os

# logfire installs a pydantic plugin that imports all of logfire before the first model: half a second for nothing.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "logfire-plugin")

from tracemedic_processor.cli.main import main

__all__ = ["main"]

"""Origin: of all failures in one trace, which caused the others.

`judge` decides for one trace and is pure; `sweep` brings it to what was recorded, whichever replica recorded it.
"""

from tracemedic_processor.origin.judge import judge

__all__ = ["judge"]

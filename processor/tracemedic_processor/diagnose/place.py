"""Where in the application's code it happened."""

from typing import Final

from tracemedic_processor.diagnose.evidence import Evidence
from tracemedic_processor.diagnose.wording import clipped, plain
from tracemedic_storage.records import Frame, Record

TEXT_CHARS_MAX: Final = 120


class Spot(Record, frozen=True, kw_only=True):
    """A frame as people write it: `add_item in shop/cart.py:42`."""

    frame: Frame
    text: str


def spot_of(evidence: Evidence) -> Spot | None:
    """The innermost frame of the application, of the exception nearest to the root cause that has one."""
    for link in reversed(evidence.chain):
        for frame in link.frames:
            if frame.in_app:
                return Spot(frame=frame, text=clipped(plain(_text(frame)), TEXT_CHARS_MAX))
    return None


def _text(frame: Frame) -> str:
    place = frame.file or frame.module or ""
    if place and frame.line:
        place = f"{place}:{frame.line}"
    return f"{frame.function} in {place}" if place else frame.function

"""A function that calls itself stands on the stack as often as it likes, and counts once."""

from collections.abc import Sequence

from tracemedic_storage.records import Frame

CYCLE_FRAMES_MAX = 4
"""Recursion through so many functions is still recognised."""
CYCLE_TURNS_MIN = 3
"""A cycle of several frames counts as recursion from so many turns on; a single repeated frame from two."""


def without_recursion(frames: Sequence[Frame], places: Sequence[object] | None = None) -> tuple[Frame, ...]:
    """The frames with each repeated frame, or cycle of a few frames, told once.

    `places` says for each frame what has to be the same; without it that is function, module and line.
    """
    if places is None:
        places = [(frame.function, frame.module, frame.line) for frame in frames]
    if len(set(places)) == len(places):
        return tuple(frames)
    kept: list[Frame] = []
    at = 0
    while at < len(frames):
        period, end = _cycle(places, at)
        kept.extend(frames[at : at + period])
        if period == 1 and not kept[-1].in_app:
            # Of a library's method and the application's own that called it under the same name, the own one counts.
            kept[-1] = next((frame for frame in frames[at:end] if frame.in_app), kept[-1])
        at = end
    return tuple(kept)


def _cycle(places: Sequence[object], at: int) -> tuple[int, int]:
    """The length of the cycle that begins at `at`, and where its turns end; a length of one when there is none."""
    for period in range(1, CYCLE_FRAMES_MAX + 1):
        end = at + period
        while end + period <= len(places) and places[end : end + period] == places[at : at + period]:
            end += period
        turns = (end - at) // period
        if turns >= (2 if period == 1 else CYCLE_TURNS_MIN):
            return period, end
    return 1, at + 1

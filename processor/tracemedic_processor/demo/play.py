"""The plot of the demo: rounds of failing requests, until every kind of failure is a pattern with a diagnosis.

The older traces get it in a late span, the newer ones carry it from the start.
"""

import time
from collections.abc import Sequence
from typing import Final

import httpx

from tracemedic_processor.demo.departures import Departure, Departures
from tracemedic_processor.demo.screen import Screen
from tracemedic_processor.late_spans import SPAN_NAME as LATE_SPAN

KINDS: Final = ("orders", "mails", "stock", "payments", "carts", "assistant")
"""What fails in the shop, by the beginning of the path."""
ROUNDS_MIN: Final = 4
"""The third trace makes a pattern, the fourth shows that it is known."""
ROUND_S: Final = 1.5
"""Longer than the shop waits before it sends, so that a round has left before the next begins."""
SILENCE_S: Final = 0.4
"""Longer than the shop's `OTEL_BSP_SCHEDULE_DELAY`."""
PATIENCE_S: Final = 60.0
"""A demo that has shown no diagnosis after this long gives up; it takes some ten seconds."""


class Play:
    """Sends requests to the shop at `address` and shows what leaves."""

    def __init__(self, address: str, departures: Departures, screen: Screen) -> None:
        self._address = address
        self._departures = departures
        self._screen = screen
        self._told_late: set[str] = set()
        self._told_inline: set[str] = set()
        self.rounds = 0

    def run(self, seconds: float) -> bool:
        """Play for `seconds` and until every kind is diagnosed; whether that came true within `PATIENCE_S` more.

        Raises `httpx.HTTPError` when the shop does not answer.
        """
        end = time.monotonic() + seconds
        with self._client() as client:
            while not self._finished(end):
                if time.monotonic() > end + PATIENCE_S:
                    return False
                self.rounds += 1
                self._screen.heading(f"Round {self.rounds}")
                for kind in KINDS:
                    client.get(f"/{kind}/{1000 + self.rounds}")
                self._watch(ROUND_S)
        return True

    def _client(self) -> httpx.Client:
        """A connection for each request: servers break the one on which an exception escaped from the application."""
        return httpx.Client(
            base_url=self._address, trust_env=False, timeout=PATIENCE_S, headers={"connection": "close"}
        )

    def _finished(self, end: float) -> bool:
        is_told = min(len(self._told_late), len(self._told_inline)) >= len(KINDS)
        return self.rounds >= ROUNDS_MIN and is_told and time.monotonic() >= end

    def _watch(self, seconds: float) -> None:
        """Show what leaves; spans of one failure may leave in two batches, so a moment of silence is waited for."""
        left: list[Departure] = []
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(SILENCE_S)
            fresh = list(self._departures.new())
            left += fresh
            if not fresh:
                self._show(left)
                left = []
        self._show(left)

    def _show(self, left: Sequence[Departure]) -> None:
        late = [departure for departure in left if departure.span_name == LATE_SPAN]
        inline = [departure for departure in left if departure.span_name != LATE_SPAN]
        self._told_late.update(departure.text("pattern_id") for departure in late)
        self._told_inline.update(each.text("pattern_id") for each in inline if each.text("root_cause"))
        self._screen.departed(inline)
        self._screen.diagnosed(late)

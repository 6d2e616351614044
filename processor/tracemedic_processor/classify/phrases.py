"""One scan of a message for all phrases of all tables at once."""

import threading
from collections.abc import Iterable, Sequence

import hyperscan

from tracemedic_processor.automaton import automaton

MESSAGE_BYTES_MAX = 8192
"""What is looked at of one message. What an error is stands at its beginning; the rest is often a payload."""

_CASE_MATTERS = "(?-i)"


class PhraseScanner:
    """Tells which phrases occur in a text, in time linear in its length. Safe to use from several threads.

    Raises `ValueError` when a phrase is not of hyperscan's kind.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self._phrases: Sequence[str] = tuple(dict.fromkeys(phrases))
        try:
            self._database = automaton(
                expressions=[phrase.removeprefix(_CASE_MATTERS).encode() for phrase in self._phrases],
                ids=range(len(self._phrases)),
                flags=[_flags(phrase) for phrase in self._phrases],
            )
        except hyperscan.error as error:
            raise ValueError(f"a phrase cannot be compiled: {error}") from error
        self._local = threading.local()

    def found_in(self, text: str) -> frozenset[str]:
        """The phrases that occur in the first `MESSAGE_BYTES_MAX` bytes of `text`."""
        found: set[int] = set()

        def note(number: int, _start: int, _end: int, _flags: int, _context: object) -> None:
            found.add(number)

        body = text[:MESSAGE_BYTES_MAX].encode(errors="replace")[:MESSAGE_BYTES_MAX]
        self._database.scan(body, match_event_handler=note, scratch=self._scratch())
        return frozenset(self._phrases[number] for number in found)

    def _scratch(self) -> hyperscan.Scratch:
        scratch: hyperscan.Scratch | None = getattr(self._local, "scratch", None)
        if scratch is None:
            scratch = self._local.scratch = hyperscan.Scratch(self._database)
        return scratch


def _flags(phrase: str) -> int:
    case = 0 if phrase.startswith(_CASE_MATTERS) else hyperscan.HS_FLAG_CASELESS
    return case | hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_DOTALL

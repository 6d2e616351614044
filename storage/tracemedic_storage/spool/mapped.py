"""The pages of a mapped file that this process holds, and giving them back.

LMDB reads through a mapping of its whole file. Every page it has touched counts as memory of the process, although
the kernel could have it back at any time: a spool that keeps 64 MiB of recent requests would grow the process by 64
MiB. What is given back here stays in the kernel's cache and is mapped again when it is next read.
"""

import ctypes
import os
import sys
import threading
from pathlib import Path
from typing import Final

TOUCHED_BYTES_MAX: Final = 8 << 20
"""Mapped by reading before it is given back: a system call of some 50 microseconds for every 8 MiB."""
_MADV_DONTNEED: Final = 4
"""Linux: the pages of a shared file mapping leave the process, its contents stay (madvise(2))."""


class MappedFile:
    """The mapping of one file that somebody else made. Does nothing where there is no `/proc`.

    `forget` has to come before the mapping goes away; safe to share between threads.
    """

    def __init__(self, path: Path) -> None:
        self._region = _region(path) if sys.platform == "linux" else None
        self._touched_bytes = 0
        self._lock = threading.Lock()

    def touched(self, count_bytes: int) -> None:
        """So much has been read; gives back what is held when it adds up."""
        self._touched_bytes += count_bytes
        if self._touched_bytes > TOUCHED_BYTES_MAX:
            self._touched_bytes = 0
            self._give_back()

    def forget(self) -> None:
        """The mapping is about to go away."""
        with self._lock:
            self._region = None

    def _give_back(self) -> None:
        with self._lock:
            if self._region is not None:
                start, length = self._region
                _madvise(start, length, _MADV_DONTNEED)


def _region(path: Path) -> tuple[int, int] | None:
    """Start and length of the mapping of `path` in this process."""
    try:
        lines = Path("/proc/self/maps").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    mapped = os.path.realpath(path)
    for line in lines:
        words = line.split(maxsplit=5)
        if len(words) == 6 and words[5] == mapped:
            start, end = (int(word, 16) for word in words[0].split("-"))
            return start, end - start
    return None


_libc = ctypes.CDLL(None)
_madvise = _libc.madvise
_madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)

"""Hyperscan databases, compiled once and kept beside Python's bytecode.

Compiling ours takes two to three seconds of CPU, loading them a few milliseconds; every command and every process
would pay that. They lie where Python keeps what it has compiled (`__pycache__`), under the digest of everything they
were made of. Where nothing can be written, or Python is told to write no bytecode, they are compiled.
"""

import contextlib
import hashlib
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

import hyperscan

FOLDER: Final = Path(__file__).parent / "__pycache__"
_DIGEST_BYTES: Final = 32


def automaton(
    expressions: Sequence[bytes], ids: Sequence[int], flags: Sequence[int], *, folder: Path = FOLDER
) -> hyperscan.Database:
    """A database in block mode for these expressions. Raises `hyperscan.error` for one that cannot be compiled."""
    file = folder / f"automaton-{_key(expressions, ids, flags)}.hs"
    kept = _read(file)
    if kept is not None:
        with contextlib.suppress(hyperscan.error):  # of another processor
            return hyperscan.loadb(kept, hyperscan.HS_MODE_BLOCK)
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(expressions=list(expressions), ids=list(ids), flags=list(flags))
    if not sys.dont_write_bytecode:
        _keep(file, hyperscan.dumpb(database))
    return database


def _key(expressions: Sequence[bytes], ids: Sequence[int], flags: Sequence[int]) -> str:
    made_of = (version("hyperscan"), platform.machine(), sys.byteorder, list(expressions), list(ids), list(flags))
    return hashlib.sha256(repr(made_of).encode()).hexdigest()[:32]


def _read(file: Path) -> bytes | None:
    """What was kept, if it is whole: a torn or foreign file is compiled anew."""
    try:
        raw = file.read_bytes()
    except OSError:
        return None
    body = raw[_DIGEST_BYTES:]
    return body if hashlib.sha256(body).digest() == raw[:_DIGEST_BYTES] else None


def _keep(file: Path, body: bytes) -> None:
    """Keep it for the next process. Several at once write the same, and each replaces the file as a whole."""
    with contextlib.suppress(OSError):
        file.parent.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=file.name)
        try:
            with os.fdopen(handle, "wb") as fresh:
                fresh.write(hashlib.sha256(body).digest() + body)
            Path(name).replace(file)
        except OSError:
            Path(name).unlink(missing_ok=True)

"""The operator's runbooks: Markdown files of a folder, kept in the database's full-text index, found by an error."""

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

from tracemedic_processor.diagnose.evidence import Passage
from tracemedic_processor.diagnose.markdown import passages_of
from tracemedic_storage import documents
from tracemedic_storage.database import Database
from tracemedic_storage.documents import Document, DocumentPassage
from tracemedic_storage.records import ErrorPattern, ExceptionRecord, Record
from tracemedic_storage.tables import KEY_CHARS_MAX

FILES_MAX: Final = 500
FILE_BYTES_MAX: Final = 256 << 10
FOLDER_BYTES_MAX: Final = 8 << 20
"""All files together: they are read anew whenever the folder is looked at."""
DEPTH_MAX: Final = 8
ENTRIES_MAX: Final = 10_000
"""Names looked at: somebody may have given the root of a repository, or of a disk."""
SCORE_MIN: Final = 0.3
"""Below, a passage shares but a word or two with the error."""
MESSAGES_MAX: Final = 4
SUFFIXES: Final = frozenset({".md", ".markdown"})


class Indexed(Record, frozen=True, kw_only=True):
    """What a look at the folder changed, by path; `notes` name what was left out and why."""

    stored: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class _Read(Record, frozen=True, kw_only=True):
    """A file that may be indexed."""

    path: str
    digest: str
    text: str


def index(database: Database, folder: Path, *, redact: Callable[[str], str], now_ns: int) -> Indexed:
    """Bring the index to what the folder holds now; files that did not change cost a read each.

    Safe with several replicas at once. A folder that cannot be read changes nothing and says so in the notes. Raises
    `DatabaseUnavailable`.
    """
    notes: list[str] = []
    try:
        files = list(_files(folder.resolve(strict=True), notes))
    except OSError as error:
        return Indexed(notes=(f"the folder {folder} cannot be read: {error.strerror}",))
    known = documents.digests(database)
    changed = (_document(file, redact) for file in files if known.get(file.path) != file.digest)
    kept = [file.path for file in files]
    if known.keys() == set(kept) and all(known[file.path] == file.digest for file in files):
        return Indexed(notes=tuple(notes))
    synced = documents.sync(database, changed, kept, now_ns=now_ns)
    return Indexed(stored=synced.stored, removed=synced.removed, notes=tuple(notes))


def find(
    database: Database,
    pattern: ErrorPattern,
    chain: Sequence[ExceptionRecord] = (),
    *,
    limit: int = 3,
) -> tuple[Passage, ...]:
    """The passages that speak of a pattern's types, codes, words and services, best first."""
    types = [link.type for link in reversed(chain)] or [pattern.error_type]
    messages = [*(link.message for link in reversed(chain)), pattern.sample_message]
    words = [*types, *messages[:MESSAGES_MAX], pattern.source, *pattern.services]
    found = documents.search(database, [word[:1_000] for word in words], limit)
    return tuple(
        Passage(document=one.path, title=one.title, text=one.text, score=one.score)
        for one in found
        if one.score >= SCORE_MIN
    )


def _document(file: _Read, redact: Callable[[str], str]) -> Document:
    passages = passages_of(redact(file.text), name=Path(file.path).stem)
    return Document(
        path=file.path,
        digest=file.digest,
        passages=tuple(DocumentPassage(title=one.title, text=one.text) for one in passages),
    )


def _files(root: Path, notes: list[str]) -> Iterator[_Read]:
    """The files that may be indexed, in the order of their paths, within all limits."""
    left = FOLDER_BYTES_MAX
    for number, path in enumerate(sorted(_markdown(root, root, 0, [ENTRIES_MAX], notes))):
        name = path.relative_to(root).as_posix()
        if number >= FILES_MAX:
            notes.append(f"{name} and what follows left out: more than {FILES_MAX} files")
            return
        content = _content(path, root, notes, name)
        if content is None:
            continue
        left -= len(content)
        if left < 0:
            notes.append(f"{name} and what follows left out: together above {FOLDER_BYTES_MAX} bytes")
            return
        read = _decoded(name, content, notes)
        if read:
            yield read


def _markdown(root: Path, folder: Path, depth: int, left: list[int], notes: list[str]) -> Iterator[Path]:
    """Markdown files below a folder. Hidden names and linked folders are not entered."""
    if depth > DEPTH_MAX:
        notes.append(f"{folder.relative_to(root).as_posix()} left out: deeper than {DEPTH_MAX} folders")
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            left[0] -= 1
            if left[0] == 0:
                notes.append(f"some files left out: the folder has more than {ENTRIES_MAX} names")
            if left[0] <= 0:
                return
            path = Path(entry.path)
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _markdown(root, path, depth + 1, left, notes)
            elif path.suffix.lower() in SUFFIXES:
                yield path


def _content(path: Path, root: Path, notes: list[str], name: str) -> bytes | None:
    """The bytes of a regular file inside the folder; a link may lead to another file of it, as in Kubernetes."""
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(root):
            notes.append(f"{name} left out: it is a link that leads out of the folder")
            return None
        if not stat.S_ISREG(real.stat().st_mode):
            notes.append(f"{name} left out: it is no regular file")
            return None
        with real.open("rb") as file:
            content = file.read(FILE_BYTES_MAX + 1)
    except (OSError, RuntimeError) as error:
        notes.append(f"{name} left out: it cannot be read ({type(error).__name__})")
        return None
    if len(content) > FILE_BYTES_MAX:
        notes.append(f"{name} left out: larger than {FILE_BYTES_MAX} bytes")
        return None
    return content


def _decoded(name: str, content: bytes, notes: list[str]) -> _Read | None:
    try:
        text = content.decode("utf-8-sig")
        name.encode()
    except UnicodeError:
        notes.append(f"{name!r} left out: it is not UTF-8")
        return None
    if len(name) > KEY_CHARS_MAX:
        notes.append(f"{name} left out: its path is longer than {KEY_CHARS_MAX} characters")
        return None
    return _Read(path=name, digest=sha256(content).hexdigest(), text=text)

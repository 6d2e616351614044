import sys
from pathlib import Path

import hyperscan
import pytest

from tracemedic_processor.automaton import automaton


def found(database: hyperscan.Database, text: bytes) -> list[int]:
    seen: list[int] = []
    database.scan(text, match_event_handler=lambda number, *_: seen.append(number), scratch=hyperscan.Scratch(database))
    return seen


def make(folder: Path, expression: bytes = b"b+c") -> hyperscan.Database:
    return automaton([b"abc", expression], [7, 8], [0, 0], folder=folder)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path / "kept"


def test_what_was_kept_finds_the_same(folder: Path) -> None:
    assert sorted(found(make(folder), b"xabc")) == [7, 8]
    [file] = folder.iterdir()
    written = file.stat().st_mtime_ns
    assert sorted(found(make(folder), b"xabc")) == [7, 8]
    assert file.stat().st_mtime_ns == written, "it was read, not made again"


def test_other_expressions_are_kept_beside_it(folder: Path) -> None:
    make(folder)
    assert found(make(folder, b"zzz"), b"abczzz") == [7, 8]
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("damage", [b"", b"short", bytes(5000)])
def test_a_damaged_file_is_made_again(folder: Path, damage: bytes) -> None:
    make(folder)
    [file] = folder.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage)
    assert sorted(found(make(folder), b"xabc")) == [7, 8]
    assert file.read_bytes() == whole


def test_where_nothing_can_be_written_it_is_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    assert sorted(found(make(tmp_path / "file"), b"xabc")) == [7, 8]
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert sorted(found(make(tmp_path / "none"), b"xabc")) == [7, 8]
    assert not (tmp_path / "none").exists()

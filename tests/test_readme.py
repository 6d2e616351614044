"""README.md says what is so: its tables are the code's, and what it names exists."""

import re
from pathlib import Path

import pytest
import typer
import yaml

from tracemedic_processor import documentation
from tracemedic_processor.cli.main import app
from tracemedic_processor.config import load
from tracemedic_processor.metrics import COUNTERS

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text()


def test_what_is_made_from_the_code_is_up_to_date() -> None:
    assert documentation.renewed(TEXT) == TEXT, "run: python -m tracemedic_processor.documentation --write"


def test_a_table_that_is_out_of_date_is_told_and_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = re.sub(r"(<!-- begin metrics.*?-->\n).*?(<!-- end metrics -->)", r"\1an old table\n\2", TEXT, flags=re.DOTALL)
    readme = tmp_path / "README.md"
    readme.write_text(old)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="--write"):
        documentation.main([])
    documentation.main(["--write"])
    assert readme.read_text() == TEXT
    documentation.main([])


def test_a_part_without_a_place_is_an_error() -> None:
    with pytest.raises(ValueError, match="configuration"):
        documentation.renewed("# no marks here\n")


def test_every_setting_has_a_row_with_a_meaning() -> None:
    rows = [line.split("|") for line in documentation.configuration().splitlines() if line.startswith("| `")]
    assert len(rows) > 40
    assert all(len(row[3].strip()) > 5 for row in rows)


@pytest.mark.parametrize(
    ("key", "default"),
    [
        ("data_dir", "`tracemedic-data`"),
        ("receive.body_bytes_max", "64 MiB"),
        ("patterns.create_window_s", "86,400 s"),
        ("receive.tls.key_file", "*required*"),
        ("exporters.<name>.type", "*required*"),
        ("grouping[].error_type", "`*`"),
        ("redaction.ip_addresses", "false"),
    ],
)
def test_defaults_carry_their_units(key: str, default: str) -> None:
    assert f"| `{key}` | {default} |" in documentation.configuration()


def test_every_counter_has_a_row() -> None:
    table = documentation.counted()
    assert all(f"| `tracemedic_{name}_total` | counter | " in table for name in COUNTERS)


def test_every_file_linked_exists() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", TEXT)
    assert links
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []


def test_every_heading_linked_exists() -> None:
    headings = {
        line.lstrip("#").strip().lower().replace(" ", "-") for line in TEXT.splitlines() if line.startswith("#")
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= headings


def test_every_command_named_exists() -> None:
    group = typer.main.get_command(app)
    known = set(group.commands)
    queries = set(group.commands["query"].commands)
    named = set(re.findall(r"(?:`|\$ )tracemedic ([a-z-]+)", TEXT))
    assert named
    assert named <= known
    assert set(re.findall(r"tracemedic query ([a-z-]+)", TEXT)) <= queries


def test_every_make_target_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:`|^|\n|[a-z] )make ([a-z]+)", TEXT)) <= targets | {"one"}


def test_every_setting_named_in_the_text_exists() -> None:
    table = set(re.findall(r"^\| `([^`]+)`", documentation.configuration(), re.MULTILINE))
    sections = "|".join({key.split(".")[0] for key in table if re.fullmatch(r"[a-z_.]+", key)})
    named = set(re.findall(rf"`((?:{sections})\.[a-z_]+)`", TEXT))
    assert named
    assert named <= table


def test_the_example_configuration_can_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    file = tmp_path / "tracemedic.yaml"
    file.write_text(example)
    for name in (*re.findall(r"\$\{(\w+)\}", example), "LOGFIRE_TOKEN"):
        monkeypatch.setenv(name, "x1")
    settings = load(file)
    assert set(yaml.safe_load(example)) == {"exporters", "database", "receive"}
    assert set(settings.exporters) == {"logfire", "archive"}

"""The README's tables, made from the code: `python -m tracemedic_processor.documentation --write`.

Each stands between `<!-- begin NAME ... -->` and `<!-- end NAME -->`. Without `--write` nothing is changed, and the
command ends with code 1 when a table is out of date.
"""

import argparse
import copy
import inspect
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from tracemedic_processor import metrics
from tracemedic_processor.config import ExporterSettings, Settings

README: Final = Path("README.md")
_UNITS: Final = ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))
_METRIC_ROW: Final = re.compile(r'^    "(?P<name>\w+)",  # (?P<meaning>.+)$', re.MULTILINE)


def main(arguments: Sequence[str] | None = None) -> None:
    """Compare or, with `--write`, rewrite the marked parts of the README in this folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="rewrite what is out of date")
    write: bool = parser.parse_args(arguments).write
    before = README.read_text(encoding="utf-8")
    after = renewed(before)
    if before == after:
        return
    if not write:
        sys.exit(f"{README} is out of date; run: python -m tracemedic_processor.documentation --write")
    README.write_text(after, encoding="utf-8")


def renewed(text: str) -> str:
    """`text` with every part made anew. Raises `ValueError` for a part that has no place in it."""
    for name, make in PARTS.items():
        found = re.search(rf"<!-- begin {name}\b[^>]*-->\n(.*?)<!-- end {name} -->", text, re.DOTALL)
        if found is None:
            message = f"there is no place for {name!r}: write <!-- begin {name} --> and <!-- end {name} -->"
            raise ValueError(message)
        text = f"{text[: found.start(1)]}{make()}\n{text[found.end(1) :]}"
    return text


def configuration() -> str:
    """All settings: key, default and meaning, a table for each section."""
    plain = {name: field for name, field in Settings.model_fields.items() if not _models_of(field)}
    parts = [_table("", plain)]
    for name, field in Settings.model_fields.items():
        models = _models_of(field)
        if name == "exporters":
            parts.append(_exporters(field))
        elif models:
            inner = f"{name}[]." if _is_sequence(field) else f"{name}.<name>." if _is_mapping(field) else f"{name}."
            parts.append(f"**`{name}`**: {_summary(models[0])}\n\n{_table(inner, models[0].model_fields)}")
    return "\n\n".join(parts)


def _exporters(field: FieldInfo) -> str:
    """The exporters: what all have in common once, then what only some have."""
    models = [model for model in get_args(get_args(ExporterSettings)[0]) if issubclass(model, BaseModel)]
    rows: dict[str, tuple[FieldInfo, list[str]]] = {}
    for model in models:
        for name, inner in model.model_fields.items():
            if name != "type":
                rows.setdefault(f"{name} {_default(name, inner)}", (inner, []))[1].append(_tag(model))
    types = ", ".join(f"`{_tag(model)}`" for model in models)
    lines = [*_HEAD, f"| `exporters.<name>.type` | *required* | One of {types}. |"]
    for key, (inner, tags) in rows.items():
        name = key.split(" ", 1)[0]
        only = "" if len(tags) == len(models) else f" Only {' and '.join(f'`{tag}`' for tag in tags)}."
        lines.append(_row(f"exporters.<name>.{name}", name, inner, more=only))
    return "\n".join([f"**`exporters`**: {field.description}", "", *lines])


def _tag(model: type[BaseModel]) -> str:
    return str(get_args(model.model_fields["type"].annotation)[0])


_HEAD: Final = ("| key | default | meaning |", "|---|---|---|")


def _table(prefix: str, fields: Mapping[str, FieldInfo]) -> str:
    return "\n".join([*_HEAD, *_rows(prefix, fields)])


def _rows(prefix: str, fields: Mapping[str, FieldInfo]) -> Iterator[str]:
    """A row for each key; a section inside of a section has rows for its keys with its own defaults, none itself."""
    for name, field in fields.items():
        models = _models_of(field)
        if not models:
            yield _row(f"{prefix}{name}", name, field)
        for model in models:
            own = {key: _with_default(inner, field.default, key) for key, inner in model.model_fields.items()}
            yield from _rows(f"{prefix}{name}.", own)


def _with_default(inner: FieldInfo, section: object, key: str) -> FieldInfo:
    """A field as it is in a section whose defaults differ from its model's."""
    if not isinstance(section, BaseModel):
        return inner
    changed = copy.copy(inner)
    changed.default = getattr(section, key)
    return changed


def _row(key: str, name: str, field: FieldInfo, *, more: str = "") -> str:
    meaning = f"{field.description or ''}{more}".replace("|", "\\|")
    return f"| `{key}` | {_default(name, field)} | {meaning} |"


def _default(name: str, field: FieldInfo) -> str:
    """The default with its unit."""
    if field.is_required():
        return "*required*"
    value: object = field.default
    if value is None or value in ((), [], {}):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return _with_unit(name, value)
    if isinstance(value, tuple | list):
        return ", ".join(f"`{each}`" for each in value)  # pyright: ignore[reportUnknownVariableType] shown, whatever it is
    return f"`{value}`"


def _with_unit(name: str, value: float) -> str:
    words = name.split("_")
    if "bytes" in words:
        return next((f"{value / size:g} {unit}" for size, unit in _UNITS if value >= size), f"{value:g} bytes")
    return f"{value:,g} s" if "s" in words else f"{value:,g}"


def _models_of(field: FieldInfo) -> list[type[BaseModel]]:
    """The models that a field holds, in a container or not."""
    return list(_models(field.annotation))


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    for argument in get_args(annotation):
        yield from _models(argument)


def _is_mapping(field: FieldInfo) -> bool:
    return getattr(field.annotation, "__origin__", None) is dict


def _is_sequence(field: FieldInfo) -> bool:
    return getattr(field.annotation, "__origin__", None) is tuple


def _summary(model: type[BaseModel]) -> str:
    return inspect.cleandoc(model.__doc__ or "").split("\n\n")[0].replace("\n", " ")


def counted() -> str:
    """All metrics with what their comments in `metrics.py` say."""
    meanings = {row["name"]: row["meaning"] for row in _METRIC_ROW.finditer(inspect.getsource(metrics))}
    rows = [
        *_metric_rows(get_args(metrics.CounterName), meanings, "tracemedic_{}_total", "counter"),
        *_metric_rows(get_args(metrics.GaugeName), meanings, "tracemedic_{}", "gauge"),
    ]
    return "\n".join(["| metric | kind | meaning |", "|---|---|---|", *rows])


def _metric_rows(names: Sequence[str], meanings: Mapping[str, str], template: str, kind: str) -> Iterator[str]:
    for name in names:
        yield f"| `{template.format(name)}` | {kind} | {meanings[name]} |"


@cache
def explained() -> str:
    """What `tracemedic explain` prints of an example; from an empty folder, so that no configuration changes it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRACEMEDIC_")}
    command = [sys.executable, "-m", "tracemedic_processor", "explain"]
    with tempfile.TemporaryDirectory() as folder:
        shown = subprocess.run(  # noqa: S603 our own command
            command,
            cwd=folder,
            env={**environment, "COLUMNS": "120"},
            input=EXAMPLE,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    output = "\n".join(line.rstrip() for line in shown.strip().splitlines())
    return f"```console\n$ tracemedic explain error.txt\n{output}\n```"


EXAMPLE: Final = """Traceback (most recent call last):
  File "/srv/shop/billing.py", line 12, in charge
    return ask(order)
  File "/srv/shop/billing.py", line 31, in ask
    raise TimeoutError(f"payment of order {order.number} for {order.mail} timed out after 30 s")
TimeoutError: payment of order 4711 for ada@shop.example timed out after 30 s
"""
"""An exception that tells a person's address."""

PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "configuration": configuration,
    "explain": explained,
    "metrics": counted,
}
"""What is made, by the name between the marks."""


if __name__ == "__main__":
    main()

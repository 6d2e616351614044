"""Whole rows of any kind out of the files that count, as a query of the database would give them."""

from collections.abc import Iterator, Sequence

from tracemedic_storage.cold import asking, copying, layout, parquet, plain
from tracemedic_storage.cold.copying import Places
from tracemedic_storage.cold.layout import Kind
from tracemedic_storage.cold.parquet import Condition
from tracemedic_storage.cold.register import ColdFile

Row = dict[str, object]


def rows(
    places: Places, kind: Kind, *, since_ns: int | None = None, until_ns: int | None = None, archive: bool = False
) -> Iterator[Row]:
    """The rows whose time (`Kind.asked_column`) is at or after `since_ns` and before `until_ns`, in its order.

    Raises `files.FileGone` where a file is moved on meanwhile: begin again.
    """
    with copying.scratch() as folder:
        for file in _fitting(asking.live(places.database, kind.name, archive=archive), since_ns, until_ns):
            local = asking.local(places, file, folder)
            where = _between(kind, since_ns, until_ns)
            for row in parquet.read(kind, [local], where, order=f'"{kind.asked_column}"'):
                yield plain.mapping(kind, row)


def _fitting(files: Sequence[ColdFile], since_ns: int | None, until_ns: int | None) -> list[ColdFile]:
    spans = [(*layout.span_of(file.path), file) for file in files]
    return [
        file
        for first, last, file in sorted(spans, key=lambda one: (one[0], one[2].path))
        if (since_ns is None or last >= since_ns) and (until_ns is None or first < until_ns)
    ]


def _between(kind: Kind, since_ns: int | None, until_ns: int | None) -> list[Condition]:
    at, found = f'"{kind.asked_column}"', list[Condition]()
    if since_ns is not None:
        found.append(Condition(sql=f"{at} >= make_timestamp($since)::TIMESTAMPTZ", values={"since": since_ns // 1_000}))
    if until_ns is not None:
        found.append(Condition(sql=f"{at} < make_timestamp($until)::TIMESTAMPTZ", values={"until": until_ns // 1_000}))
    return found

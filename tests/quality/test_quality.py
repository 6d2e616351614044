"""Floors under the tuning half: what was right stays right. The measuring half is counted by `make quality` only."""

import pytest

from tests.quality import classify, frames, report
from tests.quality.pairs import pairs
from tests.quality.raised import HALVES, Concluded, by_language, lines

FLOORS = {
    "go": (0.98, 0.98, 0.97, 0.97, 0.94),
    "java": (0.98, 0.98, 0.96, 0.97, 0.97),
    "nodejs": (0.98, 0.98, 0.97, 0.97, 0.95),
    "php": (0.98, 0.95, 0.96, 0.97, 0.95),
    "python": (0.98, 0.97, 0.94, 0.97, 0.95),
    "ruby": (0.98, 0.90, 0.97, 0.97, 0.97),
    "rust": (0.00, 0.97, 0.95, 0.97, 0.75),
}
"""By language: frames and innermost function, in-app source, pairs joined, pairs apart, category (leniently)."""


@pytest.fixture(scope="module")
def groups() -> dict[str, list[Concluded]]:
    return by_language("tuning")


@pytest.mark.parametrize("language", FLOORS)
def test_tuning_half_stays_above_its_floors(groups: dict[str, list[Concluded]], language: str) -> None:
    group, floors = groups[language], FLOORS[language]
    judged = list(pairs(group))
    figures = (
        frames.share(frames.frames_right(one) for one in group),
        frames.share(frames.source_right(one) for one in group),
        frames.share(pair.is_right for pair in judged if pair.same),
        frames.share(pair.is_right for pair in judged if not pair.same),
        frames.share(report.is_accepted(one) for one in group),
    )
    below = [(figure, floor) for figure, floor in zip(figures, floors, strict=True) if figure and figure < floor]
    assert not below


def test_innocent_texts_of_the_tuning_half_are_left_alone(groups: dict[str, list[Concluded]]) -> None:
    untouched = frames.share(report.is_untouched(one) for one in groups["all"])
    assert untouched
    assert untouched >= 0.98


def test_no_library_is_on_both_sides() -> None:
    tuning, measuring = ({(line["language"], line["library"]) for line in lines(half)} for half in HALVES)
    assert not tuning & measuring


def test_labels_are_of_the_taxonomy() -> None:
    for half in HALVES:
        for line in lines(half):
            assert {line["category"], *line["also"]} <= set(classify.CATEGORIES), line["group"]
            assert line["severity"] in classify.SEVERITIES, line["group"]


def test_no_path_of_a_workplace_is_in_the_data() -> None:
    home = "/" + "root" + "/"
    for half in HALVES:
        for line in lines(half):
            assert home not in line["stacktrace"] + str(line["expected"]), line["group"]


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ("lambda$total$3", "total"),
        ("main.(*order).line", "order.line"),
        ("main.total.func1", "total"),
        ("block (2 levels) in each_line", "each_line"),
        ("<shop::Cart as shop::Priced>::price", "Cart.price"),
        ("heaviest<u64>", "heaviest"),
        ("<genexpr>", "<genexpr>"),
        ("{closure}", "Shop\\Cart::total"),
    ],
)
def test_names_of_one_function_are_the_same(known: str, told: str) -> None:
    assert frames.same_function(known, told)


def test_names_of_two_functions_are_not_the_same() -> None:
    assert not frames.same_function("main.total", "main.subtotal")

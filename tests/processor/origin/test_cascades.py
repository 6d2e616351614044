"""The figure promised for the origin, on traces of real services whose faults were injected."""

import sys

import pytest

from tests.data.cascades.measure import HALVES, VARIATIONS, judged, lines, score

RIGHT_MIN = 0.95


@pytest.mark.parametrize("half", HALVES)
def test_the_origin_is_right_in_nineteen_of_twenty(half: str) -> None:
    got = score(judged(half))
    figures = f"{half}: {got.share:.1%} of {got.failures} failures, {got.share_of_traces:.1%} of {got.traces} traces"
    assert got.share >= RIGHT_MIN, figures
    sys.stdout.write(f"{figures}\n")


def test_there_are_enough_traces_and_no_family_is_in_both_halves() -> None:
    families = {half: {line["family"] for line in lines(half)} for half in HALVES}
    assert sum(len(lines(half)) for half in HALVES) >= 60
    assert not families["tuning"] & families["measuring"]


@pytest.mark.parametrize("half", HALVES)
def test_every_variation_is_measured_on_traces_with_several_failures(half: str) -> None:
    counted = {variation.name: 0 for variation in VARIATIONS}
    for one in judged(half):
        counted[one.variation] += 1
    assert min(counted.values()) > 100

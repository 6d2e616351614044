"""The figures of `make quality` stay where they were reached, with room for a few new cases."""

from importlib import util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def quality() -> ModuleType:
    path = Path(__file__).parents[2] / "quality" / "classify.py"
    spec = util.spec_from_file_location("quality_classify", path)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_both_halves_reach_the_target_without_sharing_a_library(quality: ModuleType) -> None:
    measured = quality.measure()
    for half in quality.HALVES:
        assert measured[half]["strict"] >= 0.9
        assert measured[half]["abstained"] <= 0.1
    libraries = [{case["library"] for case in quality.cases(half)} for half in quality.HALVES]
    assert not libraries[0] & libraries[1]


def test_confident_answers_are_right_nine_times_in_ten(quality: ModuleType) -> None:
    for half in quality.HALVES:
        confident = [row for row in quality.measure()[half]["calibration"] if row["from"] >= 0.85]
        assert all(row["strict"] >= row["told"] - 0.05 for row in confident)

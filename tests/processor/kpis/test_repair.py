"""From the steps of a pattern to its repairs."""

import pytest

from tracemedic_processor.kpis.repair import Repair, repairs_of, repairs_within
from tracemedic_storage.repairs import History, Step


def steps(words):
    """`created resolved` as steps at 0, 10, 20, ..."""
    return tuple(Step(kind=kind, at_ns=number * 10) for number, kind in enumerate(words.split()))


@pytest.mark.parametrize(
    ("words", "spans"),
    [
        ("", []),
        ("created", []),
        ("created resolved", [(0, 10)]),
        ("created resolved resolved", [(0, 10)]),  # resolved again in another version
        ("created resolved regressed", [(0, 10)]),
        ("created resolved regressed resolved", [(0, 10), (20, 30)]),
        ("created resolved reopened", []),  # it was not repaired after all
        ("created resolved reopened resolved", [(0, 30)]),
        ("created reopened resolved", [(0, 20)]),  # reopened after it was ignored
        ("created ignored reopened resolved", [(0, 30)]),
        ("created resolved ignored", [(0, 10)]),
        ("created resolved ignored reopened resolved", [(0, 10), (30, 40)]),
        ("created created resolved", [(0, 20)]),  # two patterns merged
        ("resolved", []),  # split off as resolved
        ("reopened resolved", [(0, 10)]),
        ("created resolved regressed resolved reopened resolved", [(0, 10), (20, 50)]),
    ],
)
def test_repairs(words, spans):
    assert [(one.begun_at_ns, one.resolved_at_ns) for one in repairs_of(steps(words))] == spans


def test_a_repair_belongs_to_the_period_in_which_it_ended():
    history = History(pattern_id="a", steps=steps("created resolved regressed resolved"))
    assert repairs_within([history], 10, 30) == (Repair(begun_at_ns=0, resolved_at_ns=10),)
    assert repairs_within([history], 11, 31) == (Repair(begun_at_ns=20, resolved_at_ns=30),)
    assert repairs_within([history], 11, 30) == ()


def test_clocks_of_replicas_that_differ_take_no_time_back():
    assert Repair(begun_at_ns=10, resolved_at_ns=7).took_ns == 0

"""Days and weeks in time zones, with leap days and the changes of the clocks."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from tracemedic_processor.reports.numbers import change_text, period_text, shortened, stretch_text
from tracemedic_processor.reports.periods import edges, local, midnight_ns, period_at, periods_due, preceding

BERLIN, INDIA = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata")
HOUR_NS = 3_600_000_000_000


def at(text, zone=UTC):
    return round(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()) * 1_000_000_000


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24), ("2028-02-29", 24)]
)
def test_a_day_lasts_from_midnight_to_midnight(day, hours):
    period = period_at("daily", date.fromisoformat(day), BERLIN)
    assert (period.until_ns - period.since_ns) // HOUR_NS == hours
    assert len(edges(period.since_ns, period.until_ns, BERLIN)) == hours + 1
    assert period.id == f"daily:{day}"


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 167), ("2026-10-19", 169), ("2028-03-01", 168)])
def test_a_week_begins_on_monday(day, hours):
    period = period_at("weekly", date.fromisoformat(day), BERLIN)
    assert (period.until_ns - period.since_ns) // HOUR_NS == hours
    assert local(period.since_ns, BERLIN).strftime("%a %H:%M") == "Mon 00:00"
    assert len(edges(period.since_ns, period.until_ns, BERLIN)) == 8


def test_a_report_is_due_at_its_hour_of_the_day_after():
    just = at("2026-03-10T07:00", BERLIN)
    assert [one.id for one in periods_due("daily", just, BERLIN, hour=7)][-1] == "daily:2026-03-09"
    assert [one.id for one in periods_due("daily", just - 1, BERLIN, hour=7)][-1] == "daily:2026-03-08"


def test_an_hour_that_the_clocks_skip_is_the_next_one():
    assert period_at("daily", date(2026, 3, 28), BERLIN, hour=2).due_at_ns == at("2026-03-29T03:00", BERLIN)


def test_missed_periods_are_made_up_for_a_week_of_days_and_a_month_of_weeks():
    now = at("2026-03-11T12:00")
    days = [one.id for one in periods_due("daily", now, UTC, hour=7)]
    assert (days[0], days[-1], len(days)) == ("daily:2026-03-04", "daily:2026-03-10", 7)
    weeks = [one.id for one in periods_due("weekly", now, UTC, hour=7)]
    assert weeks == ["weekly:2026-02-09", "weekly:2026-02-16", "weekly:2026-02-23", "weekly:2026-03-02"]
    early = [one.id for one in periods_due("daily", at("2026-03-11T03:00"), UTC, hour=7)]
    assert (early[-1], len(early)) == ("daily:2026-03-09", 7)


@pytest.mark.parametrize(
    ("since", "until", "before"),
    [
        ("2026-03-30T00:00", "2026-04-06T00:00", ("2026-03-23T00:00", "2026-03-30T00:00")),
        ("2026-04-06T00:00", "2026-04-09T17:15", ("2026-04-02T00:00", "2026-04-05T17:15")),
        ("2026-04-06T10:00", "2026-04-06T12:00", ("2026-04-06T08:00", "2026-04-06T10:00")),
        ("2028-03-01T00:00", "2028-03-02T00:00", ("2028-02-29T00:00", "2028-03-01T00:00")),
    ],
)
def test_the_period_before(since, until, before):
    found = preceding(at(since, BERLIN), at(until, BERLIN), BERLIN)
    assert found == tuple(at(text, BERLIN) for text in before)


def test_the_week_before_a_change_of_the_clocks_is_a_whole_week():
    since, until = preceding(at("2026-03-30", BERLIN), at("2026-04-06", BERLIN), BERLIN)
    assert ((until - since) // HOUR_NS, local(since, BERLIN).hour) == (167, 0)


@pytest.mark.parametrize("zone", [BERLIN, INDIA, UTC])
@pytest.mark.parametrize("hours", [0, 1, 3, 26, 49, 24 * 99, 24 * 4_000])
def test_edges_rise_from_the_beginning_to_the_end(zone, hours):
    since = at("2026-03-28T13:37")
    found = edges(since, since + hours * HOUR_NS, zone)
    assert (found[0], found[-1]) == (since, since + hours * HOUR_NS)
    assert list(found) == sorted(found)
    assert len(found) <= 121
    assert hours == 0 or len(set(found)) == len(found)


def test_periods_in_words():
    def words(since, until, zone=UTC):
        return period_text(at(since, zone), at(until, zone), zone)

    assert words("2026-03-29", "2026-03-30", BERLIN) == "29 March 2026"
    assert words("2026-03-16", "2026-03-23") == "16 to 22 March 2026"
    assert words("2026-03-30", "2026-04-06") == "30 March to 5 April 2026"
    assert words("2026-12-28", "2027-01-04") == "28 December 2026 to 3 January 2027"
    assert words("2026-03-16T10:00", "2026-03-17") == "16 Mar 2026 10:00 to 17 Mar 2026 00:00"
    assert stretch_text(at("2026-03-16"), at("2026-03-17"), UTC) == "16 Mar"
    assert stretch_text(at("2026-03-16T14:00"), at("2026-03-16T15:00"), UTC) == "14:00"
    assert midnight_ns(date(2026, 3, 16), INDIA) == at("2026-03-15T18:30")


@pytest.mark.parametrize(
    ("count", "before", "words"),
    [
        (0, 0, "as before"),
        (3, 0, "none before"),
        (112, 100, "+12 %"),
        (0, 8, "−100 %"),
        (1_000, 100, "×10"),
        (7, 7, "as before"),
    ],
)
def test_changes_in_words(count, before, words):
    assert change_text(count, before) == words


def test_a_long_name_is_cut_for_a_sentence():
    assert shortened("x" * 72) == "x" * 72
    assert shortened("x" * 73) == "x" * 71 + "…"

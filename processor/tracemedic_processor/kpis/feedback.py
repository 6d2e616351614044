"""The three key figures of user feedback. Until there is feedback they have no data."""

from typing import Final, Protocol

from tracemedic_storage.database import Database
from tracemedic_storage.feedback_figures import FeedbackSums
from tracemedic_storage.kpi import Kpi
from tracemedic_storage.scope import Scope

_HOUR_NS: Final = 3_600_000_000_000


class FeedbackFigures(Protocol):
    """Who knows about feedback; None when nobody collects any."""

    def __call__(self, database: Database, scope: Scope) -> FeedbackSums | None:
        """The sums over the feedback submitted within the scope (our clock)."""
        ...


def nobody_collects(database: Database, scope: Scope) -> FeedbackSums | None:
    """No feedback is collected."""
    del database, scope


_QUERY: Final = "feedback_figures"
RESPONSE_TIME: Final = Kpi(
    name="feedback_response_time",
    title="Feedback response time",
    definition="Mean time from the moment feedback was submitted to the first answer to it, over the feedback "
    "submitted in the period that has an answer; both by our clock. Feedback nobody has answered yet is left out.",
    unit="h",
    better="lower",
    target=4.0,
    query=_QUERY,
)
RESOLUTION: Final = Kpi(
    name="resolution_rate",
    title="Resolution rate",
    definition="Share of the feedback submitted in the period that is resolved by now. Reopened feedback is not "
    "resolved; nothing is left out of the denominator.",
    unit="%",
    better="higher",
    target=85.0,
    query=_QUERY,
)
SATISFACTION: Final = Kpi(
    name="user_satisfaction",
    title="User satisfaction",
    definition="Mean of the ratings (1 to 5) given with the feedback of the period. Feedback without a rating is "
    "left out.",
    unit="of 5",
    better="higher",
    target=4.0,
    query=_QUERY,
)
NO_FEEDBACK: Final = "no feedback is collected"


def response_hours(sums: FeedbackSums) -> tuple[float | None, dict[str, int]]:
    """Mean hours to the first answer."""
    mean = sums.first_response_ns_sum / sums.responded / _HOUR_NS if sums.responded else None
    return mean, {"answered": sums.responded, "submitted": sums.submitted}


def resolved_percent(sums: FeedbackSums) -> tuple[float | None, dict[str, int]]:
    """Share that is resolved."""
    share = 100 * sums.resolved / sums.submitted if sums.submitted else None
    return share, {"resolved": sums.resolved, "submitted": sums.submitted}


def mean_rating(sums: FeedbackSums) -> tuple[float | None, dict[str, int]]:
    """Mean rating."""
    return (sums.rating_sum / sums.rated if sums.rated else None), {"rated": sums.rated}

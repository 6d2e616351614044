"""What user feedback adds up to, as the figures of feedback need it."""

from tracemedic_storage.records import Record


class FeedbackSums(Record, frozen=True, kw_only=True):
    """Feedback of a scope. `first_response_ns_sum` is over the `responded` ones, `rating_sum` over the `rated` ones.

    `not_by` names the restrictions of the scope that could not be kept.
    """

    submitted: int = 0
    responded: int = 0
    first_response_ns_sum: int = 0
    resolved: int = 0
    rated: int = 0
    rating_sum: int = 0
    not_by: tuple[str, ...] = ()

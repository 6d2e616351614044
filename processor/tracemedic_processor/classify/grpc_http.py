"""Status codes of HTTP and gRPC, as attributes and in messages."""

from collections.abc import Mapping

from tracemedic_processor.classify.rule import rule, table

TABLE = table(
    rule("rate_limit", 0.9, "HTTP 429", phrases=[r"\b429\b.{0,3}too many requests"], attributes="http.status.client=429"),
)


def with_statuses(attributes: Mapping[str, str | int | float | bool], span_kind: str) -> Mapping[str, object]:
    """The attributes, with the HTTP status also under `http.status.client` or `http.status.server`.

    What a status means depends on the side: a server's 500 is the symptom of its own error, a client's is the cause.
    """
    status = attributes.get("http.response.status_code", attributes.get("http.status_code"))
    if status is None:
        return attributes
    side = "server" if span_kind.upper().endswith("SERVER") or "http.route" in attributes else "client"
    return {**attributes, f"http.status.{side}": status}

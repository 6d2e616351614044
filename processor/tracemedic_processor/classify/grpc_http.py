"""Status codes of HTTP and gRPC, as attributes of the span and as written in messages."""

from collections.abc import Mapping

from tracemedic_processor.classify.rule import rule, table
from tracemedic_processor.classify.subject import AttributeValue


def _http(*statuses: str) -> list[str]:
    """The phrases in which clients of every language report one of some statuses."""
    codes = "|".join(statuses)
    return [
        rf"\b(status|code|http|error|response|server|got)\b[ a-z]{{0,20}}[:=]? ?['\"\(`]?\b({codes})\b",
        rf"\b(returned|received|with|failed|statuscode)\b[ a-z]{{0,20}}[:=]? ?['\"\(`]?\b({codes})\b",
        rf"statuscode[\"']?[:=] ?['\"\(]?({codes})\b|\bHTTP/\d(\.\d)? ({codes})\b|status_code=({codes})\b",
        rf"^\(?({codes})\b[\)\s:,-]|resulted in an? [`'\"]?({codes})\b",
        rf"\b({codes}) (client|server) error|\bstatus: ?({codes})\b",
        rf"\"(code|status)\" ?: ?({codes})\b|[(\[]({codes})[)\]]",
    ]


def _grpc(*names: str) -> list[str]:
    """The phrases in which gRPC's libraries report one of some codes, given in both spellings."""
    codes = "|".join(names)
    return [
        rf"\bcode ?= ?({codes})\b|statuscode[.:=]+ ?\"?({codes})\b|^\d{{0,3}} ?({codes})[:.]",
        rf"\bcode: ?\"?({codes})\b|status\(?(=|: )?\"?({codes})\b",
    ]


TABLE = table(
    rule(
        "rate_limit",
        0.93,
        "status 429, too many requests",
        phrases=[*_http("429"), r"too many requests"],
        attributes="http.status.client=429",
    ),
    rule("rate_limit", 0.8, "status 429, too many requests", attributes="http.status.server=429", severity="low"),
    rule(
        "authentication",
        0.92,
        "status 401, not authenticated",
        phrases=[*_http("401"), r"\b401:? unauthorized|^unauthorized$|^unauthenticated"],
        attributes="http.status.client=401 http.status.client=407",
        severity="high",
    ),
    rule(
        "authentication",
        0.75,
        "status 401, the caller is not authenticated",
        attributes="http.status.server=401",
        severity="low",
    ),
    rule(
        "authorization",
        0.92,
        "status 403, forbidden",
        phrases=[*_http("403"), r"\b403:? forbidden|^forbidden$"],
        attributes="http.status.client=403",
        severity="high",
    ),
    rule(
        "authorization",
        0.75,
        "status 403, the caller may not do this",
        attributes="http.status.server=403",
        severity="low",
    ),
    rule(
        "timeout",
        0.9,
        "status 408 or 504, a time limit passed",
        phrases=[*_http("408", "504"), r"gateway time-?out"],
        attributes="http.status.client=408 http.status.client=504",
    ),
    rule(
        "dependency",
        0.86,
        "another service answered with a server error",
        phrases=[
            *_http("500", "501", "502", "503", "505", "507", "508", "520", "521", "522", "523", "524", "525", "526"),
            _http("5xx")[0],
            r"\b(bad gateway|service (temporarily )?unavailable|internal server error)\b",
            r"upstream connect error|no healthy upstream|cURL error 22",
        ],
        severity="high",
    ),
    rule(
        "dependency",
        0.8,
        "another service answered with a server error",
        attributes="http.status.client=5*",
        severity="high",
    ),
    rule(
        "validation",
        0.75,
        "status 400 or 422, the request was refused",
        phrases=_http("400", "405", "406", "411", "412", "413", "414", "415", "422", "428", "431"),
        attributes="http.status.client=400 http.status.client=422",
        severity="medium",
    ),
    rule(
        "validation",
        0.7,
        "the caller's request was refused",
        attributes="""http.status.server=400 http.status.server=422 http.status.server=404
        http.status.server=405 http.status.server=413 http.status.server=415""",
        severity="low",
    ),
    rule(
        "dependency",
        0.72,
        "status 404 or 410, another service does not know this",
        phrases=[*_http("404", "410", "409", "402"), r"\b404:? not found"],
        attributes="http.status.client=404 http.status.client=410 http.status.client=409",
        severity="medium",
    ),
    rule(
        "dependency",
        0.93,
        "status 404 or 410 of an address",
        phrases=[
            r"\bHTTP/\d(\.\d)? (404|410)\b|\b(404|410)\b.{0,60}https?://",
            r"https?://[^ ]{1,300}[ '\"`:]{1,3}.{0,40}\b(404|410)\b",
        ],
        severity="medium",
    ),
    # gRPC: codes of the specification, by name and by number
    rule(
        "timeout",
        0.93,
        "gRPC DEADLINE_EXCEEDED",
        phrases=[*_grpc("DeadlineExceeded", "DEADLINE_EXCEEDED"), r"\bdeadline[ _]?exceeded\b"],
        attributes="rpc.grpc.status_code=4 rpc.response.status_code=deadline_exceeded",
    ),
    rule(
        "authentication",
        0.95,
        "gRPC UNAUTHENTICATED",
        phrases=_grpc("Unauthenticated", "UNAUTHENTICATED"),
        attributes="rpc.grpc.status_code=16 rpc.response.status_code=unauthenticated",
        severity="high",
    ),
    rule(
        "authorization",
        0.95,
        "gRPC PERMISSION_DENIED",
        phrases=_grpc("PermissionDenied", "PERMISSION_DENIED"),
        attributes="rpc.grpc.status_code=7 rpc.response.status_code=permission_denied",
        severity="high",
    ),
    rule(
        "rate_limit",
        0.85,
        "gRPC RESOURCE_EXHAUSTED",
        phrases=_grpc("ResourceExhausted", "RESOURCE_EXHAUSTED"),
        attributes="rpc.grpc.status_code=8 rpc.response.status_code=resource_exhausted",
    ),
    rule(
        "validation",
        0.97,
        "a gRPC message over the allowed size",
        phrases=[r"message larger than max"],
        firm=True,
        severity="medium",
    ),
    rule(
        "network",
        0.85,
        "gRPC UNAVAILABLE",
        phrases=_grpc("Unavailable", "UNAVAILABLE"),
        attributes="rpc.grpc.status_code=14 rpc.response.status_code=unavailable",
        severity="high",
    ),
    rule(
        "validation",
        0.88,
        "gRPC found the arguments wrong",
        phrases=_grpc(
            "InvalidArgument",
            "INVALID_ARGUMENT",
            "FailedPrecondition",
            "FAILED_PRECONDITION",
            "OutOfRange",
            "OUT_OF_RANGE",
            "AlreadyExists",
            "ALREADY_EXISTS",
        ),
        attributes="rpc.grpc.status_code=3 rpc.grpc.status_code=9 rpc.grpc.status_code=11 rpc.grpc.status_code=6",
        severity="low",
    ),
    rule(
        "dependency",
        0.75,
        "gRPC: the other side failed or does not know this",
        phrases=_grpc(
            "NotFound", "NOT_FOUND", "Unimplemented", "UNIMPLEMENTED", "Internal", "INTERNAL", "DataLoss", "DATA_LOSS"
        ),
        attributes="rpc.grpc.status_code=5 rpc.grpc.status_code=12 rpc.grpc.status_code=13 rpc.grpc.status_code=15",
        severity="medium",
    ),
    rule("authentication", 0.93, "gRPC UNAUTHENTICATED", types="GRPC.Unauthenticated", severity="high"),
    rule("authorization", 0.93, "gRPC PERMISSION_DENIED", types="GRPC.PermissionDenied", severity="high"),
    rule("timeout", 0.93, "gRPC DEADLINE_EXCEEDED", types="GRPC.DeadlineExceeded"),
    rule("rate_limit", 0.85, "gRPC RESOURCE_EXHAUSTED", types="GRPC.ResourceExhausted"),
    rule("network", 0.85, "gRPC UNAVAILABLE", types="GRPC.Unavailable", severity="high"),
    rule(
        "validation",
        0.85,
        "gRPC found the arguments wrong",
        types="GRPC.InvalidArgument GRPC.FailedPrecondition GRPC.OutOfRange GRPC.AlreadyExists",
        severity="low",
    ),
    rule("concurrency", 0.7, "gRPC ABORTED", phrases=_grpc("Aborted", "ABORTED"), attributes="rpc.grpc.status_code=10"),
    rule(
        "timeout",
        0.6,
        "gRPC CANCELLED",
        phrases=_grpc("Canceled", "CANCELLED"),
        attributes="rpc.grpc.status_code=1",
        severity="low",
    ),
    rule(
        "dependency",
        0.45,
        "a gRPC call failed",
        types="""grpc.* io.grpc.* Grpc.Core.RpcException status.Error status.statusError GRPC.* Grpc.*
        tonic.* grpc.aio.* StatusRuntimeException""",
        attributes="rpc.grpc.status_code=2",
    ),
    rule("network", 0.45, "the span is a message broker's", attributes="messaging.system"),
)


def with_statuses(attributes: Mapping[str, AttributeValue], span_kind: str) -> Mapping[str, AttributeValue]:
    """The attributes, with the HTTP status also under `http.status.client` or `http.status.server`.

    What a status means depends on the side: a server's 500 is the symptom of its own error, a client's is the cause.
    """
    status = attributes.get("http.response.status_code", attributes.get("http.status_code"))
    if status is None:
        return attributes
    side = "server" if span_kind.upper().endswith("SERVER") or "http.route" in attributes else "client"
    return {**attributes, f"http.status.{side}": status}

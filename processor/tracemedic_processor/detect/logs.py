"""Detection in logs: records that carry an exception, in every spelling of the semantic conventions."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from tracemedic_processor.attributes import (
    EXCEPTION_MESSAGE,
    EXCEPTION_STACKTRACE,
    EXCEPTION_TYPE,
    NESTED_CHARACTERS_MAX,
    PATTERN_FINGERPRINT,
    has_odd_texts,
    scalar,
    scalars,
    tells_exception,
)
from tracemedic_processor.detect.resources import read_resource
from tracemedic_processor.occurrence import Address, Attributes, Detected, Occurrence
from tracemedic_processor.wire import Envelope
from tracemedic_storage.records import Place

_HINT: Final = b"exception."
"""In every record that carries an exception's attributes; what lacks it is not decoded."""


def detect_logs(envelope: Envelope) -> Detected:
    """Occurrences of a logs request.

    Raises `google.protobuf.message.DecodeError` where a record with an exception cannot be decoded.
    """
    return Detected(occurrences=tuple(_occurrences(envelope)))


def _occurrences(envelope: Envelope) -> Iterator[Occurrence]:
    for i, resource_logs in enumerate(envelope.resources):
        for j, scope_logs in enumerate(resource_logs.scopes):
            for k, raw in enumerate(scope_logs.items):
                if _HINT not in raw:
                    continue
                record = LogRecord.FromString(raw)
                about = scalars(record.attributes)
                if PATTERN_FINGERPRINT in about or not tells_exception(about):
                    continue
                yield Occurrence(
                    carrier="log",
                    item=Address(resource=i, scope=j, item=k),
                    trace_id=record.trace_id.hex() or _stand_in_trace_id(raw),
                    place=Place(span_id=record.span_id.hex()),
                    error_type=str(about.get(EXCEPTION_TYPE, "")),
                    message=str(about.get(EXCEPTION_MESSAGE, "")),
                    stacktrace=str(about.get(EXCEPTION_STACKTRACE, "")),
                    occurred_at_ns=record.time_unix_nano or record.observed_time_unix_nano,
                    resource=read_resource(b"".join(resource_logs.resource)),
                    attributes=about,
                    item_attributes=about,
                    description=str(scalar(record.body) or ""),
                    odd_texts=has_odd_texts(record.attributes) or _is_odd_body(record.body),
                    ancestors=_none,
                )


def _is_odd_body(body: AnyValue) -> bool:
    """A body of lists and maps that is longer than what is read of it."""
    return not body.HasField("string_value") and len(str(scalar(body) or "")) >= NESTED_CHARACTERS_MAX


def _none(_keys: frozenset[str]) -> Iterable[Attributes]:
    return ()


def _stand_in_trace_id(raw: bytes) -> str:
    """A log outside any trace is a failure of its own; the same record delivered twice is the same one."""
    return "log-" + hashlib.sha256(raw).hexdigest()[:28]

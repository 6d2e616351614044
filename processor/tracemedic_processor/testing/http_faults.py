"""Faults played over HTTP."""

import asyncio
import math

from tracemedic_processor.testing.faults import Fault, Hang, PartlyRejected, Refuse, Reset, Slow
from tracemedic_processor.testing.http_server import HttpReply, HttpRequest
from tracemedic_processor.testing.otlp_messages import reply, response
from tracemedic_storage.records import Signal


async def played(fault: Fault, request: HttpRequest, signal: Signal) -> HttpReply | None:
    """The answer of a backend that behaves as `fault` says; None breaks the connection."""
    match fault:
        case Refuse():
            wait_s = fault.retry_after_s
            headers = {} if wait_s is None else {"Retry-After": str(math.ceil(wait_s))}
            refused = reply(request, fault.google_status, status=fault.http_status)
            return HttpReply(
                status=refused.status, body=refused.body, content_type=refused.content_type, headers=headers
            )
        case PartlyRejected():
            return reply(request, response(signal, rejected=fault.rejected, message=fault.message))
        case Hang():
            await asyncio.Event().wait()
        case Slow():
            await asyncio.sleep(fault.delay_s)
            return reply(request, response(signal))
        case Reset():
            return None
        case _:
            pass
    return None

"""OTLP in: the receivers over gRPC and HTTP, everything up to `Intake.accept`."""

from tracemedic_processor.receive.grpc_receiver import GrpcReceiver
from tracemedic_processor.receive.http_receiver import HttpReceiver
from tracemedic_processor.receive.settings import ReceiverSettings, TlsSettings
from tracemedic_processor.receive.start_errors import AddressError, AddressInUse, StartError, TlsError

__all__ = [
    "AddressError",
    "AddressInUse",
    "GrpcReceiver",
    "HttpReceiver",
    "ReceiverSettings",
    "StartError",
    "TlsError",
    "TlsSettings",
]

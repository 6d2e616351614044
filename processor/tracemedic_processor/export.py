"""From an exporter's settings to the exporter, with its wrappers."""

from tracemedic_exporters.exporter import Exporter, Parcel, RetryableError
from tracemedic_exporters.logfire import logfire
from tracemedic_exporters.otlp_grpc import OtlpGrpc
from tracemedic_exporters.otlp_http import OtlpHttp
from tracemedic_exporters.retry import Retry
from tracemedic_exporters.split import Split
from tracemedic_processor.config import LogfireSettings, OtlpGrpcSettings, OtlpHttpSettings
from tracemedic_processor.metrics import Metrics

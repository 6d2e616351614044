"""Who sent it: OpenTelemetry's resource attributes as a `Resource`."""

from functools import lru_cache
from typing import Final

from opentelemetry.proto.resource.v1 import resource_pb2

from tracemedic_processor.attributes import Scalar, scalars
from tracemedic_processor.occurrence import Resource

RESOURCES_CACHED: Final = 1024
"""Distinct resources remembered by their bytes: a process sends the same ones in every request."""
SERVICE_UNKNOWN: Final = "unknown_service"
"""The SDK specification's name for a service that has none."""


@lru_cache(maxsize=RESOURCES_CACHED)
def read_resource(serialised: bytes) -> Resource:
    """A resource from its protobuf bytes. Raises `google.protobuf.message.DecodeError`."""
    found = scalars(resource_pb2.Resource.FromString(serialised).attributes)

    def first(*keys: str) -> str | None:
        return next((str(found[key]) for key in keys if found.get(key) not in {None, ""}), None)

    return Resource(
        service=first("service.name") or SERVICE_UNKNOWN,
        namespace=first("service.namespace"),
        version=first("service.version"),
        instance=first("service.instance.id"),
        environment=first("deployment.environment.name", "deployment.environment"),
        host=first("host.name", "k8s.pod.name", "container.id", "host.id"),
        language=first("telemetry.sdk.language"),
        attributes=_without_empty(found),
    )


def _without_empty(found: dict[str, Scalar]) -> dict[str, Scalar]:
    return {key: value for key, value in found.items() if value != ""}

"""Sends traces by OTLP, if the environment names where to, in OpenTelemetry's own variables.

https://opentelemetry.io/docs/languages/sdk-configuration/otlp-exporter/
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.core import tracing
from bot.core.data_folder import StartError
from bot.core.errors import described

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

logger = logging.getLogger(__name__)

SERVICE = "mentor-bot"
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")


def is_wanted() -> bool:
    """Whether the environment names an endpoint, and does not switch traces off."""
    is_off = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    return not is_off and os.environ.get("OTEL_TRACES_EXPORTER") != "none" and bool(_first(_ENDPOINTS))


@contextmanager
def traced() -> Iterator[None]:
    """Trace what the service does, if it `is_wanted`; the library is imported only then.

    Raises:
        StartError: a variable is wrong.
    """
    if not is_wanted():
        yield
        return
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    try:
        resource = Resource.create({"service.name": SERVICE}).merge(OTELResourceDetector().detect())
        provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        provider.add_span_processor(BatchSpanProcessor(_exporter()))
    except ValueError as error:
        raise StartError(f"OTEL_…: a variable of OpenTelemetry is wrong ({described(error)}).") from None
    # Not as the global provider: other libraries would trace requests with the tokens in their addresses.
    tracing.use(provider.get_tracer(SERVICE))
    try:
        yield
    finally:
        tracing.use(None)
        provider.shutdown()


def _exporter() -> SpanExporter:
    protocol = _first(_PROTOCOLS) or "http/protobuf"
    if protocol == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as ByGrpc

        return ByGrpc()
    if protocol != "http/protobuf":
        raise StartError(f"OTEL_EXPORTER_OTLP_PROTOCOL: {protocol} should be http/protobuf or grpc.")
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter()


def _first(names: tuple[str, ...]) -> str:
    """The value of the first variable that is set, or ""."""
    return next(filter(None, map(os.environ.get, names)), "")

"""OpenTelemetry traces over OTLP/HTTP. Off, which is the default, nothing of it is even imported.

Spans hold names of stages, channels, actions and routes, and the request id; never text, slots or who is speaking.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

_tracer: Any = None
_provider: Any = None


def configure(process: str, endpoint: str, *, processor: Any = None) -> None:
    """Switches tracing on for this process, or does nothing where there is no endpoint.

    Args:
        process: `service.name` becomes huanban-<process>.
        endpoint: base URL of a collector, such as http://collector:4318; spans go to `/v1/traces` below it.
        processor: takes the spans instead, for tests.
    """
    global _tracer, _provider
    if not endpoint and processor is None:
        return
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider

    if processor is None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        processor = BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", timeout=5))
    _provider = TracerProvider(resource=Resource.create({"service.name": f"huanban-{process}"}))
    _provider.add_span_processor(processor)
    _tracer = _provider.get_tracer("huanban")


def shut_down() -> None:
    """Sends what is left and switches tracing off."""
    global _tracer, _provider
    if _provider is not None:
        _provider.shutdown()
    _tracer = _provider = None


@contextlib.contextmanager
def span(name: str, carried: Mapping[str, str] | None = None, **attributes: str) -> Iterator[None]:
    """A span around the block, child of the current one, or of what another process sent along in its headers."""
    if _tracer is None:
        yield
        return
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    lowered = {key.lower(): value for key, value in (carried or {}).items()}
    parent = TraceContextTextMapPropagator().extract(lowered) if carried is not None else None
    with _tracer.start_as_current_span(name, context=parent, attributes=attributes):
        yield


def headers() -> dict[str, str]:
    """What a call to another process carries, so that its spans join this trace; {} while tracing is off."""
    if _tracer is None:
        return {}
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carried: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carried)
    return carried


def trace_id() -> str | None:
    """The current trace's id in hex; None while tracing is off or outside of a span."""
    if _tracer is None:
        return None
    from opentelemetry import trace

    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None

"""OpenTelemetry traces over OTLP/HTTP. Off, which is the default, nothing of it is even imported.

Spans hold names of stages, channels, actions and routes, and the request id; never text, slots or who is speaking.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

# An ordinary end of a process has ten seconds altogether (`Supervisor.stop`), and turns come first.
ENDING_SECONDS = 3.0

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
    # Not by itself at the interpreter's exit, which would wait for a collector that is away for as long as it is tried.
    _provider = TracerProvider(resource=Resource.create({"service.name": f"huanban-{process}"}), shutdown_on_exit=False)
    _provider.add_span_processor(processor)
    _tracer = _provider.get_tracer("huanban")


def shut_down() -> None:
    """Sends what is left and switches tracing off; a collector that does not take it is not waited for any longer."""
    if (sending := _begin_to_end()) is not None:
        sending.join(ENDING_SECONDS)


async def shut_down_beside_the_loop() -> None:
    """The same, for a server whose loop has other things to end meanwhile."""
    if (sending := _begin_to_end()) is None:
        return
    until = time.monotonic() + ENDING_SECONDS
    # Looked at and not waited for in asyncio's threads: an action that never ended may have kept the last of those.
    while sending.is_alive() and time.monotonic() < until:
        await asyncio.sleep(0.02)


def _begin_to_end() -> threading.Thread | None:
    global _tracer, _provider
    provider, _tracer, _provider = _provider, None, None
    if provider is None:
        return None
    # A daemon: the exporter tries for a minute, and the end of the process does not wait for that.
    sending = threading.Thread(target=provider.shutdown, name="traces", daemon=True)
    sending.start()
    return sending


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

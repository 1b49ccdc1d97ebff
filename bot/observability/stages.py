"""A stage of a message's way: its time goes into the metrics, and into the trace when there is one."""

from __future__ import annotations

import contextlib
import functools
import inspect
import time
from collections.abc import Callable, Iterator
from typing import Any

from bot.observability import metrics, tracing


@contextlib.contextmanager
def stage(name: str) -> Iterator[None]:
    """Times the block as that stage."""
    began = time.perf_counter()
    try:
        with tracing.span(name):
            yield
    finally:
        metrics.stages.labels(name).observe(time.perf_counter() - began)


def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, plain or asynchronous, timed as that stage."""
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def asynchronous(*arguments: Any, **options: Any) -> Any:
            with stage(name):
                return await function(*arguments, **options)

        return asynchronous

    @functools.wraps(function)
    def plain(*arguments: Any, **options: Any) -> Any:
        with stage(name):
            return function(*arguments, **options)

    return plain

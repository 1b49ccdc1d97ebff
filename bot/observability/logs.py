"""Logs: a line for a person, or a JSON object a line for machines; either carries the request id."""

from __future__ import annotations

import json
import logging
import sys
from datetime import datetime, timezone
from typing import TextIO

from bot.observability import request_id, tracing

# What a caller may give as `extra`; nothing else of a record is written, so that nobody's words slip in with it.
FIELDS = ("channel", "action", "method", "route", "status", "seconds", "waited_seconds", "outcome")
_OWN_HANDLERS = ("sanic.root", "sanic.error", "sanic.access", "uvicorn", "uvicorn.error", "uvicorn.access", "rasa", "rasa_sdk")


# At debug level these speak; frameworks below them would write frames and bodies as they come in, before anything is masked.
_SPEAK_AT_DEBUG = ("bot", "actions", "rasa", "rasa_sdk")


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, process, logger, message, request_id, trace_id, and the fields above."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON, without a line break."""
        row: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": self._process,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id.current(),
            "trace_id": tracing.trace_id(),
            **{name: record.__dict__[name] for name in FIELDS if name in record.__dict__},
        }
        if record.exc_info:
            row["exception"] = self.formatException(record.exc_info)
        return json.dumps({name: value for name, value in row.items() if value is not None}, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """A line for a person; the fields stand at its end."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        at = datetime.fromtimestamp(record.created).strftime("%Y-%m-%d %H:%M:%S")
        fields = "".join(f" {name}={record.__dict__[name]}" for name in FIELDS if name in record.__dict__)
        number = request_id.current()
        line = f"{at} {record.levelname} {record.name}: {record.getMessage()}{fields}{f' [{number}]' if number else ''}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class _Output(logging.StreamHandler):  # type: ignore[type-arg]
    """Whatever `sys.stdout` is at the moment of writing."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:
        """Where it goes."""
        return sys.stdout


def configure(process: str, log_format: str, log_level: str = "info") -> None:
    """Sends all logs of this process to its output in that format; frameworks' own handlers are taken away.

    Args:
        process: its name in every line: rasa, actions, backend.
        log_format: text or json.
        log_level: debug, info or warning.
    """
    handler = _Output()
    handler.setFormatter(JsonLines(process) if log_format == "json" else TextLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING if log_level == "warning" else logging.INFO)
    for name in _SPEAK_AT_DEBUG:
        logging.getLogger(name).setLevel(logging.DEBUG if log_level == "debug" else logging.NOTSET)
    for name in _OWN_HANDLERS:
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = True

"""How filings end, counted by kind."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.client.errors import FilingInProgress, FilingUnknown
from bot.client.results import FiledRequest
from bot.observability import metrics

Filing = Callable[[Any, str, Mapping[str, Any], str, float | None], FiledRequest]
Counted = Callable[..., FiledRequest]


def counted(filing: Filing) -> Counted:
    """The filing, with what it came to put down under the last word of its path (`deferrals`, `complaints`, …)."""

    @functools.wraps(filing)
    def file_and_count(door: Any, path: str, body: Mapping[str, Any], key: str, deadline: float | None = None) -> FiledRequest:
        outcome = "not_filed"
        try:
            filed = filing(door, path, body, key, deadline)
            outcome = "filed_already" if filed.replayed else "filed"
            return filed
        except FilingInProgress:
            outcome = "being_processed"
            raise
        except FilingUnknown:
            outcome = "unknown"
            raise
        finally:
            metrics.filings.labels(_kind(path), outcome).inc()

    return file_and_count


def _kind(path: str) -> str:
    """A name out of the code; an id never becomes a label."""
    last = path.rsplit("/", 1)[-1]
    return last.replace("-", "_") if re.fullmatch(r"[a-z-]+", last) else "other"

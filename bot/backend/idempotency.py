"""Repeating a write safely: one row per key, bound to a borrower and to what was asked."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from bot.backend.problems import Problem
from bot.backend.schema import idempotency_keys
from bot.backend.store import Reading, Writing


def fingerprint(operation: str, asked: Any) -> str:
    """A hash of what is asked for: the same operation with the same members gives the same."""
    text = json.dumps([operation, asked], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class InFlight:
    """The keys that this process is writing under right now."""

    def __init__(self) -> None:
        self._keys: set[str] = set()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def only_one(self, key: str) -> Iterator[None]:
        """Lets one call with this key through at a time.

        Raises:
            Problem: `request-in-progress`, when another is under way.
        """
        with self._lock:
            if key in self._keys:
                raise Problem("request-in-progress", "Ask again with the same key.", headers={"Retry-After": "1"})
            self._keys.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard(key)


def subject_of(writing: Writing, borrower_id: str, key: str, asked: str) -> str | None:
    """Id of what this key led to before; None for a new key.

    Raises:
        Problem: `idempotency-key-reused`, when it was another borrower's or something else was asked.
    """
    table = idempotency_keys
    row = writing.one(sa.select(table).where(table.c.idempotency_key == key))
    if row is None:
        return None
    if row.borrower_id != borrower_id or row.fingerprint != asked:
        # Alike for another borrower's key: whose it is must not show.
        raise Problem("idempotency-key-reused", "This key was used before, for something else.")
    return str(row.subject_id)


def remember(writing: Writing, borrower_id: str, key: str, asked: str, subject_id: str) -> None:
    """Binds a new key to what it led to, in the transaction that made it."""
    writing.insert(
        idempotency_keys,
        idempotency_key=key,
        borrower_id=borrower_id,
        fingerprint=asked,
        subject_id=subject_id,
        created_at=writing.now,
    )


def subject_for(reading: Reading, borrower_id: str, key: str) -> str | None:
    """Id of what this borrower's key led to; None when it led to nothing (yet)."""
    table = idempotency_keys
    row = reading.one(sa.select(table.c.subject_id).where(table.c.idempotency_key == key, table.c.borrower_id == borrower_id))
    return None if row is None else str(row.subject_id)

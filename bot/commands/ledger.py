"""The demo ledger is made from the lender file's borrowers; when those have changed, it is made anew and the old one kept."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import datetime

from bot import config, formats
from bot.backend.schema import SCHEMA_VERSION
from bot.demo import lender_rows


def put_a_stale_ledger_aside(settings: config.Settings, say: Callable[[str], None]) -> None:
    """Moves the ledger of the state folder aside when what it was filled with, its tables or the fixed day have changed.

    A ledger elsewhere (`HUANBAN_BACKEND_DATABASE_URL`) is the lender's own and is never touched. Rules of products are no part of
    what is compared: they hold from the next start on, for the ledger as it is.
    """
    if os.environ.get("HUANBAN_BACKEND_DATABASE_URL") or not settings.backend_is_embedded:
        return
    ledger, stamp = settings.state_dir / "ledger.db", settings.state_dir / "ledger.inputs"
    inputs = hashlib.sha256(f"{SCHEMA_VERSION}{lender_rows('borrowers')}{settings.today}".encode()).hexdigest()
    if ledger.exists() and stamp.exists() and stamp.read_text() != inputs:
        kept = settings.state_dir / f"ledger-until-{datetime.now(formats.SHANGHAI):%Y%m%d-%H%M%S}.db"
        # What was committed last may still lie in the log beside it, so that goes along.
        for suffix in ("", "-wal", "-shm"):
            if (part := ledger.with_name(ledger.name + suffix)).exists():
                part.replace(kept.with_name(kept.name + suffix))
        say(f"The lender file's borrowers or the tables have changed: the ledger is made anew, the old one kept as {kept.name}.")
    stamp.write_text(inputs)


def throw_the_demo_away(settings: config.Settings) -> None:
    """Removes the demo's ledger, conversations and widget history; nothing else, and no ledger that was put aside."""
    for name in ("ledger.db", "conversations.db", "chat.db"):
        for suffix in ("", "-wal", "-shm", "-journal"):
            (settings.state_dir / (name + suffix)).unlink(missing_ok=True)

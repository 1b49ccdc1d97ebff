"""Links by which a borrower fetches everything that is held of her: for minutes, and once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.backend import doors
from bot.backend.policy import Policy
from bot.backend.problems import Problem
from bot.backend.schema_paying import secure_links
from bot.backend.store import Writing

PURPOSE = "export"
MINUTES = 10


def issue(writing: Writing, policy: Policy, borrower_id: str) -> tuple[str, datetime]:
    """A link and until when it holds; the ledger keeps the hash of its token. An earlier link that is unused ends.

    Raises:
        Problem: `borrower-not-found`.
    """
    doors.borrower(writing, borrower_id)
    writing.delete(secure_links, secure_links.c.borrower_id == borrower_id, secure_links.c.purpose == PURPOSE)
    token, expires_at = secrets.token_urlsafe(24), writing.now + timedelta(minutes=MINUTES)
    writing.insert(
        secure_links,
        token_sha256=hashlib.sha256(token.encode()).hexdigest(),
        borrower_id=borrower_id,
        purpose=PURPOSE,
        created_at=writing.now,
        expires_at=expires_at,
    )
    writing.audit("export-link.issued", PURPOSE, borrower_id)
    return f"{policy.bot_url.rstrip('/')}/webhooks/privacy/export/{token}", expires_at


def redeem(writing: Writing, token_sha256: str) -> str:
    """The borrower whose link it is; it is used up.

    Raises:
        Problem: `request-not-found`: there is no such link, it was used, or its time is over.
    """
    table = secure_links
    row = writing.one(sa.select(table).where(table.c.token_sha256 == token_sha256, table.c.purpose == PURPOSE))
    if row is None or row.expires_at < writing.now:
        raise Problem("request-not-found", "No such link, or it was used, or its time is over.")
    writing.delete(table, table.c.token_sha256 == token_sha256)
    writing.audit("export-link.used", PURPOSE, row.borrower_id)
    return str(row.borrower_id)

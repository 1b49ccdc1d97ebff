"""Short-lived links to the lender's secure pages: what is not said in a chat is entered there."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.backend import doors, schema_paying
from bot.backend.blocks import refuse_if_blocked
from bot.backend.policy import Policy
from bot.backend.problems import Problem
from bot.backend.store import Writing
from bot.backend.wire_paying import SecureLinkAsk
from bot.loans.protection import ACCOUNT_CHANGES

# By these pages a thief would make an account his own; paying and handing in a proof stay possible.
_CHANGES_THE_ACCOUNT = frozenset({"add_card", "update_phone", "update_name", "update_id"})


@dataclass(frozen=True)
class Issued:
    """A link as it is told to the borrower, this once."""

    url: str
    expires_at: datetime


def issue(writing: Writing, policy: Policy, borrower_id: str, ask: SecureLinkAsk) -> Issued:
    """Makes a link for one purpose; a link that carries a quote does not outlive it.

    Raises:
        Problem: what the doors refuse, `blocked-after-fraud`, `secure-pages-not-offered`, `loan-closed`, `quote-expired`,
            `quote-stale`.
    """
    doors.borrower(writing, borrower_id)
    if ask.purpose in _CHANGES_THE_ACCOUNT:
        refuse_if_blocked(writing, borrower_id, ACCOUNT_CHANGES)
    pages = policy.lender.file.lender.secure_pages
    if pages is None:
        raise Problem("secure-pages-not-offered", "The lender file names no `secure_pages`.")
    expires_at = writing.now + timedelta(minutes=pages.minutes)
    if ask.loan_id is not None:
        expires_at = min(expires_at, _checked_loan(writing, policy, borrower_id, ask) or expires_at)
    if ask.request_id is not None:
        doors.request(writing, ask.request_id, borrower_id)
    token = secrets.token_urlsafe(24)
    writing.insert(
        schema_paying.secure_links,
        token_sha256=hashlib.sha256(token.encode()).hexdigest(),
        borrower_id=borrower_id,
        purpose=ask.purpose,
        loan_id=ask.loan_id,
        quote_id=ask.quote_id,
        request_id=ask.request_id,
        created_at=writing.now,
        expires_at=expires_at,
    )
    writing.audit("secure-link.issued", ask.purpose, borrower_id, loan_id=ask.loan_id, quote_id=ask.quote_id)
    base_url = pages.base_url.replace("{bot_url}", policy.bot_url).rstrip("/")
    return Issued(f"{base_url}/{ask.purpose.replace('_', '-')}/{token}", expires_at)


def _checked_loan(writing: Writing, policy: Policy, borrower_id: str, ask: SecureLinkAsk) -> datetime | None:
    """Sees that the loan, and the quote if there is one, can still be used; says until when the quote can."""
    assert ask.loan_id is not None
    account = doors.account(writing, policy, borrower_id, ask.loan_id)
    if ask.purpose == "pay" and account.row.closed_date is not None:
        raise Problem("loan-closed", "Nothing is owed.")
    if ask.quote_id is None:
        return None
    quote = doors.quote(writing, borrower_id, ask.loan_id, "prepayment", ask.quote_id)
    if writing.now > quote.expires_at:
        raise Problem("quote-expired", "Quote again.", expires_at=quote.expires_at)
    if account.row.version != quote.loan_version:
        raise Problem("quote-stale", "The loan changed since; quote again.")
    expires_at: datetime = quote.expires_at
    return expires_at

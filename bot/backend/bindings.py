"""Binding an account of a messenger to a borrower by a one-time code, and unbinding it.

Whoever asks learns nothing about phones: known or unknown, a start is answered alike, and takes as long. A code is kept as its
hash; it is in no log and on no audit row.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.backend import doors, schema
from bot.backend.policy import Policy
from bot.backend.problems import Problem
from bot.backend.schema_bindings import binding_codes, bindings, sms_outbox
from bot.backend.store import Reading, Writing
from bot.backend.wire_bindings import Binding, BindingStart

CODE_MINUTES = 10
TRIES = 5
# How often within an hour: an account may ask for a code, and a phone is sent one. More of the latter stay unsent in silence,
# or whoever asks would learn that the phone is known.
STARTS_AN_HOUR = 5
CODES_AN_HOUR = 3
_KEPT = timedelta(days=1)
_HOUR = timedelta(hours=1)


def start(writing: Writing, policy: Policy, channel: str, openid: str, phone: str) -> BindingStart:
    """Sends a code to the borrower who has that phone; it replaces earlier codes of the account.

    Raises:
        Problem: `binding-too-many`.
    """
    _throw_old_codes_away(writing)
    of_account = (binding_codes.c.channel == channel, binding_codes.c.openid == openid)
    begun = [row.created_at for row in _codes_of_the_hour(writing, *of_account)]
    if len(begun) >= STARTS_AN_HOUR:
        wait = begun[-STARTS_AN_HOUR] + _HOUR - writing.now
        raise Problem("binding-too-many", "Too many codes within an hour.", retry_after_seconds=max(1, int(wait.total_seconds())))
    borrower = _borrower_with(writing, policy, phone)
    if borrower and len(_codes_of_the_hour(writing, binding_codes.c.borrower_id == borrower.borrower_id)) >= CODES_AN_HOUR:
        writing.audit("binding.code-held-back", borrower.borrower_id, borrower.borrower_id, account=_told(openid))
        borrower = None
    for row in writing.rows(sa.select(binding_codes.c.binding_id).where(*of_account)):
        writing.delete(sms_outbox, sms_outbox.c.binding_id == row.binding_id)
    writing.update(binding_codes, *of_account, binding_codes.c.used_at.is_(None), tries_left=0)
    binding_id, code, salt = f"BI{secrets.token_hex(10)}", f"{secrets.randbelow(10**6):06d}", secrets.token_hex(16)
    expires_at = writing.now + timedelta(minutes=CODE_MINUTES)
    writing.insert(
        binding_codes,
        binding_id=binding_id,
        channel=channel,
        openid=openid,
        borrower_id=borrower.borrower_id if borrower else None,
        salt=salt,
        code_hash=_hashed(code, salt),
        tries_left=TRIES,
        created_at=writing.now,
        expires_at=expires_at,
    )
    if borrower:
        writing.insert(
            sms_outbox,
            binding_id=binding_id,
            borrower_id=borrower.borrower_id,
            phone_masked=borrower.phone_masked,
            code=code,
            sent_at=writing.now,
            expires_at=expires_at,
        )
    subject = borrower.borrower_id if borrower else None
    writing.audit("binding.started", binding_id, subject, channel=channel, account=_told(openid), sent=bool(borrower))
    return BindingStart(as_of=writing.now, binding_id=binding_id, expires_at=expires_at, tries_left=TRIES)


def confirm(writing: Writing, channel: str, openid: str, binding_id: str, code: str) -> Binding | Problem:
    """The binding; or the refusal, which is given back and not raised, since a wrong code has to be counted.

    The right code again answers with the binding again, so that a call may be repeated.
    """
    table = binding_codes
    query = sa.select(table).where(table.c.binding_id == binding_id, table.c.channel == channel, table.c.openid == openid)
    row = writing.one(query.with_for_update())
    if row is None:
        return Problem("binding-not-found", f"No binding {binding_id} of this account is under way.")
    is_right = hmac.compare_digest(_hashed(code, row.salt), row.code_hash) and row.borrower_id is not None
    if row.used_at is not None:
        again = _row_of(writing, channel, openid)
        if is_right and again is not None and again.binding_id == binding_id:
            return shown(writing, again)
        return Problem("binding-code-expired", "The code has been used.")
    if writing.now > row.expires_at:
        return Problem("binding-code-expired", "The code is out of time.")
    if row.tries_left <= 0:
        return Problem("binding-code-used-up", "No try is left; ask for another code.")
    if not is_right:
        left = row.tries_left - 1
        writing.update(table, table.c.binding_id == binding_id, tries_left=left)
        writing.audit("binding.code-wrong", binding_id, row.borrower_id, channel=channel, account=_told(openid), tries_left=left)
        if left == 0:
            writing.delete(sms_outbox, sms_outbox.c.binding_id == binding_id)
            return Problem("binding-code-used-up", "That was the last try; ask for another code.")
        return Problem("binding-code-wrong", "Not the code that was sent.", tries_left=left)
    unbind(writing, channel, openid, "bound_anew")
    writing.update(table, table.c.binding_id == binding_id, used_at=writing.now)
    writing.delete(sms_outbox, sms_outbox.c.binding_id == binding_id)
    writing.insert(
        bindings, binding_id=binding_id, channel=channel, openid=openid, borrower_id=row.borrower_id, bound_at=writing.now
    )
    writing.audit("binding.bound", binding_id, row.borrower_id, channel=channel, account=_told(openid))
    bound = _row_of(writing, channel, openid)
    assert bound is not None
    return shown(writing, bound)


def binding_of(reading: Reading, channel: str, openid: str) -> Binding:
    """Whom an account speaks for.

    Raises:
        Problem: `binding-not-found`.
    """
    row = _row_of(reading, channel, openid)
    if row is None:
        raise Problem("binding-not-found", "This account speaks for nobody.")
    return shown(reading, row)


def unbind(writing: Writing, channel: str, openid: str, reason: str, *, others: bool = False) -> int:
    """Unbinds the account, or all others that speak for the same borrower; how many there were.

    Args:
        writing: the transaction.
        channel: of the account.
        openid: the account.
        reason: a code for the audit trail.
        others: leave this account bound, and unbind the rest.
    """
    own = _row_of(writing, channel, openid)
    if own is None:
        return 0
    doors.borrower(writing, own.borrower_id)
    gone = [own]
    if others:
        same = (bindings.c.channel == channel, bindings.c.borrower_id == own.borrower_id)
        gone = writing.rows(sa.select(bindings).where(*same, bindings.c.binding_id != own.binding_id))
    for row in gone:
        writing.delete(bindings, bindings.c.binding_id == row.binding_id)
        writing.audit(
            "binding.unbound", row.binding_id, row.borrower_id, channel=channel, account=_told(row.openid), reason=reason
        )
    return len(gone)


def accounts_of(reading: Reading, borrower_id: str) -> list[Any]:
    """Rows of the accounts that speak for a borrower, the oldest first."""
    table = bindings
    return reading.rows(sa.select(table).where(table.c.borrower_id == borrower_id).order_by(table.c.bound_at, table.c.binding_id))


def outbox(reading: Reading) -> list[Any]:
    """Codes on their way, with their borrowers' names, the newest first."""
    table, names = sms_outbox, schema.borrowers
    query = sa.select(table, names.c.display_name).join(names, names.c.borrower_id == table.c.borrower_id)
    return reading.rows(query.where(table.c.expires_at > reading.now).order_by(table.c.sent_at.desc(), table.c.binding_id))


def shown(reading: Reading, row: Any) -> Binding:
    """A binding as it travels."""
    borrower = doors.borrower(reading, row.borrower_id)
    of_channel = [other for other in accounts_of(reading, row.borrower_id) if other.channel == row.channel]
    return Binding(
        as_of=reading.now,
        binding_id=row.binding_id,
        channel=row.channel,
        openid=row.openid,
        borrower_id=row.borrower_id,
        display_name=borrower.display_name,
        care_mode=borrower.care_mode,
        bound_at=row.bound_at,
        others=len(of_channel) - 1,
    )


def _row_of(reading: Reading, channel: str, openid: str) -> Any | None:
    return reading.one(sa.select(bindings).where(bindings.c.channel == channel, bindings.c.openid == openid))


def _borrower_with(reading: Reading, policy: Policy, phone: str) -> Any | None:
    """The borrower's row; None when nobody has that phone, or more than one has."""
    having = [row.borrower_id for row in policy.lender.file.borrowers if row.phone == phone]
    if len(having) != 1:
        return None
    return reading.one(sa.select(schema.borrowers).where(schema.borrowers.c.borrower_id == having[0]))


def _codes_of_the_hour(reading: Reading, *where: Any) -> list[Any]:
    table, since = binding_codes, reading.now - _HOUR
    return reading.rows(sa.select(table.c.created_at).where(*where, table.c.created_at > since).order_by(table.c.created_at))


def _throw_old_codes_away(writing: Writing) -> None:
    """The audit row of whatever comes next stands for this, too."""
    now: datetime = writing.now
    writing.delete(sms_outbox, sms_outbox.c.expires_at <= now)
    writing.delete(binding_codes, binding_codes.c.created_at < now - _KEPT)


def _hashed(code: str, salt: str) -> str:
    """Slow on purpose: there are only a million codes."""
    return hashlib.scrypt(code.encode(), salt=bytes.fromhex(salt), n=2**12, r=8, p=1, dklen=32).hex()


def _told(openid: str) -> str:
    """An account as the audit trail keeps it: it can be recognised, and not be written to."""
    return hashlib.sha256(openid.encode()).hexdigest()[:16]

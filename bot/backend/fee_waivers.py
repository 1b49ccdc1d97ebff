"""Waivers of penalty: which programmes fit a loan, the quote of the best, and the waiving once a person approved it."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from bot.backend import booking, doors, filings, schema
from bot.backend.clock import SHANGHAI
from bot.backend.doors import Account
from bot.backend.ledger import LoanAccount
from bot.backend.lender_difficulty import FeeWaiverRow
from bot.backend.policy import Policy
from bot.backend.problems import Problem
from bot.backend.store import Reading, Writing
from bot.backend.wire import jsonable, shown_rate
from bot.backend.wire_difficulty import WaiverProgramme, WaiverProgrammes, WaiverTerms
from bot.loans.days import add_months
from bot.loans.fee_waiver import WaiverRules, WhyNot, spread


def programmes(reading: Reading, policy: Policy, borrower_id: str, account: Account, reason_code: str | None) -> WaiverProgrammes:
    """Every programme for this loan, those that fit first and of these the one that waives most."""
    penalty_fen = _penalty_fen(account, reading.today)
    found = [_judged(reading, borrower_id, account, row, reason_code) for row in _rows(policy, account, reading.today)]
    found.sort(key=lambda row: (not row.fits, -row.waived_fen))
    return WaiverProgrammes(
        loan_id=account.row.loan_id,
        product_name=account.product.name,
        penalty_fen=penalty_fen,
        days_past_due=account.days_past_due(reading.today),
        pending_request_id=doors.pending_fee_waiver(reading, [account.row.loan_id]).get(account.row.loan_id),
        programmes=found,
        as_of=reading.now,
    )


def _rows(policy: Policy, account: Account, today: date) -> list[FeeWaiverRow]:
    if not isinstance(account, LoanAccount):
        return []
    product_id = account.product.product_id
    return [
        row for row in policy.lender.file.fee_waivers if row.in_force(today) and (not row.products or product_id in row.products)
    ]


def _judged(reading: Reading, borrower_id: str, account: Account, row: FeeWaiverRow, reason_code: str | None) -> WaiverProgramme:
    rules, penalty_fen = row.rules(), _penalty_fen(account, reading.today)
    flags = doors.borrower(reading, borrower_id).flags
    granted = [day for day, _ in _granted(reading, account, row.programme_id)]
    why_not = rules.why_not(penalty_fen, account.days_past_due(reading.today), reason_code, flags, granted, reading.today)
    return WaiverProgramme(
        programme_id=row.programme_id,
        name=row.name,
        for_everybody=rules.for_everybody,
        reason_codes=row.reason_codes,
        fits=why_not is None,
        why_not=why_not.value if why_not else None,
        waived_fen=rules.waived_fen(penalty_fen),
        asks_for=row.asks_for,
    )


def _granted(reading: Reading, account: Account, programme_id: str) -> list[tuple[date, Any]]:
    """Waivers of a programme that were granted for this loan."""
    table = schema.requests
    query = sa.select(table).where(
        table.c.loan_id == account.row.loan_id, table.c.kind == "fee_waiver", table.c.status == "approved"
    )
    rows = [row for row in reading.rows(query) if row.terms.get("programme_id") == programme_id]
    return [(_day(row.decided_at), row) for row in rows]


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def _penalty_fen(account: Account, today: date) -> int:
    """Penalty that is owed; what a late fee added to a line was billed with a statement and is no longer one."""
    return sum(due.penalty_fen for due in account.unpaid(today)) if isinstance(account, LoanAccount) else 0


def quote(writing: Writing, policy: Policy, borrower_id: str, loan_id: str, reason_code: str | None, text: str | None) -> str:
    """Writes a quote for the programme that fits best and says its id; nothing else changes.

    Raises:
        Problem: what the doors refuse, `loan-closed`, `request-pending`, `fee-waiver-…`.
    """
    account = doors.account(writing, policy, borrower_id, loan_id)
    if account.row.closed_date is not None:
        raise Problem("loan-closed", "Nothing is owed.")
    found = programmes(writing, policy, borrower_id, account, reason_code)
    if found.pending_request_id:
        raise Problem("request-pending", f"{found.pending_request_id} waits for a decision.", request_id=found.pending_request_id)
    if not found.programmes or not found.programmes[0].fits:
        raise _refusal(writing, policy, account, found)
    best = next(row for row in _rows(policy, account, writing.today) if row.programme_id == found.programmes[0].programme_id)
    terms = WaiverTerms(
        loan_id=loan_id,
        programme_id=best.programme_id,
        programme_name=best.name,
        reason_code=reason_code,
        text=text,
        penalty_fen=found.penalty_fen,
        waived_fen=found.programmes[0].waived_fen,
        share=shown_rate(best.share),
        max_waived_fen=best.max_waived_fen,
        asks_for=best.asks_for,
        decision_due_at=policy.decision_due_at("fee_waiver", writing.now),
    )
    what = {"programme_id": best.programme_id, "reason_code": reason_code}
    quote_id = f"Q{secrets.token_hex(10)}"
    writing.insert(
        schema.quotes,
        quote_id=quote_id,
        kind="fee_waiver",
        borrower_id=borrower_id,
        loan_id=loan_id,
        loan_version=account.row.version,
        filing_key=filings.filing_key(writing, borrower_id, "fee_waiver", loan_id, what),
        quoted_at=writing.now,
        expires_at=policy.quote_expires_at(writing.now),
        asked={"reason_code": reason_code, "text": text},
        terms=jsonable(terms),
    )
    writing.audit("fee_waiver.quoted", quote_id, borrower_id, loan_id=loan_id)
    return quote_id


def _refusal(reading: Reading, policy: Policy, account: Account, found: WaiverProgrammes) -> Problem:
    """Why no programme fits: the reason that is nearest to fitting."""
    if not found.programmes:
        return Problem("fee-waiver-not-offered", f"None for {account.product.product_id}.")
    why = {row.why_not for row in found.programmes}
    if WhyNot.NOTHING_OWED.value in why:
        return Problem("fee-waiver-nothing-owed", "No penalty is owed.")
    if WhyNot.REASON_NOT_COVERED.value in why:
        codes = sorted({code for row in found.programmes for code in row.reason_codes})
        return Problem("fee-waiver-reason-not-covered", "For other reasons.", reason_codes=codes)
    rows = _rows(policy, account, reading.today)
    if WhyNot.USED_UP.value in why:
        again = [
            add_months(day, row.once_within_months) for row in rows for day, _ in _granted(reading, account, row.programme_id)
        ]
        return Problem("fee-waiver-used-up", "Granted not long ago.", next_possible_date=min(again))
    longest = max(row.max_days_past_due or 0 for row in rows)
    days = found.days_past_due
    return Problem("fee-waiver-overdue-too-long", "Too late.", days_past_due=days, max_days_past_due=longest)


def apply(writing: Writing, policy: Policy, request: Any, granted_fen: int | None = None) -> None:
    """Takes the confirmed share, or the smaller sum that a person grants, off the penalty as it stands today.

    The oldest comes first; what runs from tomorrow is owed. The request's terms say what was granted, and what the programme
    would have waived on this day.

    Raises:
        Problem: `loan-changed`, when no penalty is left; `validation`, when the sum is more than the programme waives.
    """
    account = doors.account(writing, policy, request.borrower_id, request.loan_id)
    penalty_fen = _penalty_fen(account, writing.today)
    if not penalty_fen:
        raise Problem("loan-changed", "No penalty is left; refuse it.")
    assert isinstance(account, LoanAccount)
    rules = WaiverRules(Decimal(request.terms["share"]), request.terms["max_waived_fen"])
    whole_fen = rules.waived_fen(penalty_fen)
    if granted_fen is not None and not 0 < granted_fen <= whole_fen:
        detail = f"from 1 to {whole_fen}, what the programme waives today"
        raise Problem("validation", detail, errors=[{"pointer": "#/granted_fen", "detail": detail}])
    waived_fen = whole_fen if granted_fen is None else granted_fen
    owing = [due for due in account.unpaid(writing.today) if due.penalty_fen]
    lowered = spread(waived_fen, [due.penalty_fen for due in owing])
    for due, part_fen in zip(owing, lowered, strict=True):
        row = account.instalment(due.instalment_number)
        booking.update_instalment(
            writing,
            account,
            row.instalment_number,
            fixed_penalty_fen=booking.penalty_put_down(account, row, writing.today) - part_fen,
            penalty_from_date=writing.today if row.due_date < writing.today else row.penalty_from_date,
        )
    booking.loan_changed(writing, account.row)
    table = schema.requests
    terms = {**request.terms, "granted_fen": waived_fen, "grantable_fen": whole_fen}
    writing.update(table, table.c.request_id == request.request_id, terms=terms)

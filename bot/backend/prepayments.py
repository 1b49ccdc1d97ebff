"""Paying early: the quote, and booking what it says."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import Any

from bot.backend import booking, doors, filings, schema
from bot.backend.doors import Account
from bot.backend.ledger import LoanAccount, Paid, PlanRow
from bot.backend.policy import Policy
from bot.backend.problems import Problem
from bot.backend.store import Writing
from bot.backend.wire import jsonable
from bot.backend.wire_filings import PlannedInstalment
from bot.backend.wire_payments import PrepaymentQuoteAsk
from bot.loans.payments import Allocation, AmountDue, allocate
from bot.loans.prepayment import PartPrepaymentQuote, PayoffQuote, part_prepayment_quote, payoff_quote

_MAX_DAYS_AHEAD = 31


def quote(writing: Writing, policy: Policy, borrower_id: str, loan_id: str, ask: PrepaymentQuoteAsk) -> str:
    """Writes a quote for paying early and says its id; nothing else changes.

    Raises:
        Problem: what the doors refuse, `loan-closed`, `prepayment-…`, `validation` for a day out of reach.
    """
    account = doors.account(writing, policy, borrower_id, loan_id)
    day = ask.prepay_date or writing.today
    latest = writing.today + timedelta(days=_MAX_DAYS_AHEAD)
    if not writing.today <= day <= latest:
        detail = f"must lie from {writing.today} (today) to {latest}"
        raise Problem("validation", detail, errors=[{"pointer": "#/prepay_date", "detail": detail}])
    terms = _terms(account, ask, day)
    quote_id = f"Q{secrets.token_hex(10)}"
    writing.insert(
        schema.quotes,
        quote_id=quote_id,
        kind="prepayment",
        borrower_id=borrower_id,
        loan_id=loan_id,
        loan_version=account.row.version,
        filing_key=filings.filing_key(writing, borrower_id, "prepayment", loan_id, {**terms, "version": account.row.version}),
        quoted_at=writing.now,
        expires_at=policy.quote_expires_at(writing.now),
        asked=jsonable(ask),
        terms=jsonable(terms),
    )
    writing.audit("prepayment.quoted", quote_id, borrower_id, loan_id=loan_id, kind=ask.kind)
    return quote_id


def _terms(account: Account, ask: PrepaymentQuoteAsk, day: date) -> dict[str, Any]:
    rules, limits = account.product.prepayment_rules(), account.product.prepayment
    if not account.unpaid(day):
        raise Problem("loan-closed", "Nothing is owed.")
    if not isinstance(account, LoanAccount) or rules is None or limits is None:
        raise Problem("prepayment-not-offered", f"Not for {account.product.product_id}.")
    due, later = _due_and_later(account, day)
    unpaid = [*due, *(account.due_of(row, day) for row in later)]
    interest_from_date = account.interest_from_date(later[0]) if later else day
    quoted: PayoffQuote | PartPrepaymentQuote
    if ask.kind == "full":
        quoted = payoff_quote(account.terms, unpaid, day, rules, interest_from_date=interest_from_date)
        principal_fen, remaining_fee_fen = quoted.remaining_principal_fen, quoted.remaining_fee_fen
        left_fen, plan = 0, []
    else:
        assert ask.principal_fen is not None and ask.effect is not None
        later_fen = sum(row.principal_fen for row in unpaid if row.due_date > day)
        if ask.principal_fen >= later_fen:
            raise Problem("prepayment-too-large", "Ask for the whole.", outstanding_principal_fen=later_fen)
        if ask.principal_fen < limits.min_part_fen:
            raise Problem("prepayment-too-small", "Prepay more, or nothing.", min_amount_fen=limits.min_part_fen)
        quoted = part_prepayment_quote(
            account.terms, unpaid, day, ask.principal_fen, ask.effect, rules, interest_from_date=interest_from_date
        )
        principal_fen, remaining_fee_fen, left_fen = ask.principal_fen, 0, quoted.remaining_principal_fen
        plan = [PlannedInstalment.of(planned).dict() for planned in quoted.instalments]
    return {
        "loan_id": account.row.loan_id,
        "kind": ask.kind,
        "effect": ask.effect,
        "prepay_date": day,
        "amount_fen": quoted.amount_fen,
        "due_fen": quoted.due_fen,
        "principal_fen": principal_fen,
        "accrued_interest_fen": quoted.accrued_interest_fen,
        "remaining_fee_fen": remaining_fee_fen,
        "prepayment_fee_fen": quoted.prepayment_fee_fen,
        "days": quoted.days,
        "interest_saved_fen": quoted.interest_saved_fen,
        "fee_saved_fen": quoted.fee_saved_fen,
        "remaining_principal_fen": left_fen,
        "limit_comes_back": limits.limit_comes_back,
        "credit_effect": _credit_effect(account, ask.kind, day),
        "instalments": plan,
    }


def _credit_effect(account: LoanAccount, kind: str, day: date) -> str:
    """What the credit record says of it: days already late stay in it, a loan closed early stands there as settled."""
    if account.days_past_due(day) >= account.product.reported_from_days_past_due:
        return "late_days_stay"
    return "reported_as_settled" if kind == "full" else "none"


def book(
    writing: Writing, policy: Policy, account: Account, quote_row: Any, amount_fen: int, value_date: date, channel: str
) -> str:
    """Books a prepayment as quoted, changes the plan accordingly, and says the payment's id.

    Raises:
        Problem: `quote-expired`, `quote-stale`, `payment-not-as-quoted`.
    """
    terms = quote_row.terms
    if writing.now > quote_row.expires_at:
        raise Problem("quote-expired", "Quote again.", expires_at=quote_row.expires_at)
    if account.row.version != quote_row.loan_version:
        raise Problem("quote-stale", "The loan changed since; quote again.")
    if (amount_fen, value_date.isoformat()) != (terms["amount_fen"], terms["prepay_date"]):
        raise Problem(
            "payment-not-as-quoted",
            "Pay what was quoted, on its day.",
            amount_fen=terms["amount_fen"],
            prepay_date=terms["prepay_date"],
        )
    assert isinstance(account, LoanAccount)
    _charge_only_days_used(writing, account, value_date)
    if terms["kind"] == "full":
        _charge_for_closing(writing, account, terms, value_date)
        changed = doors.account(writing, policy, account.row.borrower_id, account.row.loan_id)
        return booking.book(writing, policy, changed, amount_fen, value_date, channel)
    return _book_part(writing, policy, account, terms, amount_fen, value_date, channel)


def _due_and_later(account: LoanAccount, day: date) -> tuple[list[AmountDue], list[PlanRow]]:
    """What of the loan is due by a day or was before it was deferred, and the unpaid instalments after it by due date."""
    unpaid = {due.instalment_number for due in account.unpaid(day)}
    rows = [row for row in account.plan if row.instalment_number in unpaid]
    due = [account.owed_already(row, day) for row in rows if account.first_day_is_over(row, day)]
    later = [row for row in rows if not account.first_day_is_over(row, day)]
    return due, sorted(later, key=lambda row: row.due_date)


def _charge_only_days_used(writing: Writing, account: LoanAccount, day: date) -> None:
    """Takes from deferred instalments that are paid early the interest of the days to come."""
    for owed in _due_and_later(account, day)[0]:
        row = account.instalment(owed.instalment_number)
        booking.update_instalment(writing, account, row.instalment_number, interest_fen=row.paid.interest_fen + owed.interest_fen)


def _charge_for_closing(writing: Writing, account: LoanAccount, terms: dict[str, Any], day: date) -> None:
    """Brings what later instalments charge down to what closing takes; all of it on the first of them."""
    for place, row in enumerate(_due_and_later(account, day)[1]):
        charged_fen = terms["accrued_interest_fen"] if place == 0 else 0
        fee_fen = terms["remaining_fee_fen"] + terms["prepayment_fee_fen"] if place == 0 else 0
        _set_row(writing, account, row, row.principal_fen, row.paid.interest_fen + charged_fen, row.paid.fee_fen + fee_fen)


def _book_part(
    writing: Writing,
    policy: Policy,
    account: LoanAccount,
    terms: dict[str, Any],
    amount_fen: int,
    day: date,
    channel: str,
) -> str:
    payment_id = booking.insert_payment(writing, account.row, amount_fen, day, channel)
    # What is due by the day comes first, as with any payment; penalty from before a deferral is due too.
    due, later = _due_and_later(account, day)
    if terms["due_fen"]:
        settled = allocate(terms["due_fen"], [*due, *(booking.only_penalty(account.due_of(row, day)) for row in later)])
        for allocation in settled.allocations:
            booking.insert_allocation(writing, payment_id, allocation)
            booking.put_down_penalty(writing, account, account.instalment(allocation.instalment_number), day)
    early = Allocation(
        0,
        fee_fen=terms["prepayment_fee_fen"],
        interest_fen=terms["accrued_interest_fen"],
        penalty_fen=0,
        principal_fen=terms["principal_fen"],
    )
    booking.insert_allocation(writing, payment_id, early, beside_the_plan=True)
    _replace_later(writing, account, [PlannedInstalment(**row) for row in terms["instalments"]], day)
    booking.loan_changed(writing, account.row)
    return payment_id


def _replace_later(writing: Writing, account: LoanAccount, plan: list[PlannedInstalment], day: date) -> None:
    """Puts the plan afterwards in the place of the instalments to come; what was paid towards them stays theirs."""
    old = {row.instalment_number: row for row in _due_and_later(account, day)[1]}
    for planned in plan:
        row = old.pop(planned.instalment_number, None)
        paid = row.paid if row else Paid()
        values = {
            "due_date": planned.due_date,
            "original_due_date": planned.due_date,
            "principal_fen": paid.principal_fen + planned.principal_fen,
            "interest_fen": paid.interest_fen + planned.interest_fen,
            "fee_fen": paid.fee_fen + planned.fee_fen,
        }
        if row:
            booking.update_instalment(writing, account, row.instalment_number, **values)
        else:
            writing.insert(schema.instalments, loan_id=account.row.loan_id, instalment_number=planned.instalment_number, **values)
    for row in old.values():
        if row.paid.total_fen:
            _set_row(writing, account, row, row.paid.principal_fen, row.paid.interest_fen, row.paid.fee_fen)
        else:
            table = schema.instalments
            writing.delete(table, table.c.loan_id == account.row.loan_id, table.c.instalment_number == row.instalment_number)


def _set_row(writing: Writing, account: LoanAccount, row: PlanRow, principal_fen: int, interest_fen: int, fee_fen: int) -> None:
    booking.update_instalment(
        writing,
        account,
        row.instalment_number,
        principal_fen=principal_fen,
        interest_fen=interest_fen,
        fee_fen=fee_fen,
    )

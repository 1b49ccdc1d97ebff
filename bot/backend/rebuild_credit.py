"""The small interest-free credit to rebuild a record with: who may ask for it, the plan, and the filing a person decides on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

import sqlalchemy as sa

from bot.backend import doors, filings, schema
from bot.backend.credit_record import last_settled_date, spells_of
from bot.backend.doors import Account
from bot.backend.filings import Filed
from bot.backend.lender_file import RequestKind
from bot.backend.lender_overdue import RebuildCreditRow
from bot.backend.policy import Policy
from bot.backend.problems import Problem
from bot.backend.store import Reading, Writing
from bot.loans.days import add_months
from bot.loans.schedule import LoanTerms, RepaymentMethod, repayment_schedule

ConditionCode = Literal["was_late", "nothing_past_due", "settled_long_enough", "not_had_before", "nothing_pending"]
_KIND: RequestKind = "rebuild_credit"


@dataclass(frozen=True)
class Condition:
    """One thing that has to be so.

    Attributes:
        code: what it is.
        met: whether it is.
        met_on_date: the day on which time alone will meet it; None where it is met or something has to be done.
    """

    code: ConditionCode
    met: bool
    met_on_date: date | None = None


def rules_of(policy: Policy) -> RebuildCreditRow:
    """The lender's rules for it.

    Raises:
        Problem: `rebuild-credit-not-offered`.
    """
    rules = policy.lender.file.rebuild_credit
    if rules is None:
        raise Problem("rebuild-credit-not-offered", "The lender has none.")
    return rules


def conditions(reading: Reading, accounts: list[Account], borrower_id: str, rules: RebuildCreditRow) -> list[Condition]:
    """All conditions, in the order in which a borrower can do something about them."""
    today = reading.today
    was_late = any(found.reported for account in accounts for found in spells_of(account, today))
    past_due = any(account.days_past_due(today) for account in accounts)
    settled = last_settled_date(accounts, today)
    long_enough = settled + timedelta(days=rules.settled_days) if settled else None
    table = schema.requests.c
    earlier = reading.rows(
        sa.select(table.status, table.decided_at).where(
            table.borrower_id == borrower_id, table.kind == _KIND, table.status.in_(("pending", "approved"))
        )
    )
    again = [add_months(row.decided_at.date(), rules.once_within_months) for row in earlier if row.status == "approved"]
    possible_again = max(again) if again else None
    return [
        Condition("was_late", was_late),
        Condition("nothing_past_due", not past_due),
        Condition(
            "settled_long_enough",
            not past_due and (long_enough is None or long_enough <= today),
            long_enough if long_enough and long_enough > today else None,
        ),
        Condition(
            "not_had_before",
            possible_again is None or possible_again <= today,
            possible_again if possible_again and possible_again > today else None,
        ),
        Condition("nothing_pending", all(row.status != "pending" for row in earlier)),
    ]


def plan(rules: RebuildCreditRow, amount_fen: int, today: date) -> list[tuple[date, int]]:
    """Due dates and payments if it were paid out on a day: equal parts, no interest, no fee.

    Raises:
        Problem: `rebuild-credit-amount`.
    """
    if not rules.min_fen <= amount_fen <= rules.max_fen:
        raise Problem("rebuild-credit-amount", "Not an amount on offer.", min_fen=rules.min_fen, max_fen=rules.max_fen)
    terms = LoanTerms(
        principal_fen=amount_fen,
        method=RepaymentMethod.FLAT_FEE,
        term=rules.term,
        disbursed_date=today,
        first_due_date=add_months(today, 1),
        anchor_day=today.day,
        fee_rate=Decimal(0),
    )
    return [(row.due_date, row.payment_fen) for row in repayment_schedule(terms)]


def terms_for(rules: RebuildCreditRow, amount_fen: int, today: date) -> dict[str, Any]:
    """What is filed: the terms by which the borrower's yes is bound.

    Raises:
        Problem: `rebuild-credit-amount`.
    """
    payments = [payment_fen for _, payment_fen in plan(rules, amount_fen, today)]
    return {"amount_fen": amount_fen, "term": rules.term, "payment_fen": payments[0], "name": rules.name}


def key_for(reading: Reading, borrower_id: str, terms: dict[str, Any]) -> str:
    """The Idempotency-Key of filing these terms."""
    return filings.filing_key(reading, borrower_id, _KIND, "", terms)


def file(writing: Writing, policy: Policy, borrower_id: str, amount_fen: int, term: int, key: str) -> Filed:
    """Files the wish for it, once. It pays nothing out: a person decides, and a contract is signed after that.

    Raises:
        Problem: `rebuild-credit-not-offered`, `rebuild-credit-amount`, `rebuild-credit-not-eligible`, `blocked-after-fraud`,
            `quote-stale` (the lender's term is another by now), `idempotency-key-reused`, or what the doors refuse.
    """
    rules = rules_of(policy)
    accounts = doors.accounts(writing, policy, borrower_id)
    before = conditions(writing, accounts, borrower_id, rules)
    if term != rules.term:
        raise Problem("quote-stale", "The lender's term is another by now.")
    terms = terms_for(rules, amount_fen, writing.today)
    filed = filings.file_plain(writing, policy, borrower_id, _KIND, terms, key, None)
    unmet = [row for row in before if not row.met]
    if not filed.replayed:
        filings.refuse_lending_while_blocked(writing, borrower_id, _KIND, None)
    if not filed.replayed and unmet:
        dates = [row.met_on_date for row in unmet]
        possible = max(day for day in dates if day) if all(dates) else None
        raise Problem(
            "rebuild-credit-not-eligible",
            "A condition is not met.",
            unmet=[row.code for row in unmet],
            possible_from_date=possible,
        )
    return filed

"""What a borrower's lateness here leaves behind: spells with the day until which they are kept, and what to settle first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.backend.doors import Account
from bot.backend.ledger import LoanAccount
from bot.backend.penalties import counted_from
from bot.loans.late_record import Arrears, LateSpell, late_spells, reported_on, settle_first


@dataclass(frozen=True)
class SpellOf:
    """A spell of lateness with the loan it belongs to, and whether it is reported."""

    account: Account
    spell: LateSpell
    reported: bool


def spells_of(account: Account, today: date) -> list[SpellOf]:
    """The spells of a loan, the latest first; of a line only the one that goes on, since it keeps no days of payment."""
    if isinstance(account, LoanAccount):
        spells = late_spells(
            (
                (row.due_date, None if account.due_of(row, today).outstanding_fen else row.paid.last_date or row.due_date)
                for row in account.plan
            ),
            today,
        )
    else:
        since, days = counted_from(account, today), account.days_past_due(today)
        spells = (LateSpell(since, days, None),) if since and days else ()
    limit = account.product.reported_from_days_past_due
    return [SpellOf(account, spell, spell.is_reported(limit)) for spell in spells]


def in_order_of_settling(accounts: Sequence[Account], today: date) -> list[tuple[Account, Arrears]]:
    """The loans with something past due, in the order in which paying helps most."""
    by_id = {account.row.loan_id: account for account in accounts}
    arrears = []
    for account in accounts:
        since, days = counted_from(account, today), account.days_past_due(today)
        if since and days:
            on = reported_on(since, account.product.reported_from_days_past_due)
            arrears.append(Arrears(account.row.loan_id, _overdue_fen(account, today), days, on))
    return [(by_id[row.loan_id], row) for row in settle_first(arrears, today)]


def last_settled_date(accounts: Sequence[Account], today: date) -> date | None:
    """The day on which the last lateness ended; None when there was none, or while one goes on."""
    ends = [found.spell.ended_date for account in accounts for found in spells_of(account, today)]
    settled = [end for end in ends if end is not None]
    return max(settled) if settled and len(settled) == len(ends) else None


def _overdue_fen(account: Account, today: date) -> int:
    if isinstance(account, LoanAccount):
        return sum(due.outstanding_fen for due in account.past_due(today))
    return account.overdue_fen(today)

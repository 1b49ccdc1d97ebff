"""What is stopped to protect somebody, how long nobody is called, and which data a lender holds of whom. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

# What a block after a fraud stops; what can never be stopped is paying back.
NEW_LOANS = "new_loans"
LINE_PAYMENTS = "line_payments"
ACCOUNT_CHANGES = "account_changes"


def blocked_by_a_report(has_line: bool) -> tuple[str, ...]:
    """What is blocked for a borrower: nothing new is lent, an open line neither pays nor lends, the account stays hers.

    That is, neither card nor telephone nor name can be exchanged, by which a thief would make it his own.

    >>> blocked_by_a_report(has_line=False)
    ('new_loans', 'account_changes')
    """
    return (NEW_LOANS, LINE_PAYMENTS, ACCOUNT_CHANGES) if has_line else (NEW_LOANS, ACCOUNT_CHANGES)


def pause_runs_until(day: date, days: int, running_until: date | None) -> date:
    """The last day of a pause that is asked for on a day; asking again never makes a running one shorter.

    >>> pause_runs_until(date(2026, 11, 24), 15, date(2027, 1, 23))
    datetime.date(2027, 1, 23)
    """
    return max(day + timedelta(days=days), running_until or day)


def applies(held_of: str, situation: Collection[str]) -> bool:
    """Whether a row of the data inventory concerns a borrower: everybody's does, and one that names her situation.

    >>> applies("everybody", ()), applies("with_agency", ("has_loan",))
    (True, False)
    """
    return held_of == "everybody" or held_of in situation


def can_be_deleted(kept_while: str, situation: Collection[str]) -> bool:
    """Whether data may go now: what is kept while something holds stays as long as it does; "required_by_law" stays anyway.

    >>> can_be_deleted("owing", ("has_loan", "owing")), can_be_deleted("owing", ("has_loan",)), can_be_deleted("nothing", ())
    (False, True, True)
    """
    return kept_while != "required_by_law" and kept_while not in situation

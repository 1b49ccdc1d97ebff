"""What the topics about being late share: which loans are in question, and how late the borrower speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import entities_of, say, today
from actions.my_debt import open_loans_meant
from bot.client.overdue import Penalty
from bot.client.results import Loan
from bot.loans.days import Period, PeriodUnit

# Of several loans those past due are told, no more than these at once; a button leads to each of the others.
_AT_ONCE = 2
_DAYS_AHEAD = 400


def loans_in_question(loans: Sequence[Loan], dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Loan]:
    """The loans to speak of: those that are meant, or those past due (the longest first), or the one that is due next.

    Says so when the borrower has no open loan, or means another lender's; empty then.
    """
    meant = open_loans_meant(loans, dispatcher, tracker)
    late = sorted((loan for loan in meant if loan.days_past_due), key=lambda loan: -loan.days_past_due)
    if late:
        return late[:_AT_ONCE]
    owing = [loan for loan in meant if loan.next_due_date is not None]
    return owing[:1] or meant[:1]


def day_spoken_of(tracker: Tracker, due_date: date | None) -> date | None:
    """The day until which the borrower thinks of not paying ("晚三天", "拖到12月20号"); None when no later day is named.

    Days are counted from the due date; a day that has passed says nothing about what would be.
    """
    said = entities_of(tracker).get("period") or entities_of(tracker).get("date") or _elapsed(tracker)
    if said is None or due_date is None:
        return None
    try:
        until = Period.parse(str(said)).end_from(due_date)
    except (ValueError, OverflowError):
        return None
    return until if today() < until <= today() + timedelta(days=_DAYS_AHEAD) and until > due_date else None


def days_spoken_of(tracker: Tracker) -> int | None:
    """How many days late the borrower speaks of ("晚三天", "一个星期"); None when no number of days is named."""
    said = entities_of(tracker).get("period") or _elapsed(tracker)
    try:
        period = Period.parse(str(said))
    except ValueError:
        return None
    per_unit = {PeriodUnit.DAYS: 1, PeriodUnit.WEEKS: 7, PeriodUnit.MONTHS: 30}
    return period.count * per_unit[period.unit] if period.unit in per_unit else None


def _elapsed(tracker: Tracker) -> Any:
    """Time that is marked as gone by ("逾期三天"); said of a loan that is not late, it is a supposition."""
    for entity in tracker.latest_message.get("entities") or []:
        if entity["entity"] == "period" and entity.get("role") == "elapsed":
            return entity["value"]
    return None


def say_if_late(dispatcher: CollectingDispatcher, penalty: Penalty) -> None:
    """What would be owed on a later day if nothing were paid until then."""
    say(
        dispatcher,
        "utter_overdue_if_late" if penalty.penalty_fen else "utter_overdue_if_in_grace",
        product_name=penalty.product_name,
        until_date=penalty.until_date,
        days_past_due=penalty.days_past_due,
        overdue_fen=penalty.overdue_fen,
        penalty_fen=penalty.penalty_fen,
    )

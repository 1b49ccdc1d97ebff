"""What changed since the borrower last looked: asked of the backend, as the bot remembers no amounts."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import say, today
from bot import formats
from bot.client.client import BorrowerLoans
from bot.client.my_debt import Change

_ROWS = 6
# How far back one looks who has not looked yet.
_DAYS_WITHOUT_A_LAST_TIME = 30
# What borrowers did themselves a moment ago is no news to them; a decision is.
_NO_NEWS = frozenset({"request_filed"})


def last_shown(tracker: Tracker) -> datetime | None:
    """When the borrower last saw what is owed; None when that was never."""
    shown = tracker.get_slot("plan_shown_at")
    return datetime.fromisoformat(shown) if shown else None


def say_changes(dispatcher: CollectingDispatcher, loans: BorrowerLoans, since: datetime | None, *, asked: bool) -> None:
    """What happened since; that nothing did is said only to who asks.

    Args:
        dispatcher: where it is said.
        loans: the borrower's door.
        since: when the plan was last shown; None when it never was.
        asked: whether the borrower asks what changed.
    """
    if since is None and not asked:
        return
    lately = today() - timedelta(days=_DAYS_WITHOUT_A_LAST_TIME)
    start = since or datetime.combine(lately, time(), formats.SHANGHAI)
    found = loans.changes_since(start)
    news = [change for change in found.changes if change.code not in _NO_NEWS and not _is_the_due_day_paid(change, found.changes)]
    values = {
        "since_at": found.since_at,
        "days": _DAYS_WITHOUT_A_LAST_TIME,
        "changes": formats.lines(formats.change_row(change, today()) for change in news[:_ROWS]),
        "changes_more": len(news) - _ROWS,
        "as_of_at": found.as_of,
    }
    if news:
        say(dispatcher, "utter_changes_since" if since else "utter_changes_lately", **values)
        if len(news) > _ROWS:
            say(dispatcher, "utter_changes_more", **values)
    elif asked:
        say(dispatcher, "utter_no_changes_since" if since else "utter_no_changes_lately", **values)


def _is_the_due_day_paid(change: Change, changes: tuple[Change, ...]) -> bool:
    """A due day on which the payment was booked is told by the payment."""
    return change.code == "instalment_due" and any(
        other.code == "payment_booked" and other.loan_id == change.loan_id and other.happened_date == change.happened_date
        for other in changes
    )

"""When the next payment is due, until what hour, and when the statement is made (intent `ask_due_date`)."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, aspects_of, entities_of, say, today
from actions.my_debt import ROWS_ON_A_PHONE, open_loans_meant, say_instalments, say_what_is_due
from bot import formats
from bot.client.my_debt import DueDays, DueDaysOfAll
from bot.client.results import Loan


class ActionShowDueDates(BorrowerAction):
    """Shows when the next payment is due, until what hour, and when the statement is made."""

    general_response = "utter_due_dates_in_general"
    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "action_show_due_dates"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The day first, then the hour or the statement where they are asked for."""
        loans, aspects = self.loans_of(tracker), aspects_of(tracker)
        number = entities_of(tracker).get("instalment_number")
        every = loans.plans() if number is not None else loans.loans()
        chosen = open_loans_meant(every, dispatcher, tracker)
        if not chosen:
            return []
        if number is not None:
            say_instalments(dispatcher, chosen, number)
            return []
        days = loans.due_days()
        own = {row.loan_id: row for row in days.loans}
        if "due_statement" in aspects:
            for loan in chosen[:3]:
                _say_statement_day(dispatcher, own[loan.loan_id])
            return []
        if "due_hour" in aspects:
            _say_hour(dispatcher, days)
        if len(chosen) == 1:
            _say_due_days(dispatcher, chosen[0], own[chosen[0].loan_id], days, hour_is_told="due_hour" in aspects)
        else:
            rows = formats.lines(formats.loan_row(loan, today()) for loan in chosen[:ROWS_ON_A_PHONE])
            say(dispatcher, "utter_due_dates", loans=rows, as_of_at=chosen[0].as_of)
        return []


def _say_due_days(dispatcher: CollectingDispatcher, loan: Loan, own: DueDays, days: DueDaysOfAll, *, hour_is_told: bool) -> None:
    say_what_is_due(dispatcher, loan)
    if loan.next_due_date is None or loan.status in ("overdue", "in_grace"):
        return
    if hour_is_told and own.grace_until_date:
        grace_days, grace_until = own.grace_period_days, own.grace_until_date
        say(dispatcher, "utter_due_grace", grace_period_days=grace_days, grace_until_date=grace_until)
    elif not hour_is_told:
        rule = "utter_due_rule" if days.pay_until else "utter_due_rule_midnight"
        say(dispatcher, rule, due_day=own.due_day, pay_until=days.pay_until)
    if own.next_statement_date:
        say(dispatcher, "utter_statement_day", statement_date=own.next_statement_date)


def _say_hour(dispatcher: CollectingDispatcher, days: DueDaysOfAll) -> None:
    """Until what hour of the due day a payment is in time, and when auto debit draws."""
    say(dispatcher, "utter_due_hour" if days.pay_until else "utter_due_hour_midnight", pay_until=days.pay_until)
    if days.debit_hours:
        say(dispatcher, "utter_due_debit_hours", debit_hours=formats.listed(days.debit_hours))


def _say_statement_day(dispatcher: CollectingDispatcher, own: DueDays) -> None:
    if own.next_statement_date is None:
        say(dispatcher, "utter_no_statement_day", product_name=own.product_name, due_day=own.due_day)
        return
    say(
        dispatcher,
        "utter_statement_days",
        product_name=own.product_name,
        last_statement_date=own.last_statement_date,
        next_statement_date=own.next_statement_date,
        due_day=own.due_day,
    )

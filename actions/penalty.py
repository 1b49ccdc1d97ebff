"""The penalty as a sum that a borrower can check by hand (intent `ask_overdue_fee`)."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, aspects_of, say
from actions.lateness import day_spoken_of, loans_in_question, say_if_late
from actions.my_debt import ROWS_ON_A_PHONE
from actions.overdue import penalty_values
from bot import formats
from bot.client.overdue import Penalty


class ActionShowPenalty(BorrowerAction):
    """Shows the penalty so far with the sum behind it, what a day more costs, and the rule it follows."""

    general_response = "utter_penalty_in_general"
    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "action_show_penalty"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """For each loan in question, the day spoken of included ("晚三天要多少罚息")."""
        asked = aspects_of(tracker)
        loans = self.loans_of(tracker)
        in_question = loans_in_question(loans.loans(), dispatcher, tracker)
        for loan in in_question:
            penalty = loans.penalty(loan.loan_id)
            later = day_spoken_of(tracker, penalty.counted_from_date)
            for response in _asked_of_the_rule(penalty, asked):
                say(dispatcher, response, **penalty_values(penalty))
            if later is not None:
                say_on_a_day(dispatcher, loans.penalty(loan.loan_id, later))
            if later is None or penalty.days_past_due:
                say_penalty(dispatcher, penalty)
            if "penalty_compound" not in asked:
                base = "principal_and_interest" if penalty.compound_on_interest else penalty.base
                say(dispatcher, f"utter_penalty_rule_{base}", **penalty_values(penalty))
            if penalty.base != "minimum_payment" and ("penalty_law" in asked or "why" in asked):
                say(dispatcher, "utter_penalty_law")
        if in_question:
            late = any(loan.days_past_due for loan in in_question)
            say(dispatcher, "utter_penalty_next" if late else "utter_penalty_avoid")
        return []


def _asked_of_the_rule(penalty: Penalty, asked: list[str]) -> list[str]:
    found = []
    if "penalty_compound" in asked:
        found.append("utter_penalty_compound" if penalty.compound_on_interest else "utter_penalty_not_compound")
    if "penalty_names" in asked:
        found.append("utter_penalty_names")
    return found


def say_penalty(dispatcher: CollectingDispatcher, penalty: Penalty) -> None:
    """The penalty as it stands today, with its sum when there is one."""
    values = penalty_values(penalty)
    if penalty.counted_from_date is None:
        say(dispatcher, "utter_penalty_nothing_owed", **values)
    elif not penalty.days_past_due:
        say(dispatcher, "utter_penalty_none", **values)
    elif not penalty.rows and not penalty.penalty_fen:
        say(dispatcher, "utter_penalty_in_grace", **values)
    else:
        rows = penalty_rows(penalty)
        more = penalty.rows[ROWS_ON_A_PHONE:]
        say(
            dispatcher,
            "utter_penalty_own_begin" if more else "utter_penalty_own",
            rows=formats.lines(rows[:ROWS_ON_A_PHONE]),
            rows_more=len(more),
            **values,
        )
        if penalty.earlier_penalty_fen or penalty.paid_penalty_fen:
            say(dispatcher, "utter_penalty_earlier", **values)


def say_on_a_day(dispatcher: CollectingDispatcher, penalty: Penalty) -> None:
    """The penalty if nothing is paid until a later day."""
    if penalty.rows:
        rows = formats.lines(penalty_rows(penalty)[:ROWS_ON_A_PHONE])
        say(dispatcher, "utter_penalty_own_if", rows=rows, **penalty_values(penalty))
    else:
        say_if_late(dispatcher, penalty)


def penalty_rows(penalty: Penalty) -> list[str]:
    """The rows as they are written; by the yearly rate where the daily one has no end."""
    yearly = None if penalty.daily_rate_is_exact else penalty.annual_rate
    return [formats.penalty_row(row, yearly, penalty.day_base) for row in penalty.rows]

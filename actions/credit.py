"""What touches the credit record, how it stands, and the way back (intents `ask_credit_impact`, `ask_credit_repair`).

The record of the central bank and the scores of platforms are kept apart: of the one this lender knows what it reports, of the
others nothing.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, NotLoggedIn, aspects_of, entities_of, say, text_of, today
from actions.choosing import named_loans
from actions.credit_dispute import FILE
from actions.lateness import days_spoken_of
from actions.my_debt import ROWS_ON_A_PHONE
from actions.rebuild_credit import say_whether_eligible
from bot import formats
from bot.client.client import BorrowerLoans
from bot.client.errors import LoanBackendError
from bot.client.overdue import CreditRecord, StandingReason

# What is so whoever asks, in the order of importance: each answers a supposition ("if I close it, …").
_SAID_TO_ANYBODY = {
    "credit_score": "utter_credit_score",
    "credit_dispute": "utter_credit_dispute",
    "credit_minimum": "utter_credit_minimum",
    "credit_early": "utter_credit_early",
    "credit_closing": "utter_credit_closing",
    "credit_deferral": "utter_credit_deferral",
    "credit_restructure": "utter_credit_restructure",
    "credit_enquiry": "utter_credit_enquiry",
    "credit_report": "utter_credit_report",
    "credit_other_lenders": "utter_credit_other_lenders",
    "credit_kept": "utter_credit_kept",
    "credit_using": "utter_credit_using",
}
_DISPUTE = "credit_dispute"
# A supposition that names one of these is about it, and not about using the product as such.
_USING = "credit_using"
_ANSWERED_AT_ONCE = 2
_REASONS_SHOWN = 3
_SPELLS_SHOWN = 4
_RULES_SHOWN = 3


class ActionShowCreditImpact(BorrowerAction):
    """Answers what touches the record; asked in general, shows how the borrower's loans here look and why."""

    general_response = "utter_credit_in_general"
    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "action_show_credit_impact"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The supposition first; then the borrower's own standing, where it was asked for or nothing else was."""
        asked = aspects_of(tracker)
        if FILE in asked and _DISPUTE not in asked:
            say_if_it_cannot_be_filed(dispatcher, self, tracker)
            return []
        one_day = "credit_one_day" in asked
        named = [aspect for aspect in asked if aspect in _SAID_TO_ANYBODY]
        if len(named) > 1 or one_day:
            named = [aspect for aspect in named if aspect != _USING]
        for aspect in named[:_ANSWERED_AT_ONCE]:
            say(dispatcher, _SAID_TO_ANYBODY[aspect])
        if set(named) - {"credit_score"} and not one_day and "credit_own" not in asked:
            return []
        loans = self.loans_of(tracker)
        record = loans.credit_record()
        if one_day:
            say_when_reported(dispatcher, tracker, loans, record)
        if not one_day or "credit_own" in asked:
            say_standing(dispatcher, loans, record)
        say(dispatcher, "utter_credit_improves" if record.standing != "good" else "utter_credit_keep")
        return []


def say_if_it_cannot_be_filed(dispatcher: CollectingDispatcher, action: BorrowerAction, tracker: Tracker) -> None:
    """Says why no dispute can begin; silent when one can, for the form that follows asks."""
    try:
        action.loans_of(tracker).borrower()
    except NotLoggedIn:
        say(dispatcher, "utter_credit_dispute_guest")
    except LoanBackendError:
        say(dispatcher, "utter_credit_dispute_not_filed")


def say_when_reported(dispatcher: CollectingDispatcher, tracker: Tracker, loans: BorrowerLoans, record: CreditRecord) -> None:
    """From which day each loan is, or would be, reported as late, by its product's rule."""
    meant = {loan.loan_id for loan in named_loans(entities_of(tracker), loans.loans(), text_of(tracker))}
    late = {arrears.loan_id: arrears for arrears in record.settle_first}
    rules = [rule for rule in record.rules if rule.next_due_date and (not meant or rule.loan_id in meant)]
    if not rules:
        say(dispatcher, "utter_no_loan")
    days_asked = days_spoken_of(tracker)
    for rule in rules[:_RULES_SHOWN]:
        arrears = late.get(rule.loan_id)
        if arrears is not None and arrears.reported:
            response = "utter_credit_already"
        elif rule.reported_from_days_past_due == 1:
            response = "utter_credit_first_day"
        elif days_asked is not None:
            reached = days_asked >= rule.reported_from_days_past_due
            response = "utter_credit_days_reached" if reached else "utter_credit_days_below"
        else:
            response = "utter_credit_not_yet"
        say(
            dispatcher,
            response,
            product_name=rule.product_name,
            days=rule.reported_from_days_past_due,
            days_asked=days_asked,
            days_past_due=arrears.days_past_due if arrears else 0,
            due_date=rule.next_due_date,
            reported_on_date=rule.would_be_reported_on_date,
        )


def say_standing(dispatcher: CollectingDispatcher, loans: BorrowerLoans, record: CreditRecord) -> None:
    """How the borrower's loans here look, with the reasons in words."""
    standing = loans.credit_standing()
    ended = [spell for spell in record.reported_spells if spell.ended_date][:_SPELLS_SHOWN]
    response = f"utter_credit_standing_{standing.standing}"
    if standing.standing == "good" and ended:
        response = "utter_credit_standing_settled"
    spells = formats.lines(formats.spell_row(spell, today()) for spell in ended)
    say(dispatcher, response, spells=spells, as_of_at=standing.as_of)
    reported_on = {arrears.loan_id: arrears.reported_on_date for arrears in record.settle_first}
    told = [reason for reason in standing.reasons if not (reason.code == "paid_late" and ended)]
    for reason in told[:_REASONS_SHOWN]:
        say(
            dispatcher,
            f"utter_credit_reason_{reason.code}",
            **_reason_values(reason),
            reported_on_date=reported_on.get(reason.loan_id),
        )


def _reason_values(reason: StandingReason) -> dict[str, Any]:
    return {
        "product_name": reason.product_name,
        "days_past_due": reason.days_past_due,
        "amount_fen": reason.amount_fen,
        "since_date": reason.since_date,
    }


# Questions about repair that need no loan.
_REPAIR_SAID_TO_ANYBODY = {
    "repair_fraud": "utter_repair_fraud",
    "repair_window": "utter_repair_window",
    "repair_statement": "utter_repair_statement",
    "credit_dispute": "utter_credit_dispute",
    "credit_score": "utter_credit_score",
}


class ActionShowRepairPath(BorrowerAction):
    """Shows the borrower's own way back: what to settle in which order, what returns when, and what nobody can do."""

    general_response = "utter_repair_in_general"
    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "action_show_repair_path"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """What was asked first; the path itself when nothing narrower was."""
        asked = aspects_of(tracker)
        named = [aspect for aspect in asked if aspect in _REPAIR_SAID_TO_ANYBODY][:_ANSWERED_AT_ONCE]
        for aspect in named:
            say(dispatcher, _REPAIR_SAID_TO_ANYBODY[aspect])
        if named and "repair_service" not in asked and "repair_rebuild" not in asked:
            return []
        loans = self.loans_of(tracker)
        if "repair_rebuild" in asked:
            say_whether_eligible(dispatcher, loans)
            return []
        self._say_path(dispatcher, loans, asked)
        return []

    def _say_path(self, dispatcher: CollectingDispatcher, loans: BorrowerLoans, asked: list[str]) -> None:
        record = loans.credit_record()
        ended = [spell for spell in record.reported_spells if spell.ended_date]
        if not record.settle_first and not ended:
            say(dispatcher, "utter_repair_nothing", as_of_at=record.as_of)
            say(dispatcher, "utter_credit_keep")
            return
        if record.settle_first:
            self._say_order(dispatcher, record)
        self._say_what_returns(dispatcher, loans, record)
        if ended:
            spells = formats.lines(formats.spell_row(spell, today()) for spell in ended[:_SPELLS_SHOWN])
            say(dispatcher, "utter_repair_kept", spells=spells, as_of_at=record.as_of)
        if any(arrears.reported for arrears in record.settle_first):
            say(dispatcher, "utter_repair_kept_begins")
        if "repair_service" in asked:
            say(dispatcher, "utter_repair_service")
        say(dispatcher, "utter_repair_next_unpaid" if record.settle_first else "utter_repair_next_settled")

    def _say_order(self, dispatcher: CollectingDispatcher, record: CreditRecord) -> None:
        rows = [
            formats.arrears_row(place, row, today()) for place, row in enumerate(record.settle_first[:ROWS_ON_A_PHONE], start=1)
        ]
        say(dispatcher, "utter_repair_order", arrears=formats.lines(rows), as_of_at=record.as_of)
        if len(rows) > 1 and not record.settle_first[0].reported:
            say(dispatcher, "utter_repair_prevent_first")

    def _say_what_returns(self, dispatcher: CollectingDispatcher, loans: BorrowerLoans, record: CreditRecord) -> None:
        """Of the first loan to settle; where all is settled, of the one whose lateness ended last."""
        if record.settle_first:
            loan_id = record.settle_first[0].loan_id
        else:
            loan_id = max((spell for spell in record.spells if spell.ended_date), key=lambda spell: str(spell.ended_date)).loan_id
        steps = loans.overdue_steps(loan_id)
        if steps.recovery:
            say(
                dispatcher,
                "utter_repair_returns" if record.settle_first else "utter_repair_returned",
                product_name=steps.product_name,
                settled_date=steps.recovery_from_date,
                steps=formats.lines(formats.recovery_row(step, today()) for step in steps.recovery),
            )

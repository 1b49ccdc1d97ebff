"""Borrowers who cannot pay (intent `report_hardship`): listen first, then every way that is possible, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, button, entities_of, offer, say, text_of, today
from actions.my_debt import open_loans_meant
from bot import formats
from bot.client.difficulty import HardshipOptions
from bot.client.results import Loan

# What is said first fits what was said; every other reason hears the general sentence.
_HEARD = {
    "illness": "ill",
    "family_illness": "ill",
    "accident": "ill",
    "disability": "ill",
    "bereavement": "bereaved",
    "unemployed": "no_work",
    "wage_arrears": "no_work",
    "income_drop": "no_work",
    "income_gap": "no_work",
    "business_loss": "business",
    "farm_loss": "business",
    "disaster": "disaster",
    "fraud": "cheated",
    "childbirth": "family",
    "education": "family",
    "divorce": "family",
}
# Reasons that the question about the cause has a button for.
_ASKED_REASONS = frozenset({"illness", "disaster"})
_NOT_POSSIBLE = {
    "deferral-overdue-too-long": "utter_hardship_deferral_overdue_too_long",
    "deferral-used-up": "utter_hardship_deferral_used_up",
}
_OTHER_LOANS = 3


class ActionListenAndOffer(BorrowerAction):
    """Answers somebody who says that they cannot pay."""

    general_response = "utter_hardship_in_general"

    def name(self) -> str:
        """As in the domain."""
        return "action_listen_and_offer"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """A human sentence, what is due, the ways with what each costs, one recommended, and the cause only where it helps."""
        loans = self.loans_of(tracker)
        reason = entities_of(tracker).get("hardship_reason")
        reason_code = None if reason in (None, "not_said") else str(reason)
        if not text_of(tracker).startswith("/") or reason is None:
            say(dispatcher, f"utter_hardship_heard_{_HEARD.get(str(reason), 'in_general')}")
        chosen = open_loans_meant(loans.loans(), dispatcher, tracker)
        if not chosen:
            say(dispatcher, "utter_hardship_without_loan")
            return []
        loan = chosen[0]
        options = loans.hardship_options(loan.loan_id, reason_code)
        _say_due(dispatcher, loan)
        _say_ways(dispatcher, options)
        _recommend(dispatcher, options, reason_code)
        if reason is None and _ASKED_REASONS & set(options.reasons_that_help):
            say(dispatcher, "utter_ask_hardship_reason", loan_id=loan.loan_id)
        if len(chosen) > 1:
            _offer_others(dispatcher, chosen[1:])
        # Whoever asks for more time in words, not with the button, need not tell the cause again; a form asks for itself.
        return [SlotSet("deferral_reason", reason_code)] if reason_code and not tracker.active_loop else []


def _say_due(dispatcher: CollectingDispatcher, loan: Loan) -> None:
    say(
        dispatcher,
        "utter_hardship_past_due" if loan.days_past_due else "utter_hardship_next_due",
        product_name=loan.product_name,
        days_past_due=loan.days_past_due,
        overdue_fen=loan.overdue_fen,
        penalty_fen=loan.penalty_fen,
        next_due_date=loan.next_due_date,
        next_due_fen=loan.next_due_fen,
        as_of_at=loan.as_of,
    )


def _say_ways(dispatcher: CollectingDispatcher, options: HardshipOptions) -> None:
    """The ways that are possible, numbered; and why a deferral is not among them, where its rules say no."""
    possible = [row for row in options.ways if row.possible]
    rows = [f"{number}. {formats.way_row(row, today())}" for number, row in enumerate(possible, start=1)]
    say(dispatcher, "utter_hardship_ways", ways=formats.lines(rows))
    for row in options.ways:
        if not row.possible and row.why_not in _NOT_POSSIBLE:
            say(
                dispatcher,
                _NOT_POSSIBLE[row.why_not],
                days_past_due=options.days_past_due,
                next_possible_date=row.next_possible_date,
            )
    if options.waiver_may_fit:
        say(dispatcher, "utter_hardship_waiver", penalty_fen=options.penalty_fen)


def _recommend(dispatcher: CollectingDispatcher, options: HardshipOptions, reason_code: str | None) -> None:
    """One of them, with the reason; a button leads straight into it."""
    way = options.way(options.recommended) if options.recommended else None
    say(
        dispatcher,
        f"utter_hardship_because_{options.because}",
        loan_id=options.loan_id,
        product_name=options.product_name,
        period=way.period if way else "",
        reason=reason_code or "not_said",
        request_id=options.pending_request_id,
        as_of_at=options.as_of,
    )
    if way is not None and way.proof_needed:
        say(dispatcher, "utter_hardship_proof_later")


def _offer_others(dispatcher: CollectingDispatcher, others: Sequence[Loan]) -> None:
    buttons = [button(loan.product_name, "report_hardship", loan_id=loan.loan_id) for loan in others[:_OTHER_LOANS]]
    offer(dispatcher, "utter_hardship_other_loans", buttons, number_of_loans=len(others))

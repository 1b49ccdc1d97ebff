"""Borrowing: how an application stands, why it was refused, when the money comes; never an advertisement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, aspects_of, entities_of, say, text_of
from actions.choosing import named_loans
from actions.credit_line import lines_named, say_if_another_lenders, say_reason_code, say_reasons
from actions.my_debt import say_what_is_due
from bot import formats
from bot.client import default_client
from bot.client.client import BorrowerLoans
from bot.client.credit_line import LoanApplication, ProductDescription
from bot.client.results import Loan

_PAYOUT_REASONS = frozenset({"card_closed", "card_not_own"})
_PAYOUT_IS_KNOWN = frozenset({"paying_out", "paid_out", "payout_failed"})
_OLDER = 2


class ActionShowApplications(BorrowerAction):
    """How a loan application stands, and what a borrower who wants to borrow should know (intent `apply_for_loan`)."""

    general_response = "utter_borrowing_in_general"
    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "action_show_applications"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Who would borrow to repay is told so first; else the own application, else the own line; then what was asked."""
        loans, asked = self.loans_of(tracker), aspects_of(tracker)
        every = [loan for loan in loans.loans() if loan.is_open]
        late = [loan for loan in every if loan.days_past_due > 0]
        if "borrow_to_repay" in asked or late:
            self._warn(dispatcher, tracker, every, late)
            if "borrow_to_repay" in asked:
                return []
        applied = loans.loan_applications()
        if any(application.on_hold for application in applied.applications[:_OLDER]):
            self._say_block(dispatcher, loans)
        answered = applied.applications and applied.applications[0].status in _PAYOUT_IS_KNOWN
        if applied.applications:
            for application in applied.applications[:_OLDER]:
                say_application(dispatcher, application, applied.as_of)
        elif not late:
            self._say_line(dispatcher, tracker, loans)
        # When the own money comes has been said; how long it takes in general would only confuse.
        self._say_what_was_asked(dispatcher, tracker, [a for a in asked if not (answered and a == "borrow_money_when")])
        return []

    def _warn(self, dispatcher: CollectingDispatcher, tracker: Tracker, every: list[Loan], late: list[Loan]) -> None:
        """What a new loan would do to somebody who cannot repay the old one, and what helps instead; own figures first."""
        meant = named_loans(entities_of(tracker), every, text_of(tracker)) or late or every
        if meant:
            say_what_is_due(dispatcher, meant[0])
        say(dispatcher, "utter_no_new_loan_while_overdue" if late else "utter_borrowing_to_repay")

    def _say_line(self, dispatcher: CollectingDispatcher, tracker: Tracker, loans: BorrowerLoans) -> None:
        found = loans.credit_lines()
        say_if_another_lenders(dispatcher, tracker, [line.product_name for line in found.credit_lines])
        meant = lines_named(found.credit_lines, tracker) or [line for line in found.credit_lines if line.kind == "instalment"]
        if not meant:
            say(dispatcher, "utter_no_application_no_line", as_of_at=found.as_of)
        for line in meant[:_OLDER]:
            can_draw = line.status == "open" and line.available_fen > 0
            say(
                dispatcher,
                "utter_no_application_line_open" if can_draw else f"utter_no_application_line_{_closed_word(line.status)}",
                product_name=line.product_name,
                available_fen=line.available_fen,
                as_of_at=found.as_of,
            )
            if not can_draw:
                say_reasons(dispatcher, line)

    def _say_block(self, dispatcher: CollectingDispatcher, loans: BorrowerLoans) -> None:
        block = loans.safety_block()
        if block.blocked_now:
            say(dispatcher, "utter_application_on_hold", request_id=block.request_id, blocked_at=block.blocked_at)

    def _say_what_was_asked(self, dispatcher: CollectingDispatcher, tracker: Tracker, asked: Sequence[str]) -> None:
        if "borrow_cancel" in asked:
            say(dispatcher, "utter_borrow_cancel")
        if "borrow_to_whom" in asked:
            say(dispatcher, "utter_borrow_to_own_card")
        about = {"borrow_terms": "terms_offered", "borrow_money_when": "money_arrives", "borrow_purpose": "not_for"}
        wanted = [fact for aspect, fact in about.items() if aspect in asked]
        if not wanted:
            return
        shelf = (self._client or default_client()).directory().product_shelf()
        said = text_of(tracker)
        lent = [product for product in shelf.products if product.kind == "instalment"]
        chosen = [product for product in lent if product.product_name in said] or lent[:1]
        for fact in wanted:
            for product in chosen:
                _say_fact(dispatcher, product, fact)


def say_application(dispatcher: CollectingDispatcher, application: LoanApplication, as_of: datetime) -> None:
    """One application in a sentence, `utter_application_<status>`, with the reasons where it was refused or the payout failed."""
    values = {
        "product_name": application.product_name,
        "amount_fen": application.amount_fen,
        "filed_date": application.filed_date,
        "decision_due_date": application.decision_due_date,
        "payout_due_date": application.payout_due_date,
        "paid_out_date": application.paid_out_date,
        "card_last4": application.card_last4,
        "as_of_at": as_of,
    }
    say(dispatcher, f"utter_application_{application.status}", **values)
    for code in application.reason_codes[:_OLDER]:
        if code in _PAYOUT_REASONS:
            say(dispatcher, f"utter_payout_{code}", **values)
        else:
            say_reason_code(dispatcher, code, product_name=application.product_name)
    if application.status == "refused":
        response = "utter_apply_again_from" if application.reapply_from_date else "utter_apply_again_any_time"
        say(dispatcher, response, reapply_from_date=application.reapply_from_date)


def _closed_word(status: str) -> str:
    return {"open": "used_up", "blocked": "blocked"}.get(status, "not_open")


def _say_fact(dispatcher: CollectingDispatcher, product: ProductDescription, fact: str) -> None:
    value = getattr(product, fact)
    if not value:
        return
    shown = formats.listed(str(term) for term in value) if fact == "terms_offered" else value
    say(dispatcher, f"utter_product_{fact}", product_name=product.product_name, **{fact: shown})

"""The small interest-free credit to rebuild a record with: whether it is open to the borrower, and asking for it.

It is spoken of only where the borrower asks for the way back; nobody is led to borrow.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from actions.base import button, offer, say, show
from actions.requests import AskAgain, Asking, FileRequest, RequestForm
from bot import formats
from bot.client.client import BorrowerLoans
from bot.client.errors import RebuildCreditAmount
from bot.client.overdue import RebuildCredit
from bot.client.results import FiledRequest
from bot.nlu.numerals import whole_number

TOPIC = "rebuild_credit"
QUESTIONS = ("amount",)
_FEN_A_YUAN = 100


def say_whether_eligible(dispatcher: CollectingDispatcher, loans: BorrowerLoans) -> RebuildCredit:
    """Its terms, and whether the borrower may ask for it: if not, the first thing that is missing."""
    credit = loans.rebuild_credit()
    values = {
        "name": credit.name,
        "min_fen": credit.min_fen,
        "max_fen": credit.max_fen,
        "term": credit.term,
        "settled_days": credit.settled_days,
        "as_of_at": credit.as_of,
    }
    say(dispatcher, "utter_rebuild_credit_terms", **values)
    missing = credit.first_unmet
    if missing is None:
        say(dispatcher, "utter_rebuild_credit_eligible", **values)
    else:
        say(dispatcher, f"utter_rebuild_unmet_{missing.code}", met_on_date=missing.met_on_date, **values)
    return credit


class ValidateRebuildCreditForm(RequestForm):
    """Asks how much, shows the plan, and asks for a yes (intent `request_rebuild_credit`)."""

    topic = TOPIC
    recalled_in_a_sentence = False
    questions = QUESTIONS
    wants_loan = False
    own_intents = frozenset({"request_rebuild_credit", "ask_credit_repair", "apply_for_loan"})
    general_response = "utter_repair_in_general"

    def understand(self, asking: Asking, question: str | None) -> dict[str, Any]:
        """An amount; a bare number where it was asked for is yuan."""
        amount = asking.answer.entities.get("amount")
        if amount is not None:
            return {"amount": int(amount)}
        if question == "amount" and (yuan := whole_number(asking.answer.text)) is not None:
            return {"amount": yuan * _FEN_A_YUAN}
        return {}

    def is_asked(self, question: str, asking: Asking) -> bool:
        """Nobody is asked how much who may not ask for it; `present` then says why."""
        return asking.loans.rebuild_credit().eligible

    def before_asking(self, question: str, asking: Asking, dispatcher: CollectingDispatcher) -> None:
        """The range, with its ends to tap."""
        credit = asking.loans.rebuild_credit()
        amounts = dict.fromkeys((credit.min_fen, credit.max_fen))
        offer(
            dispatcher,
            "utter_rebuild_credit_range",
            buttons=[button(formats.yuan(fen), "inform", amount=str(fen)) for fen in amounts],
            name=credit.name,
            min_fen=credit.min_fen,
            max_fen=credit.max_fen,
            term=credit.term,
        )

    def present(self, asking: Asking, dispatcher: CollectingDispatcher) -> dict[str, Any] | None:
        """The plan for the amount; None when a condition is not met (any more)."""
        amount_fen = asking.known["amount"]
        if amount_fen is None:
            say_whether_eligible(dispatcher, asking.loans)
            return None
        try:
            credit = asking.loans.rebuild_credit(int(amount_fen))
        except RebuildCreditAmount as refusal:
            say(dispatcher, refusal.response, **refusal.details())
            raise AskAgain("amount") from refusal
        if credit.offer is None:
            say_whether_eligible(dispatcher, asking.loans)
            return None
        offered = credit.offer
        say(
            dispatcher,
            "utter_rebuild_credit_offer_again" if asking.answer.put_again else "utter_rebuild_credit_offer",
            name=credit.name,
            amount_fen=offered.amount_fen,
            term=offered.term,
            payment_fen=offered.payment_fen,
            first_due_date=offered.payments[0].due_date,
            last_due_date=offered.payments[-1].due_date,
            decision_due_at=offered.decision_due_at,
        )
        show(
            dispatcher,
            {
                "type": "summary",
                "kind": TOPIC,
                "product_name": credit.name,
                "rows": [
                    {"name": "amount", "value_fen": offered.amount_fen},
                    {"name": "instalments", "value_text": str(offered.term)},
                    {"name": "monthly_payment", "value_fen": offered.payment_fen},
                    {"name": "first_due_date", "value_date": offered.payments[0].due_date},
                    {"name": "last_due_date", "value_date": offered.payments[-1].due_date},
                    {"name": "decision_due", "value_at": offered.decision_due_at},
                ],
            },
        )
        # The key is the terms': an older button, with other terms, confirms nothing.
        return {"offer_id": offered.filing_key, "amount_fen": offered.amount_fen, "term": offered.term}


class ActionFileRebuildCredit(FileRequest):
    """Files the wish for it; a person decides, and nothing is paid out by it."""

    topic = TOPIC
    questions = QUESTIONS
    wants_loan = False
    general_response = "utter_repair_in_general"

    def file(self, loans: BorrowerLoans, offered: dict[str, Any]) -> FiledRequest:
        """Under the key that the backend made for these terms."""
        return loans.request_rebuild_credit(offered["amount_fen"], offered["term"], filing_key=offered["offer_id"])

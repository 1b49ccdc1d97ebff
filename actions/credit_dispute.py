"""What is reported of a borrower is wrong: which entry, what is wrong, the wish, a yes, and a dispute with a number."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import aspects_of, button, offer, say, show
from actions.forms import Answer
from actions.requests import Asking
from actions.rights_forms import NOT_SAID, FollowUpForm, PlainFiling, aspects_in, offered, said
from bot import formats
from bot.client.client import BorrowerLoans
from bot.client.overdue import LateSpell
from bot.client.results import FiledRequest
from bot.nlu.clauses import is_question

TOPIC = "credit_dispute"
QUESTIONS = ("entry", "problem", "text", "wish")
# A tap or a word that asks for the filing itself, and the aspect of talking about a wrong record.
FILE = "credit_dispute_file"
_WRONG = "credit_dispute"
NOT_LISTED = "not_listed"
_CHOICES = 4
_LONGEST = 1500
_PROBLEMS = {
    "dispute_not_mine": "not_mine",
    "dispute_paid_already": "paid_already",
    "dispute_on_time": "paid_on_time",
    "dispute_wrong_days": "wrong_days",
    "dispute_too_long": "kept_too_long",
}
_OTHER = "other"
_WISHES = {"dispute_wish_delete": "delete", "dispute_wish_statement": "add_statement", "dispute_wish_correct": "correct"}


class ValidateCreditDisputeForm(FollowUpForm):
    """Follows the answers about the record (intents `ask_credit_impact`, `ask_credit_repair`), where something is to be filed."""

    topic = TOPIC
    questions = QUESTIONS
    own_intents = frozenset({"ask_credit_impact", "ask_credit_repair", "ask_payment_status", "complain_service", "report_fraud"})
    free_text = frozenset({"text"})
    asked_again = "text"

    def wants_to_begin(self, answer: Answer, tracker: Tracker) -> bool:
        """Where it is asked for, or the borrower says that her record is wrong; a mere question has a button for it."""
        aspects = aspects_of(tracker)
        tapped = answer.is_tap and answer.entities.get("aspect") == FILE
        return tapped or FILE in aspects or (_WRONG in aspects and not answer.is_tap and not is_question(answer.text))

    def understand(self, asking: Asking, question: str | None) -> dict[str, Any]:
        """Entry and wish by a tap or their words, what is wrong by its words, the rest in the borrower's own."""
        answer, aspects = asking.answer, aspects_in(asking.answer)
        told: dict[str, Any] = {}
        entry = answer.entities.get("credit_entry")
        if entry is None and question == "entry":
            entry = self._entry_named(asking, aspects)
        if entry is not None:
            told["entry"] = str(entry)
        problem = next((code for aspect, code in _PROBLEMS.items() if aspect in aspects), None)
        if problem is not None and question in (None, "entry", "problem", "confirmed"):
            told["problem"] = problem
        elif question == "problem" and (answer.entities.get("aspect") == "dispute_other" or self.is_story(answer)):
            told["problem"] = _OTHER
        if question in (None, "problem", "text") and self.is_story(answer) and FILE not in aspects:
            told["text"] = answer.text[:_LONGEST]
        elif question == "text" and self._nothing_more(answer, aspects):
            told["text"] = NOT_SAID
        wish = next((code for aspect, code in _WISHES.items() if aspect in aspects), None)
        if wish is not None and question in ("wish", "confirmed"):
            told["wish"] = wish
        elif question == "wish" and self._nothing_more(answer, aspects):
            told["wish"] = NOT_SAID
        return told

    def _nothing_more(self, answer: Answer, aspects: set[str]) -> bool:
        return answer.intent == "deny" or bool(aspects & {NOT_SAID, "rights_not_said", "rights_enough"})

    def _entry_named(self, asking: Asking, aspects: set[str]) -> str | None:
        if asking.answer.intent == "deny" or "dispute_not_listed" in aspects:
            return NOT_LISTED
        named = [spell for spell in self._spells(asking) if spell.product_name in asking.answer.text]
        return entry_of(named[0]) if len(named) == 1 else None

    def _spells(self, asking: Asking) -> list[LateSpell]:
        if "spells" not in asking.known:
            record = asking.loans.credit_record()
            asking.known["spells"] = record.reported_spells or list(record.spells)
        spells: list[LateSpell] = asking.known["spells"]
        return spells

    def _entry(self, asking: Asking) -> LateSpell | None:
        return next((spell for spell in self._spells(asking) if entry_of(spell) == asking.known.get("entry")), None)

    def is_asked(self, question: str, asking: Asking) -> bool:
        """Which entry, where this lender has any of her."""
        return question != "entry" or bool(self._spells(asking))

    def before_asking(self, question: str, asking: Asking, dispatcher: CollectingDispatcher) -> None:
        """The entries to choose from; that there is none here, where there is none."""
        spells = self._spells(asking)
        if question == "entry":
            rows = [button(formats.spell_name(spell), "inform", credit_entry=entry_of(spell)) for spell in spells[:_CHOICES]]
            offer(dispatcher, "utter_which_credit_entry", rows)
        elif question == "problem" and not spells:
            say(dispatcher, "utter_credit_dispute_none_here")

    def present(self, asking: Asking, dispatcher: CollectingDispatcher) -> dict[str, Any] | None:
        """What a person would look into, and by when the law wants it answered."""
        known, spell = asking.known, self._entry(asking)
        if spell is not None and spell.disputed_request_id:
            say(dispatcher, "utter_credit_dispute_pending", request_id=spell.disputed_request_id)
            return None
        problem, words, wish = str(known["problem"]), said(known.get("text")), said(known.get("wish"))
        if words is None and (spell is None or problem == _OTHER):
            # Nobody could look into it: the one thing that is needed is what is wrong.
            say(dispatcher, "utter_credit_dispute_needs_words")
            return None
        entry = formats.spell_name(spell) if spell else None
        shown = {"entry": f"{entry}：" if entry else "", "words": f"\n{words}" if words else ""}
        say(dispatcher, f"utter_credit_dispute_is_{problem}", **shown)
        if wish is not None:
            say(dispatcher, f"utter_credit_dispute_wants_{wish}")
        if problem == "not_mine":
            say(dispatcher, "utter_credit_dispute_maybe_fraud")
        rows = [{"name": "credit_entry", "value_text": entry}] if entry else []
        rows += [{"name": "dispute_text", "value_text": words}] if words else []
        show(dispatcher, {"type": "summary", "kind": TOPIC, "rows": rows})
        return offered(
            asking.loans,
            TOPIC,
            {
                "loan_id": spell.loan_id if spell else None,
                "since_date": spell.since_date.isoformat() if spell else None,
                "what_is_wrong": problem,
                "text": words,
                "wish": wish,
            },
        )


class ActionFileCreditDispute(PlainFiling):
    """Files the dispute that was confirmed."""

    topic = TOPIC
    questions = QUESTIONS

    def file(self, loans: BorrowerLoans, offered: dict[str, Any]) -> FiledRequest:
        """Under the key that the offer was made with."""
        return loans.dispute_credit_entry(offered["terms"], filing_key=offered["filing_key"])


def entry_of(spell: LateSpell) -> str:
    """A spell by its loan and first day, as a button carries it.

    >>> from datetime import date
    >>> entry_of(LateSpell("L1", "青禾借", date(2026, 11, 12), 12, None, True, None))
    'L1 2026-11-12'
    """
    return f"{spell.loan_id} {spell.since_date.isoformat()}"

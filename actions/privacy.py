"""Personal data: what is held, who received it, why and for how long; and asking for a copy, a correction, deletion."""

from __future__ import annotations

from collections.abc import Collection as Several
from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, aspects_of, say, show
from actions.forms import Answer
from actions.requests import AskAgain, Asking
from actions.rights_forms import FollowUpForm, PlainFiling, aspects_in, offered, said
from bot import formats
from bot.client.client import BorrowerLoans
from bot.client.results import FiledRequest
from bot.client.rights import DataInventory, HeldData

_ROWS = 6
# What can be asked for, by the words or the button for it.
_RIGHTS = {
    "privacy_copy": "copy",
    "privacy_correct": "correct",
    "privacy_delete": "delete",
    "privacy_withdraw": "withdraw_consent",
}
_CONSENTS = {
    "privacy_of_reminders": "reminders",
    "privacy_of_evidence": "hardship_evidence",
    "privacy_of_conversation": "conversation_to_human",
}
_ASKED = ("privacy_who", "privacy_how_long", "privacy_why", "privacy_contacts", "privacy_conversation", "privacy_elsewhere")
_QUESTIONS = ("right", "text")


class ActionAnswerPrivacy(BorrowerAction):
    """What the lender holds of this borrower, by what was asked (intent `ask_privacy`)."""

    general_response = "utter_privacy_in_general"
    unavailable_response = "utter_privacy_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "action_answer_privacy"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Exactly what was asked of the inventory; all of it when nothing more was asked than that."""
        inventory, aspects = self.loans_of(tracker).data_inventory(), aspects_of(tracker)
        asked = [name for name in _ASKED if name in aspects]
        if "privacy_contacts" in asked:
            asked = ["privacy_contacts"]  # "why do you want my contacts" asks about those, and about nothing else that is held
        right = right_in(aspects)
        if right == "delete":
            say_what_may_go(dispatcher, inventory)
        elif right is None and not asked:
            say_held(dispatcher, inventory)
        for aspect in asked[:2]:
            self._answer_aspect(dispatcher, aspect, inventory)
        if right is None:
            say(dispatcher, "utter_privacy_can_ask")
        return []

    def _answer_aspect(self, dispatcher: CollectingDispatcher, aspect: str, inventory: DataInventory) -> None:
        if aspect == "privacy_who":
            say_who_received(dispatcher, inventory)
        elif aspect in ("privacy_how_long", "privacy_why"):
            pairs = [(item.what, item.kept if aspect == "privacy_how_long" else item.why) for item in inventory.items]
            say_rows(dispatcher, f"utter_{aspect}", pairs, inventory)
        elif aspect == "privacy_contacts":
            held = any(item.item_id == "contacts" for item in inventory.items)
            say(dispatcher, "utter_privacy_contacts_held" if held else "utter_privacy_contacts_not_held")
        else:
            say(dispatcher, f"utter_{aspect}")


class ValidatePrivacyRequestForm(FollowUpForm):
    """A copy, a correction, deletion, or a consent taken back (after `action_answer_privacy`)."""

    topic = "privacy_request"
    questions = _QUESTIONS
    own_intents = frozenset({"ask_privacy", "update_personal_info"})
    free_text = frozenset({"text"})
    asked_again = "right"

    def wants_to_begin(self, answer: Answer, tracker: Tracker) -> bool:
        """Where one of the rights is asked for by word or tap."""
        aspects = aspects_of(tracker)
        return right_in(aspects) is not None and "privacy_elsewhere" not in aspects

    def understand(self, asking: Asking, question: str | None) -> dict[str, Any]:
        """Which right, and what about it; a message that names the right is no answer to "which data"."""
        aspects = aspects_in(asking.answer)
        right = right_in(aspects)
        if question in (None, "right", "confirmed") and right is not None:
            return {"right": right, "text": None}
        if question == "text":
            return self._about(asking, aspects)
        return {}

    def _about(self, asking: Asking, aspects: set[str]) -> dict[str, Any]:
        if aspects & {"not_said", "rights_not_said", "rights_enough", "privacy_all"} or asking.answer.intent == "deny":
            return {"text": "not_said"}
        consent = consent_in(aspects)
        if asking.answer.is_tap:
            return {"text": consent} if consent else {}
        return {"text": asking.answer.text} if self.is_story(asking.answer) else {}

    def present(self, asking: Asking, dispatcher: CollectingDispatcher) -> dict[str, Any] | None:
        """What is asked for, and that a person decides; what cannot be deleted yet has been said."""
        right, about = str(asking.known["right"]), str(asking.known["text"])
        consent = _consent_of(about) if right == "withdraw_consent" else None
        inventory = asking.loans.data_inventory()
        item = next((item for item in inventory.items if consent and item.consent_purpose == consent), None)
        if right == "correct" and said(about) is None:
            say(dispatcher, "utter_privacy_correct_what")
            raise AskAgain("text")
        details = item.what if item else said(about)
        response = f"utter_privacy_request_{right}" if details else f"utter_privacy_request_{right}_all"
        say(dispatcher, response, details=details)
        show(dispatcher, {"type": "summary", "kind": "privacy_request", "rows": [{"name": "privacy_right", "value_text": right}]})
        terms = {"right": right, "text": details or right, "consent_purpose": consent if item else None}
        return offered(asking.loans, "privacy_request", terms)


class ActionFilePrivacyRequest(PlainFiling):
    """Files the wish about one's data, once; a consent that is named is taken back at once."""

    topic = "privacy_request"
    questions = _QUESTIONS

    def file(self, loans: BorrowerLoans, offered: dict[str, Any]) -> FiledRequest:
        """The wish as it was shown."""
        terms = offered["terms"]
        return loans.file_privacy_request(
            terms["right"], terms["text"], consent_purpose=terms["consent_purpose"], filing_key=offered["filing_key"]
        )


def right_in(aspects: Several[str]) -> str | None:
    """The right that is asked for; None when none is."""
    return next((right for aspect, right in _RIGHTS.items() if aspect in aspects), None)


def consent_in(aspects: Several[str]) -> str | None:
    """The consent that is meant; None when none is named."""
    return next((purpose for aspect, purpose in _CONSENTS.items() if aspect in aspects), None)


def _consent_of(about: str) -> str | None:
    return about if about in _CONSENTS.values() else consent_in(aspects_in(Answer("ask_privacy", text=about)))


def say_held(dispatcher: CollectingDispatcher, inventory: DataInventory) -> None:
    """What is held, and why."""
    say_rows(dispatcher, "utter_privacy_held", [(item.what, item.why) for item in inventory.items], inventory)


def say_who_received(dispatcher: CollectingDispatcher, inventory: DataInventory) -> None:
    """Who received what; nobody else did."""
    received = [(formats.listed(item.received_by), item.what) for item in inventory.items if item.received_by]
    if received:
        say_rows(dispatcher, "utter_privacy_who", received, inventory)
    else:
        say(dispatcher, "utter_privacy_nobody", lender_name=inventory.lender_name, as_of_at=inventory.as_of)


def say_what_may_go(dispatcher: CollectingDispatcher, inventory: DataInventory) -> None:
    """What cannot be deleted yet and until when, then what can."""
    stays = [item for item in inventory.items if not item.can_be_deleted_now]
    goes = [item for item in inventory.items if item.can_be_deleted_now]
    if stays:
        say_rows(dispatcher, "utter_privacy_stays", [(item.what, item.kept) for item in stays], inventory)
    if goes:
        say(dispatcher, "utter_privacy_goes", items=_names(goes))


def say_rows(dispatcher: CollectingDispatcher, response: str, pairs: Sequence[tuple[str, str]], inventory: DataInventory) -> None:
    """A list that fits a phone; how many more there are is said too."""
    rows = formats.lines(formats.named(name, value) for name, value in pairs[:_ROWS])
    say(dispatcher, response, rows=rows, lender_name=inventory.lender_name, as_of_at=inventory.as_of)
    if len(pairs) > _ROWS:
        say(dispatcher, "utter_privacy_more", more=formats.listed(name for name, _ in pairs[_ROWS:]))


def _names(items: Sequence[HeldData]) -> str:
    return formats.lines(item.what for item in items[:_ROWS])

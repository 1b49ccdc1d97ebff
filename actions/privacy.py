"""Personal data: what is held, who received it, why and for how long; and asking for a copy, a correction, deletion."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection as Several
from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, aspects_of, intent_of, say, settings, show
from actions.forms import Answer
from actions.requests import AskAgain, Asking
from actions.rights_forms import FollowUpForm, PlainFiling, aspects_in, offered, said
from bot import formats
from bot.client.client import BorrowerLoans
from bot.client.errors import BackendUnavailable, FilingInProgress, FilingUnknown, LoanBackendError
from bot.client.results import FiledRequest
from bot.client.rights import DataInventory, HeldData
from bot.identity import speaker_of

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
# In the slot of what is to be deleted: what was said here, which the bot holds itself and deletes at once.
CONVERSATION = "conversation"

log = logging.getLogger(__name__)


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
        if right == "delete" and means_the_conversation(aspects):
            return []  # the form shows what goes and what stays
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
            return {"right": right, "text": CONVERSATION if right == "delete" and means_the_conversation(aspects) else None}
        if question == "text":
            return self._about(asking, aspects)
        return {}

    def _about(self, asking: Asking, aspects: set[str]) -> dict[str, Any]:
        if aspects & {"not_said", "rights_not_said", "rights_enough", "privacy_all"} or asking.answer.intent == "deny":
            return {"text": "not_said"}
        if asking.known.get("right") == "delete" and means_the_conversation(aspects):
            return {"text": CONVERSATION}
        consent = consent_in(aspects)
        if asking.answer.is_tap:
            return {"text": consent} if consent else {}
        return {"text": asking.answer.text} if self.is_story(asking.answer) else {}

    def present(self, asking: Asking, dispatcher: CollectingDispatcher) -> dict[str, Any] | None:
        """What is asked for, and that a person decides; what cannot be deleted yet has been said."""
        right, about = str(asking.known["right"]), str(asking.known["text"])
        consent = _consent_of(about) if right == "withdraw_consent" else None
        inventory = asking.loans.data_inventory()
        if right == "delete" and about == CONVERSATION:
            return self._present_erasure(asking, dispatcher, inventory)
        item = next((item for item in inventory.items if consent and item.consent_purpose == consent), None)
        if right == "correct" and said(about) is None:
            say(dispatcher, "utter_privacy_correct_what")
            raise AskAgain("text")
        details = item.what if item else said(about)
        response = f"utter_privacy_request_{right}" if details else f"utter_privacy_request_{right}_all"
        say(dispatcher, response, details=details)
        show(dispatcher, {"type": "summary", "kind": "privacy_request", "rows": [{"name": "privacy_right", "value_text": right}]})
        terms = {"right": right, "text": details or right, "consent_purpose": consent if item else None}
        offer = offered(asking.loans, "privacy_request", terms)
        # "All that can be deleted": what was said at once, the lender's own data by a person.
        return {**offer, "erasure_key": erasure_key(asking.loans)} if right == "delete" and not details else offer

    def _present_erasure(self, asking: Asking, dispatcher: CollectingDispatcher, inventory: DataInventory) -> dict[str, Any]:
        """What of the conversation goes, and what of all stays; nobody has to decide about it."""
        stays = [(item.what, item.kept) for item in inventory.items if not item.can_be_deleted_now]
        say_rows(dispatcher, "utter_privacy_erasure", stays, inventory)
        rows = [{"name": "privacy_right", "value_text": "delete"}]
        show(dispatcher, {"type": "summary", "kind": "privacy_request", "rows": rows})
        key = erasure_key(asking.loans)
        return {"offer_id": key[-20:], "filing_key": None, "terms": None, "erasure_key": key}

    def _ask_for_a_yes(self, asking: Asking, offered: dict[str, Any], dispatcher: CollectingDispatcher) -> Events:
        if offered["terms"] is not None:
            return super()._ask_for_a_yes(asking, offered, dispatcher)
        say(dispatcher, "utter_confirm_privacy_erasure", offer_id=offered["offer_id"])
        return self.ask(f"{self.topic}_confirmed", {**self._values(asking.known), f"{self.topic}_offer": offered})


class ActionFilePrivacyRequest(PlainFiling):
    """Files the wish about one's data, once; a consent that is named is taken back, and what was said is deleted, at once."""

    topic = "privacy_request"
    questions = _QUESTIONS

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The deletion of what was said, if it is part of the wish; then the request to a person, if there is one."""
        offered = tracker.get_slot(f"{self.topic}_offer")
        if intent_of(tracker) != "affirm" or not offered or "erasure_key" not in offered:
            return super().answer(dispatcher, tracker)
        channel = speaker_of(tracker.sender_id, settings().conversation_secret).channel
        try:
            erasure = self.loans_of(tracker).erase_conversations(channel, filing_key=offered["erasure_key"])
        except (FilingUnknown, FilingInProgress) as error:
            log.warning("an erasure: %s", error)
            say(dispatcher, error.response)
            return self._forget(everything=True)
        except BackendUnavailable as error:
            log.warning("an erasure: %s", error)
            say(dispatcher, "utter_privacy_request_not_filed")
            return self._forget(everything=False)
        say(dispatcher, "utter_privacy_erasure_filed", erasure_id=erasure.erasure_id)
        return super().answer(dispatcher, tracker) if offered["terms"] is not None else self._forget(everything=True)

    def file(self, loans: BorrowerLoans, offered: dict[str, Any]) -> FiledRequest:
        """The wish as it was shown; for a copy a link is added to the offer."""
        terms = offered["terms"]
        filed = loans.file_privacy_request(
            terms["right"], terms["text"], consent_purpose=terms["consent_purpose"], filing_key=offered["filing_key"]
        )
        if terms["right"] == "copy":
            try:
                offered["link"] = loans.export_link()
            except LoanBackendError as error:
                log.warning("no link to the file of everything: %s", error)  # a person sends the copy
        return filed

    def say_more(self, filed: FiledRequest, offered: dict[str, Any], dispatcher: CollectingDispatcher) -> None:
        """Whoever wanted a copy has it at once: a link that fetches everything in one file."""
        link = offered.get("link")
        if link is not None:
            say(dispatcher, "utter_privacy_export_link", url=link.url, expires_at=link.expires_at)
            card = {"url": link.url, "title": "export", "expires_at": link.expires_at, "as_of_at": link.as_of}
            show(dispatcher, {"type": "secure_link", **card})


def erasure_key(loans: BorrowerLoans) -> str:
    """The key of deleting what was said: the same until it is done, another one for what is said after that."""
    done = sum(erasure.done_at is not None for erasure in loans.erasures())
    return f"erasure-{hashlib.sha256(f'{loans.borrower_id}:{done}'.encode()).hexdigest()[:40]}"


def means_the_conversation(aspects: Several[str]) -> bool:
    """Whether it is about what was said here."""
    return "privacy_conversation" in aspects or "privacy_of_conversation" in aspects


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

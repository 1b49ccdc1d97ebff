"""Collectors: who may call and how to check that, the rules they have to keep, and the complaint that stops the calls."""

from __future__ import annotations

from collections.abc import Collection as Several
from datetime import date
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, NotLoggedIn, aspects_of, say, show, text_of, today
from actions.conversation import summary_of
from actions.forms import Answer
from actions.own_contacts import handler_of, named_contacts
from actions.requests import Asking
from actions.rights_forms import NOT_SAID, FollowUpForm, PlainFiling, aspects_in, day_of, offered, paused_until, said
from bot import formats
from bot.client.client import BorrowerLoans
from bot.client.errors import LoanBackendError
from bot.client.results import FiledRequest
from bot.client.rights import Collection, Handler
from bot.nlu.clauses import is_question

# What collectors did, as words tell it; each has a rule that is said.
_DONE = (
    "collection_threat",
    "collection_impersonation",
    "collection_third_party",
    "collection_hours",
    "collection_frequency",
    "collection_visit",
)
# What the borrower asks, beside what was done, each with a sentence of its own.
_ASKED = ("collection_wrong_person", "collection_private_account", "collection_where", "collection_evidence")
_FILE = "collection_file"
_QUESTIONS = ("text", "when", "caller", "third_party", "wording")
# When it was and who called is a word or two; whoever tells of need or of a request there has gone on to something else.
_SHORT_ANSWERS = ("when", "caller")
_NEEDS_OF_THEIR_OWN = frozenset(
    {"report_hardship", "request_deferral", "request_instalment", "check_request_status", "undo_request"}
)


class ActionAnswerCollection(BorrowerAction):
    """The first answer to whoever is pressed by collectors (intent `complain_collection`)."""

    def name(self) -> str:
        """As in the domain."""
        return "action_answer_collection"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Who handles the case, then the rules that what was told touches; a guest hears the rules and the way in."""
        aspects, text = aspects_of(tracker), text_of(tracker)
        if aspects == [_FILE]:
            self._say_to_guest(dispatcher, tracker)
            return []
        if _was_done(aspects) and not is_question(text):
            say(dispatcher, "utter_collection_heard")
        known = self._say_who(dispatcher, tracker)
        # Who tells what was done to them is asked about it next, so the gravest rule is enough; who asks hears two.
        rules = 1 if wants_to_file(aspects, text) else 2
        for aspect in [name for name in _DONE if name in aspects][:rules]:
            say(dispatcher, f"utter_rule_{aspect}")
        for aspect in [name for name in _ASKED if name in aspects]:
            say(dispatcher, f"utter_{aspect}")
        if not _was_done(aspects) and not known:
            say(dispatcher, "utter_collection_rules")
        if not self._say_to_guest(dispatcher, tracker) and known and not wants_to_file(aspects, text):
            say(dispatcher, "utter_collection_can_complain")
        return []

    def _say_who(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
        """Who may call this borrower, and whether a number named is theirs; False for a guest or while the backend is away."""
        try:
            loans = self.loans_of(tracker)
            collection, pause = loans.collection(), loans.outreach_pause()
        except NotLoggedIn:
            return False
        except LoanBackendError:
            say(dispatcher, "utter_collection_cannot_look_up")
            return False
        say_handlers(dispatcher, collection)
        for named in named_contacts(text_of(tracker))[:2]:
            handler = handler_of(named, collection.loans)
            response = "utter_contact_is_handlers" if handler else "utter_collector_is_unknown"
            values = {"handler": handler.name, "product_name": handler.product_name} if handler else {}
            say(dispatcher, response, contact=named.text, **values)
        if pause.paused_now:
            covers = formats.listed(pause.covers)
            say(dispatcher, "utter_outreach_is_paused", paused_until_date=day_of(pause.paused_until_at), covers=covers)
        return True

    def _say_to_guest(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> bool:
        try:
            self.loans_of(tracker)
        except NotLoggedIn:
            say(dispatcher, "utter_collection_guest")
            return True
        return False


class ValidateCollectionComplaintForm(FollowUpForm):
    """What happened, and what else is remembered; then the complaint as it would be filed (after `action_answer_collection`)."""

    topic = "collection_complaint"
    questions = _QUESTIONS
    own_intents = frozenset({"complain_collection", "complain_service"})
    free_text = frozenset({"text", "when", "caller", "wording"})
    asked_again = "text"

    def wants_to_begin(self, answer: Answer, tracker: Tracker) -> bool:
        """Where something was done, or a complaint is asked for; a mere question has a button for it."""
        return wants_to_file(aspects_of(tracker), answer.text)

    def understand(self, asking: Asking, question: str | None) -> dict[str, Any]:
        """What the message tells; whether others were called is read from the story where it says so."""
        aspects = aspects_in(asking.answer)
        if question == "third_party" and asking.answer.intent in ("affirm", "deny"):
            return {"third_party": asking.answer.intent == "affirm"}
        if question in _SHORT_ANSWERS and asking.answer.intent in _NEEDS_OF_THEIR_OWN:
            return {}
        found = self.told(asking, question)
        if question is None and not _was_done(aspects):
            found = {}
        if "collection_third_party" in aspects and "text" in found:
            found["third_party"] = True
        if question == "third_party" and "collection_third_party" in aspects:
            found = {**found, "third_party": True}
        return found

    def is_asked(self, question: str, asking: Asking) -> bool:
        """The wording is asked for only where there were threats or abuse."""
        return question != "wording" or _threatened(asking)

    def _said(self, asking: Asking, tracker: Tracker) -> dict[str, Any]:
        found = super()._said(asking, tracker)
        if asking.answer.asked is None and asking.answer.is_tap and "text" not in found:
            told = summary_of(tracker.events, messages=1)
            story = Answer("complain_collection", text=told)
            if _was_done(aspects_in(story)):
                found["text"] = told
        if asking.answer.asked == f"{self.topic}_when" and "when" in found:
            found["when"] = with_day(found["when"], asking.answer.entities.get("date"))
        return found

    def present(self, asking: Asking, dispatcher: CollectingDispatcher) -> dict[str, Any] | None:
        """The complaint in the borrower's own words, and until when the calls stop."""
        known, pause = asking.known, asking.loans.outreach_pause()
        when = known["when"] if isinstance(known["when"], dict) else {"text": said(known["when"])}
        details = [said(known["text"]), when.get("text"), said(known["caller"]), said(known["wording"])]
        say(dispatcher, "utter_collection_complaint_summary", details=formats.lines(detail for detail in details if detail))
        if known["third_party"] is True:
            say(dispatcher, "utter_collection_complaint_third_party")
        say(
            dispatcher,
            "utter_collection_complaint_pause",
            covers=formats.listed(pause.covers),
            not_covered=formats.listed(pause.not_covered),
            paused_until_date=day_of(pause.complaint_would_run_until_at),
        )
        rows = [{"name": "complaint_text", "value_text": str(known["text"])}]
        rows.append({"name": "outreach_paused_until", "value_at": pause.complaint_would_run_until_at.isoformat()})
        show(dispatcher, {"type": "summary", "kind": "complaint", "rows": rows})
        incident = {
            "happened_date": when.get("date"),
            "happened_time": when.get("text"),
            "caller": said(known["caller"]),
            "wording": said(known["wording"]),
            "third_party_contacted": known["third_party"] if isinstance(known["third_party"], bool) else None,
            "threats": True if _threatened(asking) else None,
        }
        incident = {name: _short(name, value) for name, value in incident.items() if value is not None}
        terms = {"topic": "collection", "text": known["text"], "incident": incident, "pause_outreach": True}
        return offered(asking.loans, "complaint", terms)


class ActionFileCollectionComplaint(PlainFiling):
    """Files the complaint, once; the calls stop with it."""

    topic = "collection_complaint"
    questions = _QUESTIONS

    def file(self, loans: BorrowerLoans, offered: dict[str, Any]) -> FiledRequest:
        """The complaint as it was shown."""
        return loans.file_complaint(offered["terms"], filing_key=offered["filing_key"])

    def filed_values(self, filed: FiledRequest) -> dict[str, Any]:
        """Until when nobody calls."""
        return {"paused_until_date": paused_until(filed)}


def say_handlers(dispatcher: CollectingDispatcher, collection: Collection) -> None:
    """Who handles each loan that is past due, and the numbers by which a caller can be told to be theirs."""
    late = [loan for loan in collection.loans if loan.handled_by != "nobody"]
    for handler in late:
        say(dispatcher, _response_for(handler), **_values(handler), as_of_at=collection.as_of)
    if not late:
        say(dispatcher, "utter_collection_nobody", lender_name=collection.lender_name, as_of_at=collection.as_of)


def _response_for(handler: Handler) -> str:
    if handler.handled_by == "lender":
        return "utter_collection_by_lender"
    return "utter_collection_by_agency" if handler.since_date else "utter_collection_by_agency_undated"


def _values(handler: Handler) -> dict[str, Any]:
    return {
        "product_name": handler.product_name,
        "days_past_due": handler.days_past_due,
        "handler": handler.name,
        "since_date": handler.since_date,
        "phones": formats.listed(handler.phones),
        "staff_numbers": formats.listed(handler.staff_numbers),
    }


def wants_to_file(aspects: Several[str], text: str) -> bool:
    """Whether to go on to the complaint: something was done and told, or a complaint is asked for by word or tap."""
    return _FILE in aspects or _was_done(aspects) and not is_question(text)


def with_day(told: str, day: Any) -> dict[str, str]:
    """When something happened: the words, and the day in them if it is one that has come."""
    if told == NOT_SAID:
        return {}
    if day is None or date.fromisoformat(str(day)) > today():
        return {"text": told}
    return {"text": told, "date": str(day)}


def _was_done(aspects: Several[str]) -> bool:
    return any(name in aspects for name in (*_DONE, "collection_done"))


def _threatened(asking: Asking) -> bool:
    story = Answer("complain_collection", text=str(asking.known.get("text") or ""))
    return bool(aspects_in(story) & {"collection_threat", "collection_impersonation"})


def _short(name: str, value: Any) -> Any:
    """The backend takes a line for these."""
    return value[:200] if name in ("happened_time", "caller") else value

"""How filed requests stand (intent `check_request_status`), and taking one back (intent `undo_request`)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, button, entities_of, offer, say, text_of
from actions.requests import show_filed
from bot import formats
from bot.client.results import FiledRequest
from bot.nlu.clauses import is_question

_SHOWN = 3
_REQUEST_ID = re.compile(r"[A-Z]{2}\d{8}")
# A request that was handed to a person is taken back only by its number, and a report of fraud not at all.
_NOT_UNDONE_BY_WORD = frozenset({"human", "bereavement", "fraud_report"})
# What was decided is said in words of its own: for a change of plan, what holds from now on.
_OWN_WORDS = frozenset(
    {
        ("deferral", "approved"),
        ("due_date_change", "approved"),
        ("restructure", "approved"),
        ("dispute", "approved"),
        ("settlement_certificate", "approved"),
        ("complaint", "approved"),
        ("human", "approved"),
        ("credit_dispute", "pending"),
        ("credit_dispute", "approved"),
        ("credit_dispute", "refused"),
    }
)


class ActionShowRequests(BorrowerAction):
    """Shows how filed requests stand, complaints and tickets too."""

    general_response = "utter_requests_in_general"
    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "action_show_requests"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The one that is named, else the latest: those that wait first, each with what comes next."""
        filed = self.loans_of(tracker).requests()
        named = [request for request in filed if request.request_id == request_id_said(tracker)]
        shown = named or sorted(filed, key=lambda request: request.status != "pending")
        if not shown:
            say(dispatcher, "utter_no_request")
        for request in shown[:_SHOWN]:
            say_how_it_stands(dispatcher, request)
            show_filed(dispatcher, request)
        undoable = [request.undo_until_at for request in shown[:_SHOWN] if can_be_undone(request)]
        if undoable:
            say(dispatcher, "utter_status_can_be_undone", undo_until_at=undoable[0])
        if len(shown) > _SHOWN:
            say(dispatcher, "utter_more_requests", requests_more=len(shown) - _SHOWN)
        return []


class ActionYesToNothing(ActionShowRequests):
    """A yes that answers no question: the button of an earlier one, tapped again, is told what became of it."""

    def name(self) -> str:
        """As in the domain."""
        return "action_yes_to_nothing"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """How the requests stand, for a button that confirms terms; what else there is to do, for a word."""
        if not {"quote_id", "offer_id"} & entities_of(tracker).keys():
            say(dispatcher, "utter_what_next")
            return []
        say(dispatcher, "utter_confirmed_before")
        return super().answer(dispatcher, tracker)


class ActionUndoRequest(ActionShowRequests):
    """Takes a filed request back within its minutes; of several it asks which, and says what stays.

    A question takes nothing back: it is answered by how the requests stand, with the button beside it.
    """

    general_response = "utter_log_in_first"
    unavailable_response = "utter_undo_unavailable"

    def name(self) -> str:
        """As in the domain."""
        return "action_undo_request"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The request that a button or the text names, else the only one that can be taken back."""
        loans = self.loans_of(tracker)
        filed = loans.requests()
        request_id = request_id_said(tracker)
        if is_question(text_of(tracker)) and any(can_be_undone(each) for each in filed):
            return super().answer(dispatcher, tracker)
        if request_id is None:
            waiting = [each for each in filed if each.status == "pending" and kind_of(each) not in _NOT_UNDONE_BY_WORD]
            can_be = [each for each in waiting if can_be_undone(each)]
            if len(can_be) > 1:
                self._ask_which(dispatcher, can_be)
                return []
            if not waiting:
                say(dispatcher, "utter_nothing_to_undo")
                return []
            # None is within its minutes any more: the backend says so of the latest, and the answer says whom to ask.
            request_id = (can_be or waiting)[0].request_id
        undone = loans.undo(request_id)
        say(dispatcher, "utter_request_undone", request_id=undone.request_id, request=_name(undone))
        stays = [request for request in filed if request.status == "pending" and request.request_id != undone.request_id]
        if stays:
            say(dispatcher, "utter_requests_stay", requests=formats.lines(formats.request_row(each) for each in stays[:_SHOWN]))
        return []

    def _ask_which(self, dispatcher: CollectingDispatcher, can_be: Sequence[FiledRequest]) -> None:
        offer(
            dispatcher,
            "utter_which_request_to_undo",
            buttons=[button(formats.request_row(each), "undo_request", request_id=each.request_id) for each in can_be[:_SHOWN]],
            number_of_requests=len(can_be),
        )


def request_id_said(tracker: Tracker) -> str | None:
    """The number of a request that a button carries or the text names."""
    carried = entities_of(tracker).get("request_id")
    if carried is not None:
        return str(carried)
    written = _REQUEST_ID.search(text_of(tracker).upper())
    return written.group() if written else None


def can_be_undone(request: FiledRequest) -> bool:
    """Whether its minutes are not over."""
    return request.status == "pending" and request.undo_until_at is not None and request.as_of <= request.undo_until_at


def kind_of(request: FiledRequest) -> str:
    """What a request is for; of a ticket, its own kind."""
    return str(request.terms.get("ticket_kind") or request.kind)


def _name(request: FiledRequest) -> str:
    return formats.request_name(request.kind, request.terms.get("ticket_kind"))


def granted_in_part(request: FiledRequest) -> bool:
    """Whether a person granted less of a waiver than its programme would have waived on that day."""
    granted_fen, whole_fen = request.terms.get("granted_fen"), request.terms.get("grantable_fen")
    return granted_fen is not None and whole_fen is not None and int(granted_fen) < int(whole_fen)


def say_how_it_stands(dispatcher: CollectingDispatcher, request: FiledRequest) -> None:
    """One filed request, any kind: waiting (too long, too), approved, refused or undone, and what comes next."""
    kind, status = kind_of(request), request.status
    late = status == "pending" and request.decision_due_at is not None and request.decision_due_at < request.as_of
    if late:
        response = "utter_status_pending_too_long"
    elif kind == "fee_waiver" and status == "approved" and request.terms.get("granted_fen") is not None:
        response = "utter_status_fee_waiver_in_part" if granted_in_part(request) else "utter_status_fee_waiver_approved"
    elif (kind, status) in _OWN_WORDS:
        response = f"utter_status_{kind}_{status}"
    elif request.kind in ("deferral", "restructure", "due_date_change"):
        response = f"utter_status_{status}"
    else:
        response = f"utter_status_of_other_{status}"
    terms = request.terms
    say(
        dispatcher,
        response,
        request=_name(request),
        request_id=request.request_id,
        filed_at=request.filed_at,
        decision_due_at=request.decision_due_at,
        decided_at=request.decided_at,
        decision_reason=request.decision_reason,
        undo_until_at=request.undo_until_at,
        new_due_date=terms.get("new_due_date") or terms.get("first_new_due_date"),
        due_day=terms.get("due_day"),
        first_due_date=terms.get("first_due_date"),
        new_payment_fen=terms.get("new_payment_fen"),
        granted_fen=terms.get("granted_fen"),
        whole_fen=terms.get("grantable_fen"),
        as_of_at=request.as_of,
    )

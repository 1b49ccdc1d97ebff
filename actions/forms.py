"""What all forms share. A form asks one question at a time; its action reads the answer, or says that it is none.

The events of one call have to keep three promises of Rasa's form loop:
- an empty list tells that the message is no answer to the question; the rules then answer it, and the form asks again;
- a form that wants to go on sets at least one slot besides `requested_slot`, or Rasa takes the message for no answer;
- `requested_slot: None` ends the form.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, entities_of, intent_of, unclear_time_of

REQUESTED_SLOT = "requested_slot"


@dataclass(frozen=True)
class Answer:
    """The latest message, as a form looks at it.

    Attributes:
        intent: what it was understood as.
        entities: values in it, by name.
        asked: the slot that was asked for; None when the form begins with this message.
        text: what the borrower wrote.
        unclear_time: why a time in it cannot be used; None when none is unclear.
        put_again: another rule has answered the message; the form only has to ask again.
    """

    intent: str
    entities: dict[str, Any] = field(default_factory=dict)
    asked: str | None = None
    text: str = ""
    unclear_time: str | None = None
    put_again: bool = False

    @property
    def is_tap(self) -> bool:
        """Whether a button was tapped; only the server's own payloads begin with a slash."""
        return self.text.startswith("/")


class FormAction(BorrowerAction):
    """The action `validate_…` of a form.

    Attributes:
        slots: the form's own slots, cleared when it is over.
        never_kept: those of them that must not outlive a failure, such as a confirmation.
    """

    slots: Sequence[str] = ()
    never_kept: Sequence[str] = ()

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Reads the latest message and asks the next question."""
        interrupted = _was_interrupted(tracker)
        answer = Answer(
            intent=intent_of(tracker),
            entities={} if interrupted else entities_of(tracker),
            # A form that begins with this message has asked nothing yet, whatever an earlier session has left behind.
            asked=None if _begins_now(tracker) else tracker.get_slot(REQUESTED_SLOT),
            text="" if interrupted else str(tracker.latest_message.get("text") or ""),
            unclear_time=None if interrupted else unclear_time_of(tracker),
            put_again=interrupted,
        )
        return self.proceed(answer, dispatcher, tracker)

    @abstractmethod
    def proceed(self, answer: Answer, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The form's own conversation; see the module's docstring for what the events mean."""

    def ask(self, slot: str, values: dict[str, Any]) -> Events:
        """Goes on with `slot` as the next question; `values` are what is known by now."""
        # The asked slot is emptied: that keeps the second promise even when nothing else is known.
        return [SlotSet(name, value) for name, value in {**values, slot: None}.items()] + [SlotSet(REQUESTED_SLOT, slot)]

    def finish(self, values: dict[str, Any]) -> Events:
        """Ends the form; `values` are for the action that follows it."""
        return [SlotSet(name, value) for name, value in values.items()] + [SlotSet(REQUESTED_SLOT, None)]

    def stop(self) -> Events:
        """Ends the form and forgets what it had learned."""
        return self.finish({name: None for name in self.slots})

    def after_failure(self, tracker: Tracker) -> Events:
        """Ends the form but keeps what the borrower has said, so that trying again does not start from nothing."""
        return self.finish({name: None if name in self.never_kept else tracker.get_slot(name) for name in self.slots})


def _was_interrupted(tracker: Tracker) -> bool:
    """Whether the latest message has been answered by a rule already.

    Rasa's form hands its action a conversation in which the loop's own `is_interrupted` has been reset, so the event is read.
    """
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "loop_interrupted":
            return bool(event.get("is_interrupted"))
    return False


def _begins_now(tracker: Tracker) -> bool:
    """Whether the form became active with the latest message."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "active_loop":
            return bool(event.get("name"))
    return False

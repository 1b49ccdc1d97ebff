"""What of a conversation is carried from message to message: its last messages whole, of those before only what still counts.

Rasa replays a conversation for every action, hands all of it to the action server and reads all of it from the store at every
message, so that each takes longer than the one before. Nothing here needs more than this:
- the last messages with everything around them: the policy reads back to the latest one, actions look at a few;
- of the events before them: the last value of each slot, the forms that are still under way and the messages that began
  or ended them, a form's refusal that nothing has answered, and each response that a rule has said (once said, kind words
  are not said again).

A tracker made from these events is in the same state as one made from all. The store keeps every event.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    FollowupAction,
    LoopInterrupted,
    SessionStarted,
    SlotSet,
    UserUttered,
)

MESSAGES = 10
# Any other event (a restart, an undone message) changes what those before it mean; then nothing is left out.
_UNDERSTOOD = (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    FollowupAction,
    LoopInterrupted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
CONVERSATIONS = 400
SECONDS = 600.0


def recent_events(events: Sequence[Event], initial: Mapping[str, Any], messages: int = MESSAGES) -> list[Event]:
    """The events that the next message needs.

    Args:
        events: of one session, oldest first.
        initial: values that slots have before anything is said; those not named have none.
        messages: how many of the borrower's last messages stay whole.
    """
    said = [i for i, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(said) <= messages:
        return list(events)
    first = said[-messages]
    before = events[:first]
    if not all(type(event) in _UNDERSTOOD for event in before) or sum(isinstance(e, SessionStarted) for e in events) > 1:
        return list(events)
    return [*(before[i] for i in sorted(_that_count(before, initial))), *events[first:]]


def _that_count(events: Sequence[Event], initial: Mapping[str, Any]) -> set[int]:
    """Positions of the events that are not to be left out."""
    began = next((i for i, event in enumerate(events) if isinstance(event, SessionStarted)), -1)
    counted = {i for i in range(began + 1) if isinstance(events[i], (ActionExecuted, SessionStarted))}
    slots: dict[str, int] = {}
    executed: dict[str, int] = {}
    rejected: dict[str, int] = {}
    loops: list[int] = []
    # Every form that may still have to be gone on with, whichever messages end all forms at once (`config.yml` knows).
    under_way: set[str] = set()
    message, active = None, None
    for i, event in enumerate(events):
        if isinstance(event, UserUttered):
            message = i
        elif isinstance(event, SlotSet):
            slots[event.key] = i
        elif isinstance(event, ActionExecuted):
            executed[event.action_name or ""] = i
            rejected.pop(event.action_name or "", None)
        elif isinstance(event, ActionExecutionRejected):
            rejected[event.action_name] = i
        elif isinstance(event, ActiveLoop):
            loops += [i] if message is None else [message, i]
            if event.name is None:
                under_way.discard(active or "")
                if not under_way:
                    loops.clear()
            else:
                under_way.add(event.name)
            active = event.name
    counted.update(i for name, i in slots.items() if events[i].value != initial.get(name))
    counted.update(i for name, i in executed.items() if name.startswith("utter_"))
    counted.update(loops, rejected.values(), [max(executed.values())] if executed else [])
    return counted


@dataclass(frozen=True)
class Kept:
    """A conversation as it was stored last.

    Attributes:
        events: those that the next message needs.
        last_id: of the newest event in the store.
        last_timestamp: of that event.
    """

    events: tuple[Event, ...]
    last_id: int
    last_timestamp: float


class RecentConversations:
    """The conversations that this process stored last, so many and so long; those left out are read from the store."""

    def __init__(self, conversations: int = CONVERSATIONS, seconds: float = SECONDS) -> None:
        self._most = conversations
        self._seconds = seconds
        self._kept: OrderedDict[str, tuple[float, Kept]] = OrderedDict()

    def get(self, sender_id: str) -> Kept | None:
        """A conversation, if it is here."""
        found = self._kept.get(sender_id)
        return found[1] if found else None

    def put(self, sender_id: str, kept: Kept) -> None:
        """Keeps a conversation as it now is; those that were silent for long, or are too many, go."""
        now = time.monotonic()
        self._kept[sender_id] = (now, kept)
        self._kept.move_to_end(sender_id)
        while len(self._kept) > self._most or next(iter(self._kept.values()))[0] < now - self._seconds:
            self._kept.popitem(last=False)

    def drop(self, sender_id: str) -> None:
        """Forgets a conversation."""
        self._kept.pop(sender_id, None)

"""The one action of the floor: it says a sentence, and asks nobody."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher


class ActionTellBalance(Action):
    """Answers the intent `ask_balance`."""

    def name(self) -> str:
        """As in `domain.yml`."""
        return "action_tell_balance"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Says what is owed."""
        dispatcher.utter_message(text="您还欠1,000.00元。")
        return []

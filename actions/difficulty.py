"""Borrowers who cannot pay: listen first, then what is possible."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, say
from actions.my_debt import open_loans_meant, say_what_is_due


class ActionListenAndOffer(BorrowerAction):
    """Answers somebody who says that they cannot pay (intent `report_hardship`)."""

    general_response = "utter_hardship_in_general"

    def name(self) -> str:
        """As in `domain.yml`."""
        return "action_listen_and_offer"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """A kind word, what is due next, and what can be done about it."""
        loans = self.loans_of(tracker)
        say(dispatcher, "utter_hardship_heard")
        chosen = open_loans_meant(loans.loans(), dispatcher, tracker)
        if chosen:
            say_what_is_due(dispatcher, chosen[0])
            waiting = next((loan.pending_request_id for loan in chosen if loan.pending_request_id), None)
            if waiting:
                say(dispatcher, "utter_request_pending", request_id=waiting)
            else:
                say(dispatcher, "utter_hardship_options")
        return []

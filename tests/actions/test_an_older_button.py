"""A yes on a button whose terms are known no more is told to have filed nothing, and the form goes on from where it is."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import base
from actions.restructure import ValidateRestructureForm
from bot.client import LoanClient
from bot.identity import Speaker
from tests.support.backend import running_backend


def test_after_the_server_that_showed_it_has_died_a_yes_is_answered_and_files_nothing(tmp_path: Path) -> None:
    conversation_id = Speaker("web", "B1002").conversation_id(base.settings().conversation_secret)
    tapped = {
        "text": '/affirm{"offer_id": "Q-of-before"}',
        "intent": {"name": "affirm"},
        "entities": [{"entity": "offer_id", "value": "Q-of-before"}],
    }
    slots = {"requested_slot": "restructure_wish", "restructure_loan_id": "L1002"}
    tracker = Tracker(conversation_id, slots, tapped, [{"event": "user"}], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    with running_backend(tmp_path) as backend:
        form = ValidateRestructureForm(LoanClient(backend.url, backend.service_token))
        asyncio.run(form.run(dispatcher, tracker, {}))
        assert [row for row in backend.rows("requests") if row["borrower_id"] == "B1002"] == []
    assert [message["response"] for message in dispatcher.messages if message["response"]][0] == "utter_request_gone"

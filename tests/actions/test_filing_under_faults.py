"""The filing action against the real backend, killed in the middle: what is said is what is in the ledger."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import base
from actions.deferral import ActionFileDeferral
from bot.client import LoanClient
from bot.identity import Speaker
from tests.support.backend import RunningBackend, running_backend


def tracker_of(borrower_id: str, secret: str, **slots: Any) -> Tracker:
    conversation_id = Speaker("web", borrower_id).conversation_id(secret)
    message = {"text": "/affirm", "intent": {"name": "affirm"}, "entities": [], "message_id": "m1"}
    return Tracker(conversation_id, slots, message, [], False, None, {}, "action_listen")


def file(backend: RunningBackend, borrower_id: str, loan_id: str, quote: dict[str, Any]) -> list[str]:
    """The responses said."""
    client = LoanClient(backend.url, backend.service_token, connect_timeout=1, read_timeout=3)
    kept = [{"loan_id": loan_id, "quote_id": quote["quote_id"], "filing_key": quote["filing_key"]}]
    tracker = tracker_of(borrower_id, base.settings().conversation_secret, deferral_quotes=kept, deferral_confirmed=True)
    dispatcher = CollectingDispatcher()
    asyncio.run(ActionFileDeferral(client).run(dispatcher, tracker, {}))
    return [message["response"] for message in dispatcher.messages if message["response"]]  # cards aside


def quote_for(backend: RunningBackend) -> dict[str, Any]:
    body = {"period": "P15D", "reason_code": None}
    return backend.post("/borrowers/B1002/loans/L1002/deferral-quotes", body)


def filed(backend: RunningBackend) -> int:
    return len([row for row in backend.rows("requests") if row["loan_id"] == "L1002"])


def test_filing_twice_says_filed_and_then_already_filed(tmp_path: Path) -> None:
    with running_backend(tmp_path) as backend:
        quote = quote_for(backend)
        assert file(backend, "B1002", "L1002", quote) == ["utter_deferral_filed"]
        assert file(backend, "B1002", "L1002", quote) == ["utter_deferral_filed_already"]
        assert filed(backend) == 1


@pytest.mark.parametrize("point", ["before-commit", "after-commit"])
def test_a_backend_killed_in_the_middle_and_back_soon_has_the_filing_once(tmp_path: Path, point: str) -> None:
    with running_backend(tmp_path) as backend:
        quote = quote_for(backend)
        port = int(backend.url.rsplit(":", 1)[1])
        backend.stop()
        backend.start(HUANBAN_FAULT=f"{point}:file-deferral", port=port)

        def come_back() -> None:
            backend.wait_until_dead()
            backend.start(port=port)

        thread = threading.Thread(target=come_back)
        thread.start()
        said = file(backend, "B1002", "L1002", quote)
        thread.join(60)
        if said == ["utter_filing_unknown"]:  # it was not back in time: honest, and nothing is filed twice by asking again
            said = file(backend, "B1002", "L1002", quote)
        assert said[0] in ("utter_deferral_filed", "utter_deferral_filed_already")
        assert filed(backend) == 1


def test_a_backend_killed_after_the_commit_and_gone_is_called_unknown(tmp_path: Path) -> None:
    with running_backend(tmp_path) as backend:
        quote = quote_for(backend)
        backend.stop()
        backend.start(HUANBAN_FAULT="after-commit:file-deferral")
        began = time.monotonic()
        assert file(backend, "B1002", "L1002", quote) == ["utter_filing_unknown"]
        assert time.monotonic() - began < 20  # the borrower is told before Rasa gives the action up
        assert filed(backend) == 1


def test_a_quote_that_has_expired_is_not_filed_and_says_so(tmp_path: Path) -> None:
    with running_backend(tmp_path, HUANBAN_QUOTE_MINUTES=0) as backend:
        assert file(backend, "B1002", "L1002", quote_for(backend)) == ["utter_quote_expired"]
        assert filed(backend) == 0


def test_a_conversation_without_a_seal_files_nothing(tmp_path: Path) -> None:
    with running_backend(tmp_path) as backend:
        quote = quote_for(backend)
        client = LoanClient(backend.url, backend.service_token)
        tracker = tracker_of("B1002", "another secret", deferral_quotes=[{"loan_id": "L1002", **quote}])
        dispatcher = CollectingDispatcher()
        asyncio.run(ActionFileDeferral(client).run(dispatcher, tracker, {}))
        assert [message["response"] for message in dispatcher.messages] == ["utter_log_in_first"]
        assert filed(backend) == 0

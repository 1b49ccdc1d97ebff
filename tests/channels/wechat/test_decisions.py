"""A decision of the desk reaches the borrower once: by subscription, as the message kept back for it, or with the next word."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from rasa.core.channels.channel import UserMessage

from tests.support.backend import DESK_TOKEN, SERVICE_TOKEN, BackendCalls, backend_in_a_thread
from tests.support.chat import ScriptedBot
from tests.support.wechat.account import Account
from tests.support.wechat.running import RunningWeChat, running_channel, weixin_of

HER, BORROWER = "oBorrower", "B1002"
CONSENT_URL = "https://lender.example/consent"


async def files(message: UserMessage) -> None:
    """Says that a request is filed, as an action does."""
    output, to = message.output_channel, message.sender_id
    await output.send_response(to, {"text": "已提交"})
    await output.send_response(to, {"custom": {"card": {"type": "undo", "request_id": "DF1", "payload": "/undo"}}})


@asynccontextmanager
async def scene_of(folder: Path, ledger: Path) -> AsyncIterator[tuple[RunningWeChat, BackendCalls]]:
    """The channel before a real backend, whose borrower is bound to the phone."""
    with backend_in_a_thread(folder / "ledger", template=ledger, HUANBAN_UNDO_MINUTES=0) as backend:
        start = backend.post("/bindings", {"channel": "wechat", "openid": HER, "phone": phone_of(backend)})
        code = backend.get("/desk/outbox")["messages"][0]["code"]
        ask = {"channel": "wechat", "openid": HER, "code": code}
        backend.post(f"/bindings/{start['binding_id']}/confirm", ask)
        settings = {
            "HUANBAN_BACKEND_URL": backend.url,
            "HUANBAN_SERVICE_TOKEN": SERVICE_TOKEN,
            "HUANBAN_DESK_TOKEN": DESK_TOKEN,
            "HUANBAN_WECHAT_CONSENT_URL": CONSENT_URL,
        }
        account = Account()
        settings["HUANBAN_WECHAT_TEMPLATE_ID"] = account.template_id
        async with weixin_of(account) as weixin, running_channel(folder, weixin, ScriptedBot(files), **settings) as wechat:
            await wechat.parts.decisions.look()
            yield wechat, backend


def phone_of(backend: BackendCalls) -> str:
    import yaml

    from tests.support.backend import DEMO_LENDER_FILE

    lender = yaml.safe_load(DEMO_LENDER_FILE.read_text(encoding="utf-8"))
    return str(next(row["phone"] for row in lender["borrowers"] if row["borrower_id"] == BORROWER))


def decided(backend: BackendCalls, decision: str, reason: str) -> str:
    """Files a deferral and decides on it; its id."""
    loan = backend.get(f"/borrowers/{BORROWER}/loans")["loans"][0]
    quote = backend.post(f"/borrowers/{BORROWER}/loans/{loan['loan_id']}/deferral-quotes", {"period": "P7D"})
    path = f"/borrowers/{BORROWER}/loans/{loan['loan_id']}/deferrals"
    request = backend.post(path, {"quote_id": quote["quote_id"]}, key=quote["filing_key"])
    body = {"decision": decision, "reason": reason, "decided_by": "desk"}
    backend.post(f"/desk/requests/{request['request_id']}/decision", body)
    return str(request["request_id"])


def test_it_comes_as_the_customer_service_message_that_was_kept_for_it(tmp_path: Path, seeded_ledger: Path) -> None:
    async def scene() -> None:
        async with scene_of(tmp_path, seeded_ledger) as (wechat, backend):
            await wechat.calls.say(HER, "好")
            request_id = decided(backend, "approve", "材料齐全")
            await wechat.parts.decisions.look()
            await wechat.parts.decisions.look()
            row = await wechat.sees(request_id)
            assert "同意" in row["text"] and "材料齐全" in row["text"]
            await asyncio.sleep(0.2)
            assert sum(request_id in text for text in wechat.person().texts()) == 1

    asyncio.run(scene())


def test_a_consent_is_asked_for_once_and_spent_on_it(tmp_path: Path, seeded_ledger: Path) -> None:
    async def scene() -> None:
        async with scene_of(tmp_path, seeded_ledger) as (wechat, backend):
            await wechat.calls.say(HER, "好")
            await wechat.sees(CONSENT_URL)
            await wechat.calls.accept_subscription(HER)
            asked = sum(CONSENT_URL in text for text in wechat.person().texts())
            await wechat.calls.say(HER, "好")
            await asyncio.sleep(0.2)
            assert sum(CONSENT_URL in text for text in wechat.person().texts()) == asked == 1
            request_id = decided(backend, "refuse", "请先补交证明")
            await wechat.parts.decisions.look()
            assert [row["data"]["character_string1"]["value"] for row in wechat.weixin.account.subscribe_messages] == [request_id]
            assert wechat.person().consents == 0
            await asyncio.sleep(0.2)
            assert not any("请先补交证明" in row["text"] for row in wechat.person().shown if row.get("by") == "service")

    asyncio.run(scene())


def test_outside_the_window_it_waits_for_the_next_word_even_over_a_restart(tmp_path: Path, seeded_ledger: Path) -> None:
    async def scene() -> None:
        async with scene_of(tmp_path, seeded_ledger) as (wechat, backend):
            request_id = decided(backend, "approve", "材料齐全")  # she has not written yet
            await wechat.parts.decisions.look()
            await asyncio.sleep(0.2)
            assert wechat.person().texts() == []
            settings = {"HUANBAN_BACKEND_URL": backend.url, "HUANBAN_SERVICE_TOKEN": SERVICE_TOKEN}
            async with running_channel(tmp_path, wechat.weixin, **settings) as again:
                wechat.calls.url = again.url
                outcome = await again.calls.say(HER, "在吗")
                assert request_id in outcome.text and "同意" in outcome.text
                await again.parts.decisions.look()
                await asyncio.sleep(0.2)
                assert sum(request_id in text for text in again.person().texts()) == 1

    asyncio.run(scene())


def test_a_phone_that_was_unbound_in_the_meantime_is_told_nothing(tmp_path: Path, seeded_ledger: Path) -> None:
    async def scene() -> None:
        async with scene_of(tmp_path, seeded_ledger) as (wechat, backend):
            await wechat.calls.say(HER, "好")
            decided(backend, "approve", "材料齐全")
            backend.call("DELETE", f"/bindings?channel=wechat&openid={HER}")
            await wechat.parts.decisions.look()
            await asyncio.sleep(0.2)
            assert not any("材料齐全" in text for text in wechat.person().texts())  # nobody's phone by now

    asyncio.run(scene())

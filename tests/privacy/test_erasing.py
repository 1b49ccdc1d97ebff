"""What a borrower has deleted is gone from every store, once, with a proof; and nothing of it comes back."""

from __future__ import annotations

import asyncio
import io
import json
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.channels.chat.history import History
from bot.channels.wechat.deliveries import Deliveries
from bot.channels.wechat.people import People
from bot.channels.wechat.said import Said
from bot.channels.wechat.store import Store, deliveries
from bot.client.errors import BackendUnavailable
from bot.client.privacy import Erasure
from bot.config import Settings
from bot.privacy import desk_export, erasing
from bot.privacy.erasing import Erasing
from bot.privacy.keep_wechat import WeChatKeeper
from bot.privacy.keepers import keepers_of
from bot.privacy.serving import client_of
from bot.privacy.whose import Whose, whose
from bot.shared.locks import ConversationLocks
from tests.privacy.helpers import (
    BORROWER,
    DAY,
    SECRET_WORDS,
    bytes_of,
    conversation,
    conversations,
    spellings,
    tell_chat,
    tell_rasa,
    tell_wechat,
    told_to_rasa,
)
from tests.support.backend import BackendCalls

KEY = "erasure-0000000000000001"
OPENID = "openid-1"


def bind(lender: BackendCalls) -> None:
    lender.post("/bindings", {"channel": "wechat", "openid": OPENID, "phone": "13800001001"})
    (sent,) = lender.get("/desk/outbox")["messages"]
    (code,) = lender.rows("binding_codes")
    body = {"channel": "wechat", "openid": OPENID, "code": sent["code"]}
    lender.post(f"/bindings/{code['binding_id']}/confirm", body)


def say_it_everywhere(settings: Settings, lender: BackendCalls) -> None:
    bind(lender)
    long_ago = time.time() - 3600
    for channel in ("web", "wechat"):
        tell_rasa(settings, conversation(settings, channel), [SECRET_WORDS], long_ago)
    tell_chat(settings, conversation(settings), [SECRET_WORDS], long_ago)
    tell_wechat(settings.wechat.db, OPENID, SECRET_WORDS, long_ago)
    tell_rasa(settings, conversation(settings, borrower_id="B1002"), ["别人的话"], long_ago)
    tell_wechat(settings.wechat.db, "somebody-else", "别人的话", long_ago)


def ask(lender: BackendCalls, channel: str = "web", key: str = KEY) -> dict[str, Any]:
    return dict(lender.post(f"/borrowers/{BORROWER}/erasures", {"channel": channel}, key=key))


def worker(settings: Settings, told: list[str], locks: ConversationLocks | None = None) -> Erasing:
    held = locks or ConversationLocks(redis_url="")

    async def tell(of: Whose, erasure: Erasure) -> None:
        told.append(erasure.erasure_id)

    return Erasing(client_of(settings), keepers_of(settings), settings.conversation_secret, held.lock, tell, 730)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn is taken to be over at once; one test waits."""
    from datetime import timedelta

    monkeypatch.setattr(erasing, "SETTLED", {})
    monkeypatch.setattr(erasing, "SETTLED_ELSEWHERE", timedelta(0))


def test_all_stores_are_emptied_of_hers_and_of_nobody_elses(settings: Settings, lender: BackendCalls, tmp_path: Path) -> None:
    say_it_everywhere(settings, lender)
    receipt, told = ask(lender), []
    asyncio.run(worker(settings, told).look())
    of = whose(client_of(settings).loans_of(BORROWER), settings.conversation_secret)
    assert sum(keeper.left(of) for keeper in keepers_of(settings)) == 0
    assert told_to_rasa(settings, conversation(settings)) == [] == told_to_rasa(settings, conversation(settings, "wechat"))
    assert told_to_rasa(settings, conversation(settings, borrower_id="B1002")) == ["别人的话"]
    with WeChatKeeper(settings.wechat.db).engine.connect() as connection:
        assert connection.execute(sa.select(deliveries.c.openid)).scalars().all() == ["somebody-else"]
    if "sqlite" in settings.tracker_db:
        assert not any(spelling in bytes_of(tmp_path / "state") for spelling in spellings(SECRET_WORDS))
    assert told == [receipt["erasure_id"]]


def test_the_receipt_says_what_went_and_what_is_kept_and_no_word_of_it(settings: Settings, lender: BackendCalls) -> None:
    say_it_everywhere(settings, lender)
    receipt = ask(lender)
    assert receipt["erasure_id"].startswith("ER") and receipt["done_at"] is None
    asyncio.run(worker(settings, []).look())
    (proof,) = lender.get(f"/borrowers/{BORROWER}/erasures")["erasures"]
    assert proof["done_at"] and proof["removed"]["events"] == 8 and proof["removed"]["chat_messages"] == 1
    assert proof["removed"]["wechat_deliveries"] == 1 and proof["removed"]["proofs_of_undone_requests"] == 0
    assert {"借款合同、账单、还款记录", "姓名、身份证号、手机号"} <= {kept["what"] for kept in proof["kept"]}
    trail = [row for row in lender.rows("audit") if row["action"].startswith("erasure.")]
    assert [(row["action"], row["actor"], row["subject_id"]) for row in trail] == [
        ("erasure.asked", "borrower", receipt["erasure_id"]),
        ("erasure.done", "service:erasure", receipt["erasure_id"]),
    ]
    assert trail[1]["details"]["removed"]["events"] == 8
    assert SECRET_WORDS not in json.dumps([row["details"] for row in trail], ensure_ascii=False)


def test_asking_twice_is_asking_once_until_it_is_done(settings: Settings, lender: BackendCalls) -> None:
    first = ask(lender)
    again = lender.call("POST", f"/borrowers/{BORROWER}/erasures", {"channel": "web"}, key=KEY)
    assert again.status_code == 200 and again.json()["erasure_id"] == first["erasure_id"]
    assert ask(lender, "wechat", key="erasure-0000000000000002")["erasure_id"] == first["erasure_id"]
    asyncio.run(worker(settings, []).look())
    assert ask(lender, "wechat", key="erasure-0000000000000003")["erasure_id"] != first["erasure_id"]


def test_two_servers_carry_it_out_once(settings: Settings, lender: BackendCalls) -> None:
    say_it_everywhere(settings, lender)
    ask(lender)
    told: list[str] = []
    locks = ConversationLocks(redis_url="")

    async def both() -> None:
        await asyncio.gather(worker(settings, told, locks).look(), worker(settings, told, locks).look())

    asyncio.run(both())
    assert len(told) == 1
    assert len([row for row in lender.rows("audit") if row["action"] == "erasure.done"]) == 1


def test_it_waits_for_the_turn_under_way_and_deletes_what_that_turn_wrote(settings: Settings, lender: BackendCalls) -> None:
    """Rasa writes the events of the turn after its action has asked for the deletion."""
    say_it_everywhere(settings, lender)
    ask(lender)
    locks, told = ConversationLocks(redis_url=""), []

    async def run() -> None:
        async with locks.lock(conversation(settings)):
            looking = asyncio.create_task(worker(settings, told, locks).look())
            await asyncio.sleep(0.5)
            assert not told
            await asyncio.to_thread(_as_rasa_does, settings)
        await looking

    asyncio.run(run())
    assert told and told_to_rasa(settings, conversation(settings)) == []


def _as_rasa_does(settings: Settings) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        pool.submit(tell_rasa, settings, conversation(settings), ["删掉我的聊天记录"], time.time(), begins=False).result()


def test_a_server_that_has_the_conversation_in_memory_does_not_bring_it_back(settings: Settings, lender: BackendCalls) -> None:
    from rasa.shared.core.events import UserUttered

    say_it_everywhere(settings, lender)
    store = conversations(settings)

    async def run() -> None:
        mine = conversation(settings)
        tracker = await store.get_or_create_tracker(mine)
        tracker.update(UserUttered("删掉聊天记录", {"name": "ask_privacy"}), store.domain)
        await store.save(tracker)
        await asyncio.to_thread(ask, lender)
        await worker(settings, []).look()
        tracker = await store.get_or_create_tracker(mine)
        assert not any(isinstance(event, UserUttered) for event in tracker.events)
        assert tracker.get_slot("story") is None
        tracker.update(UserUttered("新的一句", {"name": "inform"}), store.domain)
        await store.save(tracker)

    asyncio.run(run())
    assert told_to_rasa(settings, conversation(settings)) == ["新的一句"]


def test_a_server_that_dies_half_way_leaves_it_to_the_next(
    settings: Settings, lender: BackendCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    say_it_everywhere(settings, lender)
    ask(lender)
    dying = worker(settings, [])
    monkeypatch.setattr(dying._keepers[1], "erase", lambda of: 1 / 0)
    assert not asyncio.run(dying.look())
    assert told_to_rasa(settings, conversation(settings)) == []
    assert lender.get("/erasures")["erasures"]
    told: list[str] = []
    asyncio.run(worker(settings, told).look())
    assert len(told) == 1 and lender.get("/erasures")["erasures"] == []


def test_nothing_begins_before_the_turn_can_be_over(
    settings: Settings, lender: BackendCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    say_it_everywhere(settings, lender)
    ask(lender, "wechat")
    monkeypatch.setattr(erasing, "SETTLED_ELSEWHERE", timedelta(seconds=3600))
    told: list[str] = []
    asyncio.run(worker(settings, told).look())
    assert not told and told_to_rasa(settings, conversation(settings)) == [SECRET_WORDS]


def test_what_is_too_old_is_forgotten_although_the_lender_cannot_be_asked(
    settings: Settings, lender: BackendCalls, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tell_chat(settings, conversation(settings), [SECRET_WORDS], time.time() - 800 * DAY)
    monkeypatch.setattr(erasing, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(erasing, "FIRST_RETENTION_SECONDS", 0.0)

    def nobody_answers(_: object) -> list[Erasure]:
        raise BackendUnavailable("away")

    monkeypatch.setattr(erasing, "erasures_to_do", nobody_answers)

    async def watch_for_a_while() -> None:
        watching = worker(settings, [])
        task = asyncio.create_task(watching.watch())
        await asyncio.sleep(1.0)
        watching.end()
        await asyncio.wait_for(task, 10)

    with caplog.at_level("INFO", logger="bot.privacy.erasing"):
        asyncio.run(watch_for_a_while())
    history = History(settings.chat_db)
    assert history.all_of(conversation(settings)) == []
    history.close()
    assert [record.message for record in caplog.records if "could not be read" in record.message] == [
        "what is to be deleted could not be read: away"
    ]


def test_a_message_that_waits_for_its_turn_is_not_lost_and_what_the_platform_repeats_is_still_known(
    settings: Settings, lender: BackendCalls
) -> None:
    say_it_everywhere(settings, lender)
    history = History(settings.chat_db)
    history.accept(conversation(settings), "id-1", {"text": "还有一句"}, "还有一句")
    store = Store(settings.wechat.db)
    number = Deliveries(store).put_to_wait(OPENID, [Said(SECRET_WORDS)], key="m:77")
    Deliveries(store).given(number, SECRET_WORDS)
    ask(lender)
    asyncio.run(worker(settings, []).look())
    turn = history.next_turn(conversation(settings))
    assert turn is not None and turn.text == "还有一句"
    assert len(history.all_of(conversation(settings))) == 1
    with store.engine.connect() as connection:
        (row,) = connection.execute(sa.select(deliveries).where(deliveries.c.openid == OPENID)).all()
    assert (row.delivery_key, row.answer, row.reply) == ("m:77", None, None)
    history.close()
    store.close()


def test_an_open_page_takes_what_is_said_afterwards_for_new(settings: Settings, lender: BackendCalls) -> None:
    history, hers = History(settings.chat_db), conversation(settings)
    seen = [history.add(hers, {"text": f"第{n}句"})["id"] for n in range(3)]
    history.set_care_mode(hers, True)
    for expected in ("another", "one after that"):
        ask(lender, key=f"erasure-{expected.replace(' ', '-')}")
        asyncio.run(worker(settings, []).look())
        assert history.all_of(hers) == [] and history.care_mode(hers) is True
        seen.append(history.add(hers, {"text": expected})["id"])
        assert [message["text"] for message in history.since(hers, seen[-2])] == [expected]
    assert seen == sorted(set(seen))
    history.close()


def test_a_message_that_waited_through_an_outage_is_run_and_the_numbers_go_on_behind_the_last(
    settings: Settings, lender: BackendCalls
) -> None:
    long_ago = time.time() - 300.0
    history, hers = History(settings.chat_db, clock=lambda: long_ago), conversation(settings)
    history.add(hers, {"text": "davor"})
    history.accept(hers, "id-1", {"text": "还有一句"}, "还有一句")
    last = history.add_all(hers, [{"text": "danach"}, {"text": "noch danach"}])[-1]["id"]
    ask(lender)
    asyncio.run(worker(settings, []).look())
    assert [message["text"] for message in history.all_of(hers)] == ["还有一句"]
    assert history.add(hers, {"text": "删了"})["id"] > last
    turn = history.next_turn(hers)
    assert turn is not None and turn.text == "还有一句"
    history.close()


def test_an_erasure_that_fails_keeps_nobody_elses_waiting_and_is_told_before_it_is_done(
    settings: Settings, lender: BackendCalls
) -> None:
    lender.post("/borrowers/B1002/erasures", {"channel": "web"}, key="erasure-of-another-1")
    ask(lender)
    told: list[str] = []
    working = worker(settings, told)

    async def nobody_can_be_told(of: Whose, erasure: Erasure) -> None:
        if of.borrower_id == "B1002":
            raise RuntimeError("the page is away")
        told.append(erasure.borrower_id)

    working._tell = nobody_can_be_told
    asyncio.run(working.look())
    assert told == [BORROWER] and lender.get(f"/borrowers/{BORROWER}/erasures")["erasures"][0]["done_at"]
    assert lender.get("/borrowers/B1002/erasures")["erasures"][0]["done_at"] is None


def test_what_holds_no_word_and_is_needed_to_go_on_stays(settings: Settings, lender: BackendCalls) -> None:
    bind(lender)
    store = Store(settings.wechat.db)
    People(store).remember(OPENID, care_mode=True, proof_request_id="DF00000001")
    ask(lender)
    asyncio.run(worker(settings, []).look())
    known = People(store).of(OPENID)
    assert known.care_mode is True and known.proof_request_id is None
    store.close()


def test_a_decision_that_waits_to_be_told_is_told_all_the_same(settings: Settings, lender: BackendCalls) -> None:
    bind(lender)
    store = Store(settings.wechat.db)
    Deliveries(store).put_to_wait(OPENID, [Said("DF00000001通过了")], key="d:1", purpose="decision", way="service")
    ask(lender)
    asyncio.run(worker(settings, []).look())
    with store.engine.connect() as connection:
        assert connection.execute(sa.select(deliveries.c.way)).scalars().all() == ["service"]
    store.close()


def test_in_wechat_it_is_told_once_by_the_channels_own_way(settings: Settings, lender: BackendCalls) -> None:
    bind(lender)
    keeper = WeChatKeeper(settings.wechat.db, can_send=False)
    of = whose(client_of(settings).loans_of(BORROWER), settings.conversation_secret)
    for _ in range(2):
        keeper.wait_with(of, Said("都删了，回执号ER00000001").to_json(), "er:ER00000001")
    store = Store(settings.wechat.db)
    assert Deliveries(store).waits(OPENID)
    with store.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(deliveries)).scalar() == 1
    store.close()


def test_proofs_of_a_request_that_was_undone_go_and_others_stay(settings: Settings, lender: BackendCalls) -> None:
    import base64

    ids = []
    for n in (1, 2):
        body = {"topic": "collection", "text": f"第{n}次"}
        filed = lender.post(f"/borrowers/{BORROWER}/complaints", body, key=f"complaint-0000000{n}")
        proof = {"name": "a.png", "content_base64": base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes([n]) * 50).decode()}
        ids.append(lender.post(f"/borrowers/{BORROWER}/requests/{filed['request_id']}/evidence", proof)["evidence_id"])
    lender.post(f"/borrowers/{BORROWER}/requests/{filed['request_id']}/undo")
    assert ask(lender)["removed"] == {"proofs_of_undone_requests": 1}
    assert [row["evidence_id"] for row in lender.rows("evidence")] == ids[:1]


def test_everything_held_is_in_one_file_and_who_made_it_is_on_the_trail(
    settings: Settings, lender: BackendCalls, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say_it_everywhere(settings, lender)
    assert desk_export.main([BORROWER, "--to", str(tmp_path), "--by", "陈主管"], settings) == 0
    (path,) = tmp_path.glob("huanban-B1001-*.zip")
    assert path.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    ledger = json.loads(files["ledger.json"])["tables"]
    assert ledger["loans"] and ledger["audit"] and ledger["bindings"] and "consents" in ledger
    assert {row["borrower_id"] for name in ("loans", "requests", "audit") for row in ledger[name]} == {BORROWER}
    assert SECRET_WORDS in files["conversations.json"] and SECRET_WORDS in files["chat.json"]
    assert SECRET_WORDS in files["wechat.json"] and "别人的话" not in "".join(files.values())
    made = lender.rows("audit")[-1]
    assert (made["action"], made["actor"], made["borrower_id"]) == ("export.made", "desk:陈主管", BORROWER)
    assert desk_export.main(["B9999", "--to", str(tmp_path)], settings) == 1
    assert "no such borrower" in capsys.readouterr().err

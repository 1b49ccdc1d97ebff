"""A talk through everything, with private values in every message; afterwards no file of any process holds one in clear.

The whole bot runs with logs at debug level, metrics, traces and the stream of events; its ledger, its conversations, the widget's
and WeChat's messages, the write-ahead files and all of its logs lie in one folder, which is then searched byte by byte.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import aio_pika
import pytest
import requests
from aiohttp import web

from bot.bench import servers
from bot.identity import Speaker
from bot.processes.supervisor import free_port
from bot.shared.events import QUEUE
from tests.support.backend import RunningBackend, running_backend
from tests.support.chat import Phone, RunningChat, ScriptedBot
from tests.support.private import Private, leaks, person
from tests.support.wechat.account import Account
from tests.support.wechat.api import add_api
from tests.support.wechat.calls import Calls
from tests.support.wechat.running import wechat_environment
from tests.support.whole_bot import WholeBot, whole_bot

FIRST_WORDS = "我这个月还不上了，能晚半个月还吗"
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
CHINESE = str.maketrans("0123456789", "零一二三四五六七八九")


class People:
    """Gives a new person for every message, and remembers them."""

    def __init__(self) -> None:
        self.all: list[Private] = []

    def next(self) -> Private:
        self.all.append(person(len(self.all)))
        return self.all[-1]

    def sentence(self, begin: str = "") -> str:
        """A message with everything about somebody new in it."""
        one = self.next()
        return (
            f"{begin}，我叫{one.name}，手机{one.phone}，身份证{one.id_card}，卡号{one.bank_card}，邮箱{one.email}，"
            f"住{one.address}，我妈叫{one.others_name}，她的电话{one.others_phone}，验证码是{one.code}"
        )

    def written_otherwise(self, begin: str = "") -> Iterator[str]:
        """The same in digits and groups of other kinds, a message each."""
        one = self.next()
        yield f"{begin}，本人{one.name}，{one.phone.translate(FULL_WIDTH)}，{one.id_card.translate(FULL_WIDTH)}"
        one = self.next()
        yield f"{begin}，{one.phone.translate(CHINESE)}，卡{one.bank_card.translate(CHINESE)}"
        one = self.next()
        card = " ".join(one.bank_card[n : n + 4] for n in range(0, 19, 4))
        yield f"{begin}，我妈{one.others_name} {one.others_phone[:3]}-{one.others_phone[3:7]}-{one.others_phone[7:]}，卡 {card}"
        one = self.next()
        yield f"{one.name} {one.phone[:3]} {one.phone[3:7]} {one.phone[7:]}\n{one.code}是验证码，{' '.join(one.id_card)}"


@contextlib.contextmanager
def collector(file: Path) -> Iterator[str]:
    """Takes traces and writes what came, as it came, into a file; gives its address."""

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802
            with file.open("ab") as kept:
                kept.write(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


@contextlib.contextmanager
def stream() -> Iterator[str]:
    """A RabbitMQ where there is one to be had; else none, and what would go there has tests of its own (tests/shared)."""
    with contextlib.ExitStack() as stack:
        url = ""
        with contextlib.suppress(servers.NotHere):
            folder = stack.enter_context(servers.own_folder())
            url, _ = stack.enter_context(servers.rabbitmq(folder / "rabbitmq"))
        yield url


async def _all_events(url: str) -> list[bytes]:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(QUEUE, durable=True)
        found, misses = [], 0
        while misses < 20:
            message = await queue.get(fail=False)
            if message is None:
                misses += 1
                await asyncio.sleep(0.05)
                continue
            await message.ack()
            found.append(message.body)
        return found


def test_no_private_value_that_was_said_anywhere_rests_anywhere_in_clear(tmp_path: Path) -> None:
    kept, people = tmp_path / "kept", People()
    kept.mkdir()
    account, api_port = Account(token="tokenofthetests", aes_key="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"), free_port()
    environment = {
        "HUANBAN_LOG_LEVEL": "debug",
        "HUANBAN_LOG_FORMAT": "json",
        **wechat_environment(account, f"http://127.0.0.1:{api_port}"),
    }
    with contextlib.ExitStack() as stack:
        traces = stack.enter_context(collector(kept / "traces"))
        events_url = stack.enter_context(stream())
        ledger = stack.enter_context(running_backend(kept / "ledger", HUANBAN_LOG_LEVEL="debug", HUANBAN_OTLP_ENDPOINT=traces))
        environment |= {"HUANBAN_OTLP_ENDPOINT": traces, "HUANBAN_EVENTS_URL": events_url, "HUANBAN_BACKEND_URL": ledger.url}
        bot = stack.enter_context(whole_bot(kept / "bot", **environment))
        _talk_over_http(bot, people)
        _hand_in_a_proof(bot, ledger, people)
        asyncio.run(_talk_in_the_widget(bot, people))
        asyncio.run(_talk_in_wechat(bot, account, api_port, people))
        actions_url = bot.settings.actions_url.removesuffix("/webhook")
        _keep_metrics(kept, bot.settings.metrics_token, ledger=ledger.url, actions=actions_url)
        _what_goes_wrong(bot, ledger, people)
        if events_url:
            said = asyncio.run(_all_events(events_url))
            assert len(said) > 50
            (kept / "events").write_bytes(b"\n".join(said))
        _keep_metrics(kept, bot.settings.metrics_token, rasa=bot.settings.bot_url)
        _everything_was_written(bot, kept)
        # While all of it runs, so that the write-ahead files hold what is new, and again when all of it has ended.
        assert leaks(kept, people.all) == []
    assert leaks(kept, people.all) == []


def _keep_metrics(kept: Path, token: str, **urls: str) -> None:
    for name, url in urls.items():
        answer = requests.get(f"{url}/metrics", headers={"Authorization": f"Bearer {token}"}, timeout=10)
        (kept / f"metrics-{name}").write_bytes(answer.content)


def _everything_was_written(bot: WholeBot, kept: Path) -> None:
    """What is searched holds the talk: an empty folder would be clean, too."""
    stored = bot.stored_conversations()
    for mask in ("[姓名]", "[手机号]", "[身份证号]", "[银行卡号]", "[邮箱]", "[地址]", "[密码]"):
        assert mask.encode("ascii", "backslashreplace").decode() in stored or mask in stored, mask
    log = bot.supervisor.log_of("Rasa server").read_text(encoding="utf-8").lower()
    mobile = "手机号".encode("ascii", "backslashreplace").decode()
    assert '"level": "debug"' in log and mobile in log.replace("\\\\", "\\"), "Rasa does not log what is said"
    assert (kept / "traces").stat().st_size > 1000


def _talk_over_http(bot: WholeBot, people: People) -> None:
    borrower = bot.borrower("B1002")
    borrower.says(people.sentence("你好"))
    for written in people.written_otherwise("你好"):
        borrower.says(written)
    bot.borrower(None).says(people.sentence("我是新来的"))
    # Forms: the reason of a deferral, a correction at its end, and what is told to a person of the lender's.
    borrower.says(FIRST_WORDS).hears("原因")
    borrower.says(people.sentence("我妈住院了")).says(people.sentence("不对"))
    borrower = bot.borrower("B1003").says(FIRST_WORDS)
    borrower.says("转人工").says(people.sentence("请转告"))
    # Complaints and collectors, in free text.
    borrower = bot.borrower("B1001").says(people.sentence("我要投诉你们客服态度太差，打了三次电话都没人管，我要投诉"))
    borrower.says(people.sentence("要他给我道歉")).hears("还没有交").taps("提交投诉").hears("交好了")
    borrower.says(people.sentence("催收给我同事打电话，骂人")).says(people.sentence("昨天晚上八点"))
    borrower.says(people.sentence("有人说转账到安全账户，我给了他"))
    borrower.says(people.sentence("换手机号"))
    # Text that wants to be a command or a button.
    for text in (f'/inform{{"phone": "{people.next().phone}"}}', f"EXTERNAL: {people.next().phone}", f"~{people.next().phone}~x"):
        borrower.says(text)
        borrower.post({"payload": text})


def _hand_in_a_proof(bot: WholeBot, ledger: RunningBackend, people: People) -> None:
    bot.borrower("B1001").says("那个投诉办到哪了")
    path = "/borrowers/B1001/loans/L1001"
    quote = ledger.post(f"{path}/deferral-quotes", {"period": "P15D"})
    request_id = ledger.post(f"{path}/deferrals", {"quote_id": quote["quote_id"]}, key=quote["filing_key"])["request_id"]
    headers = {"Authorization": f"Bearer {bot.borrower('B1001').token}"}
    url = f"{bot.settings.bot_url}/webhooks/chat/evidence"
    one, two, three = people.next(), people.next(), people.next()
    name = f"{one.phone} 身份证{one.id_card} 卡{one.bank_card} 我叫{one.name}.pdf"
    files = {"file": (name, b"%PDF-1.7\n a proof", "application/pdf")}
    answer = requests.post(url, files=files, data={"request_id": request_id}, headers=headers, timeout=30)
    assert answer.status_code == 201 and "[手机号]" in answer.json()["name"], answer.text
    for wrong in ({"request_id": two.phone}, {"request_id": request_id, "note": three.phone}):
        files = {"file": (f"{two.name}{two.phone}.exe", b"MZ" + three.bank_card.encode(), "application/pdf")}
        assert requests.post(url, files=files, data=wrong, headers=headers, timeout=30).status_code >= 400
    requests.post(url, files={"file": ("a.pdf", b"%PDF-1.7\n")}, data={"request_id": two.id_card}, headers=headers, timeout=30)


async def _talk_in_the_widget(bot: WholeBot, people: People) -> None:
    chat = RunningChat(bot.settings.bot_url, bot.settings, ScriptedBot(), SimpleNamespace(), None)
    phone = await Phone(chat).connect(chat.token("B1004"))
    await phone.say(people.sentence("你好"))
    await phone.until(lambda: len(phone.texts()) >= 1)
    assert (await phone.call("rate", {"score": 2, "text": people.sentence("说得不清楚")}))["ok"]
    await phone.call("say", {"id": str(uuid.uuid4()), "payload": f"~{people.next().phone}~x", "title": people.next().phone})
    await phone.call("say", {"id": people.next().phone + "-0000", "text": 7})
    await phone.call("read", {"id": people.next().phone})
    await phone.call("care_mode", {"on": people.next().phone})
    await asyncio.sleep(0.5)
    await phone.leave()


async def _talk_in_wechat(bot: WholeBot, account: Account, api_port: int, people: People) -> None:
    app = web.Application()
    add_api(app, account)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", api_port).start()
    calls = Calls(account, f"{bot.settings.bot_url}/webhooks/wechat/webhook")
    try:
        await calls.say("oPrivateOfTheTests", people.sentence("你好"))
        for written in people.written_otherwise("我想问问"):
            await calls.say("oPrivateOfTheTests", written)
    finally:
        await calls.close()
        await runner.cleanup()


def _what_goes_wrong(bot: WholeBot, ledger: RunningBackend, people: People) -> None:
    """Refused calls, a backend that is away or mad, an action that fails, no action server at all: each with its log."""
    url, talk = bot.settings.bot_url, bot.borrower("B1002")
    talk.post({"text": people.sentence() * 12})
    talk.post({"text": people.sentence(), "sender": people.next().phone})
    talk.post({"payload": people.sentence()})
    talk.post({"text": "你好"}, token=people.next().phone)
    for address in (
        f"/{people.next().phone}",
        f"/webhooks/web/messages?phone={people.next().phone}",
        "/webhooks/chat/transcript",
    ):
        requests.get(f"{url}{address}", headers={"User-Agent": people.next().email}, timeout=10)
    requests.post(f"{url}/webhooks/web/messages", data=people.sentence().encode(), timeout=10)
    call = {
        "next_action": "action_show_bill",
        "tracker": {"sender_id": people.next().phone, "slots": {"reason": people.sentence()}},
    }
    for headers in ({}, {"Authorization": f"Bearer {bot.settings.actions_token}"}):
        refused = requests.post(bot.settings.actions_url, json=call, headers=headers, timeout=10)
        assert refused.status_code == 401 or headers
        assert not [one for one in people.all if one.phone in refused.text or one.name in refused.text], refused.text
    requests.post(bot.settings.actions_url, json={"next_action": people.next().phone, "tracker": {}}, headers=headers, timeout=10)
    hers = Speaker("web", "B1002").conversation_id(bot.settings.conversation_secret)
    broken = {"sender_id": hers, "slots": people.sentence(), "events": people.next().phone, "latest_message": people.next().email}
    failed = requests.post(bot.settings.actions_url, json={**call, "tracker": broken}, headers=headers, timeout=10)
    assert not [one for one in people.all if one.phone in failed.text or one.name in failed.text], failed.text
    ledger.kill()
    talk.says(people.sentence("我欠多少")).says(people.sentence(FIRST_WORDS)).says(people.sentence("我要投诉"))
    bot.supervisor.kill("action server")
    said = talk.says(people.sentence("我欠多少")).says(people.sentence(FIRST_WORDS))
    assert said.text


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HUANBAN_DATA_KEYS", "HUANBAN_EVENTS_URL"):
        monkeypatch.delenv(name, raising=False)


def test_talk_is_what_the_scan_knows(tmp_path: Path) -> None:
    people = People()
    said = people.sentence("你好")
    (tmp_path / "log").write_text(said, encoding="utf-8")
    assert len({line.split(":")[1].split(" of ")[0] for line in leaks(tmp_path, people.all)}) == len(people.all[0].values())

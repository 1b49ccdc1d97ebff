"""How many of WeChat's calls are answered in time when many borrowers write at once and the loan backend is slow.

Action server and backend are real, in processes of their own; between them and the channel stands a stand-in for Rasa that runs
the one action of "my plan" and nothing else, so the figures are those of the channel and of what lies behind it, without the
understanding of a sentence. WeChat's side is simulated: signed, encrypted, five seconds, three tries.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp
import uvloop
import yaml

from bot import config
from bot.bench.actions import many_borrowers
from bot.identity import Speaker
from bot.processes.services import services_of
from bot.processes.supervisor import Supervisor, free_port

IN_TIME_SHARE, OWN_COST_MS = 0.999, 2.0


def main(arguments: list[str]) -> int:
    """Prints the figures; the exit code is 1 when one misses its bound."""
    parser = argparse.ArgumentParser(prog="./huanban bench wechat", description=__doc__)
    parser.add_argument("--borrowers", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--delay-ms", type=int, default=300, help="how much slower the backend answers")
    parser.add_argument("--json", type=Path, help="write the figures into a file")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        seconds, passive, (own, processor) = measure(Path(folder), options.borrowers, options.rounds, options.delay_ms)
    ranked = sorted(seconds)
    figures: dict[str, Any] = {
        "borrowers_at_once": options.borrowers,
        "backend_delay_ms": options.delay_ms,
        "messages": len(ranked),
        "passive_in_time": round(passive / len(ranked), 4),
        "p50_ms": round(statistics.median(ranked) * 1000),
        "p95_ms": round(ranked[int(len(ranked) * 0.95)] * 1000),
        "max_ms": round(ranked[-1] * 1000),
        "own_cost_p50_ms": round(statistics.median(own) * 1000, 2),
        "own_cost_p95_ms": round(sorted(own)[int(len(own) * 0.95)] * 1000, 2),
        "own_processor_ms": round(processor * 1000, 2),
        "cores": os.cpu_count(),
    }
    print("\n".join(f"  {name:<18} {value}" for name, value in figures.items()))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    missed = figures["passive_in_time"] < IN_TIME_SHARE or figures["own_cost_p50_ms"] >= OWN_COST_MS
    print(
        f"{'✗' if missed else '✓'} {IN_TIME_SHARE:.1%} passive replies in time, own cost under {OWN_COST_MS:.0f} ms at the median"
    )
    return int(missed)


def measure(folder: Path, borrowers: int, rounds: int, delay_ms: int) -> tuple[list[float], int, tuple[list[float], float]]:
    """Seconds of each message, how many were answered with the call's first try, and the channel's own seconds of a message."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HUANBAN_")},
        "HUANBAN_STATE_DIR": str(folder),
        "HUANBAN_ACTIONS_PORT": str(free_port()),
        "HUANBAN_BACKEND_PORT": str(free_port()),
    }
    settings = config.load(environment)
    lender_file = folder / "lender.yml"
    lender_file.write_text(yaml.safe_dump(many_borrowers(borrowers), allow_unicode=True), encoding="utf-8")
    extra = {"HUANBAN_LENDER_FILE": str(lender_file), "HUANBAN_BACKEND_DELAY_MS": str(delay_ms)}
    services = [service for service in services_of(settings, folder, extra) if service.name != "Rasa server"]
    with Supervisor(settings.logs_dir) as supervisor:
        supervisor.start(services)
        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())  # as Sanic does, which the Rasa server runs on
        return asyncio.run(_measure(folder, settings, borrowers, rounds))


async def _measure(
    folder: Path, settings: config.Settings, borrowers: int, rounds: int
) -> tuple[list[float], int, tuple[list[float], float]]:
    from bot.channels.wechat.replies import Patience

    # The simulator lies with the tests, which nothing of the bot imports otherwise.
    chat = importlib.import_module("tests.support.chat")
    running = importlib.import_module("tests.support.wechat.running")

    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    class Front(running.PlainFront):  # type: ignore[name-defined]
        async def known(self, openid: str) -> tuple[Speaker, bool | None]:
            return Speaker("wechat", openid.removeprefix("openid-")), None

    async def show_plan(message: Any) -> None:
        if message.text == "在吗":
            await message.output_channel.send_response(message.sender_id, {"text": "在"})
            return
        latest = {"text": message.text, "intent": {"name": "ask_bill"}, "entities": [], "message_id": "m"}
        tracker = {"sender_id": message.sender_id, "slots": {}, "events": [], "latest_message": latest, "active_loop": {}}
        call = {"next_action": "action_show_bill", "sender_id": message.sender_id, "tracker": tracker}
        async with session.post(settings.actions_url, params={"token": settings.actions_token}, json=call) as answer:
            said = (await answer.json()).get("responses", [])
        for response in said:
            await message.output_channel.send_text_message(message.sender_id, str(response.get("response")))

    account = running.Account("tokenofthebench", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
    secret = {"HUANBAN_CONVERSATION_SECRET": settings.conversation_secret}
    try:
        async with running.weixin_of(account, hang_up_seconds=5.0) as weixin:
            bot = chat.ScriptedBot(show_plan)
            async with running.running_channel(folder, weixin, bot, front=Front(), patience=Patience(), **secret) as wechat:
                seconds: list[float] = []
                passive = 0
                for number in range(rounds + 1):
                    outcomes = await asyncio.gather(*(weixin.calls.say(f"openid-T{n}", "我欠多少") for n in range(borrowers)))
                    if number:  # the first round warms up
                        seconds += [outcome.seconds for outcome in outcomes]
                        passive += sum(len(o.tries) == 1 and "utter_next_due" in o.text for o in outcomes)
                return seconds, passive, await _own_cost(wechat)
    finally:
        await session.close()


async def _own_cost(wechat: Any, messages: int = 300) -> tuple[list[float], float]:
    """Seconds from the arrival of a call to its answer when the bot answers at once, one after the other; and those of processor.

    The simulator's own work, and the loopback's, is measured at an address of the channel's that does nothing, and taken off. The
    seconds of processor are what remains when other programs keep the machine busy.
    """
    calls, session = wechat.calls, wechat.calls.session
    prepared = [
        calls.query(calls.message(f"openid-C{number % 10}", {"MsgType": "text", "Content": "在吗"})) for number in range(messages)
    ]
    empty, whole = [], []
    spent = [time.process_time()]
    for query, _ in prepared:
        began = time.perf_counter()
        async with session.get(wechat.url.removesuffix("webhook"), params=query) as answer:
            await answer.read()
        empty.append(time.perf_counter() - began)
    spent.append(time.process_time())
    for query, body in prepared:
        began = time.perf_counter()
        async with session.post(wechat.url, params=query, data=body.encode()) as answer:
            await answer.read()
        whole.append(time.perf_counter() - began)
    spent.append(time.process_time())
    nothing = statistics.median(empty)
    return [seconds - nothing for seconds in whole], (spent[2] - 2 * spent[1] + spent[0]) / messages

"""How a borrower goes on until it is settled: asks, confirms, asks again what became of it, and tries once more when told so."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Iterable
from dataclasses import dataclass

from bot.bench.faults.line import Line, Message
from bot.bench.faults.plans import KILLS, MANY, ON_THE_WIRE, Plan
from bot.bench.faults.proxy import Trouble
from bot.bench.faults.words import (
    BEING_PROCESSED,
    FILED,
    FILED_ALREADY,
    NONE_THERE,
    STANDS,
    UNKNOWN,
    outcome_of,
    words,
)
from bot.bench.faults.world import World

FIRST_WORDS = {
    "deferral": "我这个月还不上了，能晚半个月还吗",
    "restructure": "我想办分期还",
    "complaint": "我要投诉你们客服，挂了我{number}次电话，态度太差",
}
CONFIRMING = {"deferral": "提交", "restructure": "提交", "complaint": "提交投诉"}
TYPED_YES = "好的，就这样提交吧"
HOW_IT_STANDS = "我的申请怎么样了"
SUM = "每月700元"
# Buttons that lead on to the confirmation.
LEADING_ON = ("不想说", "不说了，直接交", "记成投诉")
_TRIES = 10
# A fault that hits everything until the first confirmation ends after so many tries that never came to one.
_TRIES_IN_TROUBLE = 3
_STEPS = 5
_A_MOMENT = 1.0


@dataclass
class Talk:
    """One conversation of a plan.

    Attributes:
        first_outcome: what the borrower heard after the first confirmation; None when they never came to one.
        tries: how often they began anew.
    """

    plan: Plan
    line: Line
    world: World
    first_outcome: str | None = None
    tries: int = 0

    def __post_init__(self) -> None:
        """No fault has been met yet."""
        self._chooser: random.Random = self.plan.chooser()
        self._breaking: list[asyncio.Task[None]] = []
        self._was_killed = False
        self.trouble = Trouble("none", self.plan.place, 0, self._chooser)

    async def go_on_until_settled(self) -> None:
        """The whole of it; ends with the question how it stands, when no fault is left."""
        self._get_into_trouble()
        try:
            for self.tries in range(1, _TRIES + 1):
                if await self._try():
                    break
                await asyncio.sleep(_A_MOMENT)
                await self.world.whole()
                if self.tries >= _TRIES_IN_TROUBLE:
                    self.trouble.left = 0
        finally:
            self.trouble.left = 0
            await asyncio.gather(*self._breaking, return_exceptions=True)
        await self.world.proxy.settled(self.plan.borrower_id)
        await self._how_it_stands()
        await self.line.leave()

    async def _try(self) -> bool:
        """Asks and confirms once; True when it is settled."""
        ready, said = await self._come_to_the_question()
        if FILED_ALREADY in said:
            return True
        if not ready:
            return False
        said = await self._confirm()
        outcome = outcome_of(said)
        self.first_outcome = self.first_outcome or outcome
        if self.trouble.left > MANY // 2:
            self.trouble.left = 0
        if outcome in (UNKNOWN, BEING_PROCESSED):
            # As they were told: not once more, but asking in a while. Some confirm again all the same, as people do.
            await self.world.proxy.settled(self.plan.borrower_id)
            return STANDS in await self._how_it_stands() and self._chooser.random() < 0.5
        return outcome in (FILED, FILED_ALREADY)

    async def _come_to_the_question(self) -> tuple[bool, set[str]]:
        """Whether a yes is asked for, and what the last answer says of a filing."""
        first = FIRST_WORDS[self.plan.topic].format(number=self.plan.number + 1)
        again = "再试一次" if self.tries > 1 and self._chooser.random() < 0.5 else ""
        payload = self.line.payload(again) if again else None
        answer = await self.line.say({"payload": payload, "title": again} if payload else {"text": first})
        for _ in range(_STEPS):
            said = _said(answer)
            if FILED_ALREADY in said or not answer:
                return False, said
            titles = [button["title"] for message in answer for button in message.get("buttons") or []]
            if CONFIRMING[self.plan.topic] in titles:
                return True, said
            on = next((title for title in LEADING_ON if title in titles), None)
            if on:
                answer = await self._tap(on)
            elif any("utter_ask_restructure_wish" in words().names(message.get("text", "")) for message in answer):
                answer = await self.line.say({"text": SUM})
            else:
                return False, said
        return False, _said(answer)

    async def _confirm(self) -> set[str]:
        self._break_something()
        if self.plan.typed:
            return _said(await self.line.say({"text": TYPED_YES}, self.plan.channel))
        return _said(await self._tap(CONFIRMING[self.plan.topic], self.plan.channel))

    async def _tap(self, title: str, channel: str = "once") -> list[Message]:
        payload = self.line.payload(title)
        return await self.line.say({"payload": payload, "title": title} if payload else {"text": title}, channel)

    async def _how_it_stands(self) -> set[str]:
        """What is said to the question, asked until it can be looked up."""
        said: set[str] = set()
        for _ in range(4):
            said = _said(await self.line.say({"text": HOW_IT_STANDS}))
            if said & {STANDS, NONE_THERE}:
                return said
            await asyncio.sleep(_A_MOMENT)
            await self.world.whole()
        return said

    # What goes wrong.

    def _get_into_trouble(self) -> None:
        plan = self.plan
        if plan.fault in ON_THE_WIRE and plan.fault != "refused":
            self.trouble = Trouble(plan.fault, plan.place, plan.times, self._chooser)
        elif plan.fault in KILLS and plan.moment in ("before_commit", "after_commit"):
            self.trouble = Trouble("none", plan.place, 0, self._chooser, self._kill_at)
        self.world.proxy.troubles[plan.borrower_id] = self.trouble
        if plan.fault in KILLS and plan.moment == "at_the_beginning":
            self._soon(self._kill(self._chooser.uniform(0, 1.5)))
        elif plan.fault == "refused" and plan.place == "anywhere":
            self._soon(self._be_away())

    def _break_something(self) -> None:
        """At the confirmation."""
        if self.plan.fault in KILLS and self.plan.moment == "after_the_confirmation" and not self._was_killed:
            self._soon(self._kill(self._chooser.uniform(0, 0.4)))
        elif self.plan.fault == "refused" and self.plan.place != "anywhere" and not self.trouble.hits:
            self._soon(self._be_away())

    def _soon(self, doing: object) -> None:
        self._breaking.append(asyncio.create_task(doing))  # type: ignore[arg-type]

    async def _kill_at(self, moment: str) -> None:
        if moment == self.plan.moment and not self._was_killed:
            self._soon(self._kill(0))
            await asyncio.sleep(0.1)  # the kill comes first, then whatever was to come

    async def _kill(self, after_seconds: float) -> None:
        self._was_killed = True
        await asyncio.sleep(after_seconds)
        self.trouble.hits += 1
        another_day = self.plan.fault == "backend_of_another_day"
        name = "backend" if another_day else self.plan.fault.removeprefix("killed_")
        with contextlib.suppress(asyncio.CancelledError):
            await self.world.kill_and_restart(name, another_day=another_day)

    async def _be_away(self) -> None:
        self.trouble.hits += 1
        async with self.world.proxy.away():
            await asyncio.sleep(self._chooser.uniform(0.2, 3.0))


def _said(answer: Iterable[Message]) -> set[str]:
    return {says for message in answer for says in words().says(message.get("text", ""))}

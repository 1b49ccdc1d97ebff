"""Many conversations at once, each with a borrower, a fault and a judgement of its own."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bot.bench.faults.books import Books
from bot.bench.faults.judge import Case, Ledger, Spoken, Violation, judged, turns
from bot.bench.faults.line import Line, Message
from bot.bench.faults.plans import Plan
from bot.bench.faults.talk import CONFIRMING, TYPED_YES, Talk
from bot.bench.faults.words import outcome_of
from bot.bench.faults.world import World, running_world
from bot.identity import web_token

# Whose answers are given to others by mistake; they talk first and nothing goes wrong for them.
FORERUNNERS = (4991, 4992, 4993)
MOST_RUNS = 4900
RUN_SECONDS = 300.0
KINDS = {"deferral": "deferral", "restructure": "restructure", "complaint": "complaint"}


@dataclass
class Run:
    """One conversation and what came of it.

    Attributes:
        outcome: what was heard after the first confirmation; None when there was none.
        hits: how often its fault was met.
        tries: how often the borrower had to begin.
    """

    plan: Plan
    outcome: str | None
    hits: int
    tries: int
    seconds: float
    spoken: list[Spoken] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)


@dataclass
class Found:
    """All of them.

    Attributes:
        wanted: how many there should have been.
        of_the_ledger: what is wrong in the ledger as a whole.
        kills: of which process, how often.
        cut_short: what ended it before its time; empty when nothing did, `--minutes` included.
    """

    wanted: int
    runs: list[Run] = field(default_factory=list)
    of_the_ledger: list[str] = field(default_factory=list)
    kills: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    cut_short: str = ""

    @property
    def broken(self) -> int:
        """How many promises were broken."""
        return sum(len(run.violations) for run in self.runs) + len(self.of_the_ledger)


async def run_all(
    folder: Path,
    plans: Sequence[Plan],
    model: Path,
    *,
    at_once: int = 12,
    minutes: float | None = None,
    tell: Callable[[Found], None] = lambda found: None,
    found: Found | None = None,
) -> Found:
    """Every plan's conversation, so many at a time, over one ledger.

    Args:
        folder: for databases and logs.
        plans: each with a number of its own.
        model: a trained model.
        at_once: borrowers who talk at the same time.
        minutes: no conversation is begun after these.
        tell: called after each conversation.
        found: filled in place, for a caller that wants to keep what there is when it is interrupted.

    Raises:
        NotHere: a process did not start.
    """
    found, waiting = found or Found(wanted=len(plans)), list(reversed(plans))
    numbers = [plan.number for plan in plans]
    async with running_world(folder, [*numbers, *FORERUNNERS], model) as world:
        books = Books(world.ledger)
        of_everybody = await asyncio.to_thread(books.of_everybody)
        await _forerun(world)
        began = time.monotonic()

        async def one_after_the_other() -> None:
            while waiting and (minutes is None or time.monotonic() - began < minutes * 60):
                found.runs.append(await _conversation(waiting.pop(), world, books, of_everybody))
                found.seconds = time.monotonic() - began
                tell(found)

        try:
            await asyncio.gather(*(one_after_the_other() for _ in range(at_once)))
        finally:
            # Ended early or not: what has run is judged against the whole ledger too.
            found.seconds = time.monotonic() - began
            _judge_strangers_numbers(found, books)
            found.of_the_ledger = _of_the_ledger(books)
            for name, _ in world.kills:
                found.kills[name] = found.kills.get(name, 0) + 1
    return found


async def _forerun(world: World) -> None:
    for number, topic in zip(FORERUNNERS, KINDS, strict=True):
        plan = Plan(number, topic, "none", "filing", 0, "", "once", typed=False, seed="")
        line = Line(world.settings.bot_url, web_token(plan.borrower_id, world.settings.web_secret))
        await Talk(plan, line, world).go_on_until_settled()


async def _conversation(plan: Plan, world: World, books: Books, of_everybody: Ledger) -> Run:
    began = time.monotonic()
    line = Line(world.settings.bot_url, web_token(plan.borrower_id, world.settings.web_secret))
    talk = Talk(plan, line, world)
    failed = ""
    try:
        await asyncio.wait_for(talk.go_on_until_settled(), RUN_SECONDS)
    except asyncio.TimeoutError:
        failed = f"it did not end within {RUN_SECONDS:.0f} s"
        with contextlib.suppress(Exception):
            await line.leave()
    case = await asyncio.to_thread(_case, plan, line, world, books)
    violations = await asyncio.to_thread(judged, case, of_everybody)
    if failed:
        violations.append(Violation("silence", failed))
    first = next((turn for turn in turns(case.spoken) if turn.confirms), None)
    outcome = outcome_of(first.says) if first else None
    seconds = round(time.monotonic() - began, 2)
    return Run(plan, outcome, talk.trouble.hits, talk.tries, seconds, list(case.spoken), violations)


def _case(plan: Plan, line: Line, world: World, books: Books) -> Case:
    loan_id = f"L{plan.borrower_id[1:]}"
    posts = [post for post in world.proxy.posts if post.borrower_id == plan.borrower_id]
    spoken = [_spoken(message, plan) for message in line.messages]
    rows = books.rows_of(plan.borrower_id, loan_id)
    return Case(plan.number, plan.borrower_id, loan_id, KINDS[plan.topic], spoken, posts, rows)


def _spoken(message: Message, plan: Plan) -> Spoken:
    at = datetime.fromisoformat(message["at"].replace("Z", "+00:00")).timestamp()
    text = str(message.get("text") or "")
    if not text and message.get("card"):
        text = f"[{message['card'].get('type')}]"
    by = "bot" if message["from"] == "bot" else "borrower"
    return Spoken(at, by, text, confirms=by == "borrower" and text in (CONFIRMING[plan.topic], TYPED_YES))


def _judge_strangers_numbers(found: Found, books: Books) -> None:
    """Whose number a request has is known of all of them only at the end."""
    owners = books.of_everybody()
    for run in found.runs:
        case = Case(run.plan.number, run.plan.borrower_id, "", "", run.spoken, [], [])
        known = {violation.because for violation in run.violations}
        strange = [v for v in judged(case, owners) if v.promise == "across" and v.because not in known]
        run.violations += strange


def _of_the_ledger(books: Books) -> list[str]:
    filed = books.filed_according_to_the_audit_trail()
    owners = books.of_everybody().owners
    trouble = [f"{number} was filed {times} times according to the audit trail" for number, times in filed.items() if times != 1]
    trouble += [f"{number} is in the ledger and not in the audit trail" for number in owners if number not in filed]
    return trouble + [f"the key {key} led to more than one request" for key in books.keys_used_twice()]

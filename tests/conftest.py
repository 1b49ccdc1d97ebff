"""What several rooms share: the whole bot, started once, and a fresh ledger behind it for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import settings

from bot.backend import lender_file, seed
from bot.backend.clock import Clock
from bot.backend.policy import Policy
from bot.backend.store import Store
from bot.demo import demo_borrowers
from tests.support.backend import DEMO_LENDER_FILE, TODAY, BackendCalls, backend_in_a_thread
from tests.support.whole_bot import Talk, WholeBot, whole_bot

# The same examples in every run: a commit is green or it is not. `--hypothesis-profile=default` goes looking for new ones.
settings.load_profile("ci")


@pytest.fixture(scope="session")
def bot_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeBot]:
    """Rasa and the action server, for the whole run."""
    with whole_bot(tmp_path_factory.mktemp("bot")) as bot:
        yield bot


@pytest.fixture
def bot(bot_process: WholeBot) -> WholeBot:
    """The running bot, with nothing said yet."""
    bot_process.forget_conversations()
    return bot_process


@pytest.fixture(scope="session")
def seeded_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of the demo borrowers as of `TODAY`, to be copied: a start then takes a fraction of a second."""
    path = tmp_path_factory.mktemp("seeded") / "ledger.db"
    store = Store(f"sqlite:///{path}", Clock(date.fromisoformat(TODAY)))
    seed.plant(store, Policy(lender_file.read(DEMO_LENDER_FILE), undo_minutes=10, quote_minutes=30))
    store.close()
    return path


@pytest.fixture
def ledger(bot: WholeBot, seeded_ledger: Path, tmp_path: Path) -> Iterator[BackendCalls]:
    """The loan backend that the bot asks, over a fresh ledger."""
    with backend_in_a_thread(tmp_path / "ledger", template=seeded_ledger, port=bot.backend_port) as backend:
        yield backend


@pytest.fixture
def talk(bot: WholeBot, ledger: BackendCalls) -> Callable[[str], Talk]:
    """Speaks as a demo borrower, by name; `guest` is somebody who is not logged in."""
    ids = {borrower.name: borrower.borrower_id for borrower in demo_borrowers()}
    return lambda name: bot.borrower(None if name == "guest" else ids[name])

"""A fresh ledger for each test; filled once, then copied, so that a start takes a fraction of a second."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.backend import lender_file, seed
from bot.backend.clock import Clock
from bot.backend.policy import Policy
from bot.backend.store import Store
from tests.support.backend import DEMO_LENDER_FILE, TODAY, BackendCalls, backend_in_a_thread


@pytest.fixture(scope="session")
def filled_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of the demo borrowers as of `TODAY`."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.db"
    store = Store(f"sqlite:///{path}", Clock(date.fromisoformat(TODAY)))
    seed.plant(store, Policy(lender_file.read(DEMO_LENDER_FILE), undo_minutes=10, quote_minutes=30))
    store.close()
    return path


@pytest.fixture
def backend(tmp_path: Path, filled_ledger: Path) -> Iterator[BackendCalls]:
    """The demo backend as of `TODAY`; requests can be undone for ten minutes."""
    with backend_in_a_thread(tmp_path, template=filled_ledger) as running:
        yield running


@pytest.fixture
def deciding_backend(tmp_path: Path, filled_ledger: Path) -> Iterator[BackendCalls]:
    """The same, where a request can be decided as soon as it is filed."""
    with backend_in_a_thread(tmp_path, template=filled_ledger, HUANBAN_UNDO_MINUTES=0) as running:
        yield running


@pytest.fixture(scope="module")
def read_only_backend(tmp_path_factory: pytest.TempPathFactory, filled_ledger: Path) -> Iterator[BackendCalls]:
    """One for a whole module, for tests that write nothing."""
    with backend_in_a_thread(tmp_path_factory.mktemp("read"), template=filled_ledger) as running:
        yield running

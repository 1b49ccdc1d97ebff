"""A fresh ledger for each test, a copy of the seeded one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.backend import BackendCalls, backend_in_a_thread


@pytest.fixture
def backend(tmp_path: Path, seeded_ledger: Path) -> Iterator[BackendCalls]:
    """The demo backend as of `TODAY`; requests can be undone for ten minutes."""
    with backend_in_a_thread(tmp_path, template=seeded_ledger) as running:
        yield running


@pytest.fixture
def deciding_backend(tmp_path: Path, seeded_ledger: Path) -> Iterator[BackendCalls]:
    """The same, where a request can be decided as soon as it is filed."""
    with backend_in_a_thread(tmp_path, template=seeded_ledger, HUANBAN_UNDO_MINUTES=0) as running:
        yield running


@pytest.fixture(scope="module")
def read_only_backend(tmp_path_factory: pytest.TempPathFactory, seeded_ledger: Path) -> Iterator[BackendCalls]:
    """One for a whole module, for tests that write nothing."""
    with backend_in_a_thread(tmp_path_factory.mktemp("read"), template=seeded_ledger) as running:
        yield running

"""The history on PostgreSQL, where several servers share it: what holds on SQLite holds there."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.backend.test_postgresql import server_url  # noqa: F401 - a fixture
from tests.unit.channels.test_chat_history import (  # noqa: F401 - fixtures, and the tests themselves
    clock,
    history,
    test_a_forgotten_conversation_leaves_nothing_and_others_stay,
    test_a_turn_whose_server_is_gone_is_interrupted_and_not_begun_again,
    test_ids_sort_as_text_and_count_within_a_conversation,
    test_one_client_id_is_one_message_even_for_two_servers_at_once,
    test_servers_that_write_at_once_make_no_gap_and_no_double,
    test_the_only_server_takes_up_at_once_what_its_predecessor_left,
    test_the_title_of_a_button_is_found_wherever_it_was_shown,
    test_turns_come_one_after_the_other_and_only_when_the_one_before_is_done,
    test_two_servers_never_both_begin_a_turn,
    test_what_is_read_never_goes_back_and_never_beyond_what_is_there,
)


@pytest.fixture
def url(server_url: str, tmp_path: Path) -> str:  # noqa: F811
    """A database of its own."""
    name = f"chat_{abs(hash(tmp_path)) % 10**12}"
    engine = sa.create_engine(server_url, poolclass=sa.pool.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    return f"{server_url.rpartition('/')[0]}/{name}"

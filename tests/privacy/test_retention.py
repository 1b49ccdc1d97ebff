"""What ended longer ago than the lender keeps it is forgotten in every store; what goes on is not cut."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.channels.chat.history import History
from bot.channels.wechat.store import deliveries
from bot.commands import retention as command
from bot.config import Settings
from bot.privacy.keep_wechat import WeChatKeeper
from bot.privacy.keepers import keepers_of
from bot.privacy.retention import forget
from bot.privacy.whose import Whose
from tests.privacy.helpers import (
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

NOW = 2e9
OLD, YOUNG = NOW - 800 * DAY, NOW - 10 * DAY


def chat_texts(settings: Settings, conversation_id: str) -> list[str]:
    history = History(settings.chat_db)
    texts = [message["text"] for message in history.all_of(conversation_id)]
    history.close()
    return texts


def test_old_sessions_go_and_young_ones_stay(settings: Settings) -> None:
    mine, hers = conversation(settings), conversation(settings, borrower_id="B1002")
    tell_rasa(settings, mine, ["alt 1", "alt 2"], OLD)
    tell_rasa(settings, mine, ["jung"], YOUNG)
    tell_rasa(settings, hers, ["alt 3"], OLD)
    done = forget(keepers_of(settings), 730, now=NOW)
    assert done["conversations"]["events"] > 0
    assert told_to_rasa(settings, mine) == ["jung"] and told_to_rasa(settings, hers) == []


def test_a_session_that_goes_on_past_the_moment_is_kept_whole(settings: Settings) -> None:
    mine, edge = conversation(settings), NOW - 730 * DAY
    tell_rasa(settings, mine, ["lange her"], edge - 3 * DAY)
    tell_rasa(settings, mine, ["davor", "noch davor", "danach", "noch danach"], edge - 5.0)
    forget(keepers_of(settings), 730, now=NOW)
    assert told_to_rasa(settings, mine) == ["davor", "noch davor", "danach", "noch danach"]
    tell_rasa(settings, mine, ["viel später"], NOW - 5 * DAY)
    forget(keepers_of(settings), 730, now=NOW + DAY)
    assert told_to_rasa(settings, mine) == ["viel später"]


def test_a_conversation_after_the_forgetting_goes_on_where_it_was(settings: Settings) -> None:
    """Rasa saves what a tracker has beyond what is in the database; forgetting may not make it save the old again."""
    import asyncio

    from rasa.shared.core.events import UserUttered

    mine = conversation(settings)
    tell_rasa(settings, mine, ["alt"], OLD)
    tell_rasa(settings, mine, ["jung"], YOUNG)

    async def say() -> None:
        store = conversations(settings)
        tracker = await store.get_or_create_tracker(mine)
        forget(keepers_of(settings), 730, now=NOW)
        tracker.update(UserUttered("eben", {"name": "inform"}, timestamp=NOW), store.domain)
        await store.save(tracker)

    asyncio.run(say())
    assert told_to_rasa(settings, mine) == ["jung", "eben"]


def test_the_chat_forgets_talks_and_not_half_of_one(settings: Settings) -> None:
    mine, hers, edge = conversation(settings), conversation(settings, borrower_id="B1002"), NOW - 730 * DAY
    tell_chat(settings, mine, ["lange her"], edge - 3 * DAY)
    tell_chat(settings, mine, ["davor", "noch davor", "danach"], edge - 2.0)
    tell_chat(settings, hers, ["alt"], OLD)
    history = History(settings.chat_db, clock=lambda: OLD)
    history.set_care_mode(hers, True)
    history.rate(hers, 5, "gut")
    reached = history.all_of(hers)[-1]["id"]
    history.close()
    done = forget(keepers_of(settings), 730, now=NOW)
    assert chat_texts(settings, mine) == ["davor", "noch davor", "danach"] and chat_texts(settings, hers) == []
    assert done["chat"] == {"chat_messages": 2, "chat_ratings": 1, "chat_conversations": 1}
    history = History(settings.chat_db)
    assert history.add(mine, {"text": "weiter"})["id"] > history.all_of(mine)[-2]["id"]  # ids go on and are not given again
    assert history.add(hers, {"text": "wieder da"})["id"] > reached and history.care_mode(hers) is None
    history.close()


def test_wechat_forgets_answers_nobody_fetched_and_lists(settings: Settings) -> None:
    tell_wechat(settings.wechat.db, "o-old", SECRET_WORDS, OLD)
    tell_wechat(settings.wechat.db, "o-young", SECRET_WORDS, NOW - 60)
    keeper = WeChatKeeper(settings.wechat.db, clock=lambda: NOW)
    done = keeper.forget_idle(NOW - 730 * DAY)
    assert (done["wechat_deliveries"], done["wechat_lists"]) == (1, 1)
    with keeper.engine.connect() as connection:
        assert connection.execute(sa.select(deliveries.c.openid)).scalars().all() == ["o-young"]


def test_what_is_forgotten_is_gone_from_the_files_themselves(settings: Settings, database: str | None, tmp_path: Path) -> None:
    if database:
        pytest.skip("PostgreSQL's files are its own; its vacuum frees them")
    tell_rasa(settings, conversation(settings), [SECRET_WORDS], OLD)
    tell_chat(settings, conversation(settings), [SECRET_WORDS], OLD)
    tell_wechat(settings.wechat.db, "o-old", SECRET_WORDS, OLD)
    assert any(spelling in bytes_of(tmp_path / "state") for spelling in spellings(SECRET_WORDS))
    forget(keepers_of(settings), 730, now=NOW)
    assert not any(spelling in bytes_of(tmp_path / "state") for spelling in spellings(SECRET_WORDS))


def test_twice_and_on_several_machines_at_once_is_the_same_as_once(settings: Settings) -> None:
    ids = [conversation(settings, borrower_id=f"B{n}") for n in range(12)]
    for conversation_id in ids:
        tell_rasa(settings, conversation_id, ["alt"] * 3, OLD)
        tell_rasa(settings, conversation_id, ["jung"], YOUNG)
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: forget(keepers_of(settings), 730, now=NOW), range(3)))
    assert sum(one["conversations"]["events"] for one in done) == 12 * 8
    assert all(told_to_rasa(settings, conversation_id) == ["jung"] for conversation_id in ids)
    assert forget(keepers_of(settings), 730, now=NOW)["conversations"]["events"] == 0


def test_in_the_second_year_there_is_as_much_to_load_as_on_the_first_day(settings: Settings) -> None:
    mine = conversation(settings)
    for n in range(100):
        tell_rasa(settings, mine, ["一句"], NOW - 900 * DAY + n * 9 * DAY)
    keeper = keepers_of(settings)[0]
    before = keeper.left(Whose("B1001", (mine,)))
    forget([keeper], 730, now=NOW)
    assert keeper.left(Whose("B1001", (mine,))) < before * 0.85
    store = conversations(settings)
    with store.session_scope() as session:
        assert len(store._event_query(session, mine, fetch_events_from_all_sessions=False).all()) <= 4


def test_the_command_says_what_it_would_do_and_then_does_it(
    settings: Settings, database: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if database:
        pytest.skip("once is enough")
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    tell_rasa(settings, conversation(settings), ["alt"], time.time() - 800 * DAY)
    assert command.main(["--dry-run"]) == 0
    assert "conversations: would forget 4 events" in capsys.readouterr().out
    assert told_to_rasa(settings, conversation(settings)) == ["alt"]
    assert command.main([]) == 0
    assert "conversations: forgot 4 events" in capsys.readouterr().out
    assert told_to_rasa(settings, conversation(settings)) == []


def test_a_store_that_is_away_does_not_keep_the_others_from_forgetting(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell_chat(settings, conversation(settings), ["alt"], OLD)
    keepers = keepers_of(settings)
    monkeypatch.setattr(keepers[0], "forget_idle", lambda *_, **__: 1 / 0)
    done = forget(keepers, 730, now=NOW)
    assert "conversations" not in done and done["chat"]["chat_messages"] == 1

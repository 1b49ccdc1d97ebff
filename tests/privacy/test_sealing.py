"""With the lender's key nothing that was said rests in clear; without it nothing changes; with a wrong one nothing starts."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import sealing
from bot.backend.clock import Clock
from bot.backend.store import Store as Ledger
from bot.channels.chat.history import History
from bot.channels.wechat.store import Store, deliveries
from bot.commands import keys
from bot.commands.doctor import examine
from bot.config import ConfigurationError, Settings
from bot.privacy.keepers import keepers_of
from bot.sealing import SealBroken, Sealer
from tests.privacy.conftest import KEY, OTHER_KEY
from tests.privacy.helpers import (
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
from tests.support.backend import backend_in_a_thread

PICTURE = b"\x89PNG\r\n\x1a\n" + SECRET_WORDS.encode() * 20


def say_it_everywhere(settings: Settings) -> None:
    tell_rasa(settings, conversation(settings), [SECRET_WORDS], 1e9)
    tell_chat(settings, conversation(settings), [SECRET_WORDS], 1e9)
    tell_wechat(settings.wechat.db, "openid-1", SECRET_WORDS, 1e9)


def everything_in(settings: Settings) -> str:
    """All cells of all tables of the bot's databases, as the database gives them, without our types."""
    found = []
    for keeper in keepers_of(settings):
        with keeper.engine.connect() as connection:
            for name in sa.inspect(connection).get_table_names():
                found += [str(tuple(row)) for row in connection.execute(sa.text(f'SELECT * FROM "{name}"'))]
    return "\n".join(found)


def test_with_a_key_nothing_that_was_said_rests_in_clear(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUANBAN_DATA_KEYS", KEY)
    say_it_everywhere(settings)
    held = everything_in(settings)
    assert SECRET_WORDS not in held and "hb1." in held
    for spelling in spellings(SECRET_WORDS):
        assert spelling not in bytes_of(tmp_path / "state")
    assert told_to_rasa(settings, conversation(settings)) == [SECRET_WORDS]
    history = History(settings.chat_db)
    assert [message["text"] for message in history.all_of(conversation(settings))] == [SECRET_WORDS]
    history.close()
    store = Store(settings.wechat.db)
    with store.engine.connect() as connection:
        assert connection.execute(sa.select(deliveries.c.reply)).scalars().all() == [f"<xml>{SECRET_WORDS}</xml>"]
    store.close()


def test_without_a_key_everything_rests_as_it_did(settings: Settings) -> None:
    say_it_everywhere(settings)
    held = everything_in(settings)
    assert "hb1." not in held and any(spelling.decode() in held for spelling in spellings(SECRET_WORDS))
    with keepers_of(settings)[0].engine.connect() as connection:
        assert not sa.inspect(connection).has_table("huanban_data_keys")


def test_what_was_written_before_there_was_a_key_stays_readable_and_is_written_anew(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    say_it_everywhere(settings)
    monkeypatch.setenv("HUANBAN_DATA_KEYS", KEY)
    tell_rasa(settings, conversation(settings), ["新的一句"], 2e9, begins=False)
    assert told_to_rasa(settings, conversation(settings)) == [SECRET_WORDS, "新的一句"]
    assert keys._reseal(settings) == 0
    assert all(spelling.decode() not in everything_in(settings) for spelling in spellings(SECRET_WORDS))
    assert told_to_rasa(settings, conversation(settings)) == [SECRET_WORDS, "新的一句"]
    capsys.readouterr()
    assert keys._reseal(settings) == 0  # again, there is nothing left to do
    assert ": 0 rows of events" in capsys.readouterr().out


def test_a_new_key_in_front_opens_what_the_old_one_sealed_until_that_can_go(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUANBAN_DATA_KEYS", OTHER_KEY)
    say_it_everywhere(settings)
    monkeypatch.setenv("HUANBAN_DATA_KEYS", f"{KEY}, {OTHER_KEY}")
    assert told_to_rasa(settings, conversation(settings)) == [SECRET_WORDS]
    assert keys._reseal(settings) == 0
    monkeypatch.setenv("HUANBAN_DATA_KEYS", KEY)
    assert told_to_rasa(settings, conversation(settings)) == [SECRET_WORDS]
    history = History(settings.chat_db)
    assert [message["text"] for message in history.all_of(conversation(settings))] == [SECRET_WORDS]
    history.close()


@pytest.mark.parametrize("other", ["", OTHER_KEY])
def test_a_process_without_the_key_does_not_start_and_says_why(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    monkeypatch.setenv("HUANBAN_DATA_KEYS", KEY)
    say_it_everywhere(settings)
    monkeypatch.setenv("HUANBAN_DATA_KEYS", other)
    needed = Sealer([KEY]).first
    with pytest.raises(ConfigurationError, match=f"HUANBAN_TRACKER_DB is encrypted with key {needed}.*Put that key back"):
        conversations(settings)
    with pytest.raises(ConfigurationError, match="HUANBAN_CHAT_DB|HUANBAN_TRACKER_DB"):
        History(settings.chat_db)
    with pytest.raises(ConfigurationError, match=str(needed)):
        Store(settings.wechat.db)
    assert any(missing for _, _, missing in keys.missing_keys(settings))


def test_the_doctor_says_which_key_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUANBAN_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("HUANBAN_DATA_KEYS", KEY)
    History(f"sqlite:///{tmp_path / 'chat.db'}").close()
    assert any(finding.well and "every key is there" in finding.what for finding in examine())
    monkeypatch.setenv("HUANBAN_DATA_KEYS", OTHER_KEY)
    (wrong,) = [finding for finding in examine() if "is missing" in finding.what]
    assert not wrong.well and "Put that key back" in wrong.mend


@pytest.mark.parametrize("key", ["kurz", base64.b64encode(b"x" * 31).decode(), "ß" * 44])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(ConfigurationError, match="32 bytes in base64"):
        Sealer([key])


def test_a_value_opens_at_its_place_only_and_unchanged() -> None:
    sealer = Sealer([KEY])
    sealed = sealer.seal("秘密", "events.data")
    with pytest.raises(SealBroken, match="belongs somewhere else"):
        sealer.open(sealed, "chat_messages.said")
    with pytest.raises(SealBroken):
        sealer.open(sealed[:-8] + "AAAAAAA=", "events.data")
    with pytest.raises(SealBroken, match="does not hold"):
        Sealer([OTHER_KEY]).open(sealed, "events.data")


@pytest.mark.parametrize("text", ["hb1.00000000.AAAA", "hb0.x", "", "普通"])
def test_what_looks_sealed_and_is_not_is_read_as_it_was_written(text: str) -> None:
    for sealer in (Sealer(), Sealer([KEY])):
        assert sealer.open(sealer.seal(text, "x.y"), "x.y") == text


def test_proofs_their_names_and_requests_words_rest_sealed_in_the_ledger(
    tmp_path: Path, seeded_ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUANBAN_DATA_KEYS", KEY)
    with backend_in_a_thread(tmp_path, template=seeded_ledger) as backend:
        body = {"topic": "collection", "text": SECRET_WORDS}
        filed = backend.post("/borrowers/B1001/complaints", body, key="complaint-00000001")
        proof = {"name": f"{SECRET_WORDS}.png", "content_base64": base64.b64encode(PICTURE).decode()}
        path = f"/borrowers/B1001/requests/{filed['request_id']}/evidence"
        kept = backend.post(path, proof)
        assert kept["name"] == proof["name"]
        assert backend.call("GET", f"/desk/evidence/{kept['evidence_id']}/content").content == PICTURE
        assert backend.get(f"/borrowers/B1001/requests/{filed['request_id']}")["terms"]["text"] == SECRET_WORDS
        for spelling in spellings(SECRET_WORDS):
            assert spelling not in bytes_of(tmp_path)
    monkeypatch.setenv("HUANBAN_DATA_KEYS", OTHER_KEY)
    with pytest.raises(ConfigurationError, match="HUANBAN_BACKEND_DATABASE_URL is encrypted with key"):
        Ledger(backend.database_url, Clock())


def test_the_ledger_is_written_anew_with_the_first_key(
    tmp_path: Path, seeded_ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with backend_in_a_thread(tmp_path, template=seeded_ledger) as backend:
        body = {"topic": "collection", "text": SECRET_WORDS}
        filed = backend.post("/borrowers/B1001/complaints", body, key="complaint-00000001")
        monkeypatch.setenv("HUANBAN_DATA_KEYS", KEY)
        from bot.backend.schema import requests
        from bot.privacy.databases import engine_of

        with engine_of(backend.database_url, "x", sa.MetaData()).connect().execution_options(writes=True) as connection:
            assert sealing.reseal(connection, requests, batch=2) > 2
            assert sealing.reseal(connection, requests, batch=2) == 0
        assert backend.get(f"/borrowers/B1001/requests/{filed['request_id']}")["terms"]["text"] == SECRET_WORDS
        assert all(str(row["terms"]).startswith("hb1.") for row in backend.rows("requests"))

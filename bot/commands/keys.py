"""`./huanban keys`: the lender's keys for what rests in the databases (`HUANBAN_DATA_KEYS`)."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from bot import config, sealing
from bot.config import ConfigurationError


def main(arguments: list[str]) -> int:
    """Makes a key, says which keys each database needs, or writes everything anew with the first key."""
    parser = argparse.ArgumentParser(prog="./huanban keys", description="Keys that encrypt what rests in the databases.")
    parser.add_argument(
        "what",
        choices=["status", "new", "reseal"],
        nargs="?",
        default="status",
        help="status: which keys are needed where; new: a key at random; reseal: write everything anew with the first key",
    )
    what = parser.parse_args(arguments).what
    if what == "new":
        print(sealing.new_key())
        return 0
    settings = config.load()
    os.environ.update(settings.environment())
    return _status(settings) if what == "status" else _reseal(settings)


def databases(settings: config.Settings) -> Iterator[tuple[str, str]]:
    """The databases that are there, each with the setting that names it."""
    from bot.backend.settings import database_url

    urls = [("HUANBAN_TRACKER_DB", settings.tracker_db), ("HUANBAN_CHAT_DB", settings.chat_db)]
    if settings.wechat.app_id:
        urls.append(("HUANBAN_WECHAT_DB", settings.wechat.db))
    if settings.wecom.corp_id and settings.wecom.db != settings.wechat.db:
        urls.append(("HUANBAN_WECHAT_DB", settings.wecom.db))
    if settings.backend_is_embedded:
        urls.append(("HUANBAN_BACKEND_DATABASE_URL", database_url({**os.environ, **settings.environment()})))
    for setting, url in urls:
        parsed = sa.engine.make_url(url)
        if parsed.get_backend_name() != "sqlite" or os.path.exists(str(parsed.database)):
            yield setting, url


def missing_keys(settings: config.Settings) -> Iterator[tuple[str, list[str], list[str]]]:
    """Of each database: the setting that names it, the keys it needs, and those of them that are not here.

    Raises:
        ConfigurationError: a key of the setting is none.
    """
    known = sealing.Sealer(sealing.keys_of({**os.environ, **settings.environment()})).key_ids
    for setting, url in databases(settings):
        engine = sa.create_engine(url, future=True, poolclass=sa.pool.NullPool)
        with engine.connect() as connection:
            needed = sealing.keys_needed(connection)
        yield setting, needed, [key_id for key_id in needed if key_id not in known]


def _status(settings: config.Settings) -> int:
    sealer = sealing.in_force()
    print(f"Key that encrypts: {sealer.first or 'none, everything rests as it is'}")
    print(f"Keys that decrypt: {', '.join(sealer.key_ids) or 'none'}")
    wrong = 0
    for setting, needed, missing in missing_keys(settings):
        print(f"{'✗' if missing else '✓'} {setting} needs {', '.join(needed) or 'no key'}")
        if missing:
            print(f"  → {sealing.missing_sentence(setting, missing)}")
        wrong += bool(missing)
    return 1 if wrong else 0


def _reseal(settings: config.Settings) -> int:
    if sealing.in_force().first is None:
        raise ConfigurationError(f"{sealing.SETTING} is empty; `./huanban keys new` makes a key.")
    for setting, engine, tables in _sealed_tables(settings):
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            sealing.check(connection, setting)
        for table in tables:
            with engine.connect().execution_options(writes=True) as connection:
                print(f"{setting}: {sealing.reseal(connection, table):,} rows of {table.name} were written anew")
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            sealing.forget_other_keys(connection)
    print(f"Everything is encrypted with {sealing.in_force().first}; other keys can leave {sealing.SETTING}.")
    return 0


def _sealed_tables(settings: config.Settings) -> Iterator[tuple[str, Any, list[sa.Table]]]:
    from bot.backend.migrations.tables import load_all_tables
    from bot.privacy.databases import engine_of
    from bot.privacy.keepers import keepers_of

    for keeper in keepers_of(settings):
        yield keeper.setting, keeper.engine, list(keeper.tables)
    for setting, url in databases(settings):
        if setting == "HUANBAN_BACKEND_DATABASE_URL":
            tables = load_all_tables()
            yield setting, engine_of(url, setting, tables), [t for t in tables.sorted_tables if _is_sealed(t)]


def _is_sealed(table: sa.Table) -> bool:
    return any(isinstance(column.type, sealing.Sealed) for column in table.columns)

"""Encryption at rest with the lender's own keys (`HUANBAN_DATA_KEYS`): what was said, and proofs, are written sealed.

AES-256-GCM. A sealed value names the key it was sealed with and is bound to its place (table and column), so that it opens
nowhere else. The first key seals, all of them open: a new key goes in front, `./huanban keys reseal` writes everything anew, and
then the old one can go. Without keys everything is written as it is, and what was written so stays readable when there are keys.

Each database remembers which keys it needs (`huanban_data_keys`): a process without one of them refuses to start instead of
showing nonsense.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.types import TypeDecorator

from bot.config import ConfigurationError

SETTING = "HUANBAN_DATA_KEYS"
KEY_BYTES, _NONCE_BYTES = 32, 12
_MARK = "hb1."
# What is written without a key and happens to begin like something sealed.
_PLAIN_MARK = "hb0."
_BYTES_MARK = b"hb1\x00"
_SEALED_BYTES_HEAD = len(_BYTES_MARK) + 4
_KEYS_TABLE = "huanban_data_keys"


class SealBroken(Exception):  # noqa: N818 - a sentence: the seal is broken
    """A value that no key here opens; the message names the key and never the value."""


class Sealer:
    """Seals with the first key, opens with all.

    Args:
        keys: each 32 bytes in base64.

    Raises:
        ConfigurationError: a key is no such thing.
    """

    def __init__(self, keys: Sequence[str] = ()) -> None:
        self._keys: dict[str, AESGCM] = {}
        for key in keys:
            raw = _raw(key)
            self._keys.setdefault(hashlib.sha256(b"huanban data key\x00" + raw).hexdigest()[:8], AESGCM(raw))
        self.first = next(iter(self._keys), None)

    @property
    def key_ids(self) -> tuple[str, ...]:
        """Names of the keys, the one that seals first; nobody can make a key of its name."""
        return tuple(self._keys)

    def seal(self, clear: str, place: str) -> str:
        """The text as it is written; itself, when there is no key.

        >>> sealer = Sealer(["a2V5LW9mLTMyLWJ5dGVzLS0tLS0tLS0tLS0tLS0tLS0="])
        >>> sealer.seal("欠八千", "chat_messages.said")[:13], sealer.open(sealer.seal("欠八千", "x.y"), "x.y")
        ('hb1.769cdd4b.', '欠八千')
        """
        if self.first is None:
            return _PLAIN_MARK + clear if clear.startswith((_MARK, _PLAIN_MARK)) else clear
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._keys[self.first].encrypt(nonce, clear.encode(), place.encode())
        return f"{_MARK}{self.first}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, written: str, place: str) -> str:
        """The text in clear; what was written without a key is itself.

        Raises:
            SealBroken: it was sealed with a key that is not here, or it was changed or moved.
        """
        if not written.startswith(_MARK):
            return written.removeprefix(_PLAIN_MARK)
        key_id, _, body = written.removeprefix(_MARK).partition(".")
        try:
            sealed = base64.urlsafe_b64decode(body)
        except binascii.Error as error:
            raise SealBroken(f"a value of {place} is damaged") from error
        return self._open(key_id, sealed, place).decode()

    def seal_bytes(self, clear: bytes, place: str) -> bytes:
        """Bytes as they are written; themselves, when there is no key."""
        if self.first is None:
            return clear
        nonce = os.urandom(_NONCE_BYTES)
        return _BYTES_MARK + bytes.fromhex(self.first) + nonce + self._keys[self.first].encrypt(nonce, clear, place.encode())

    def open_bytes(self, written: bytes, place: str) -> bytes:
        """Bytes in clear.

        Raises:
            SealBroken: as `open`.
        """
        if not written.startswith(_BYTES_MARK):
            return written
        return self._open(written[len(_BYTES_MARK) : _SEALED_BYTES_HEAD].hex(), written[_SEALED_BYTES_HEAD:], place)

    def _open(self, key_id: str, sealed: bytes, place: str) -> bytes:
        key = self._keys.get(key_id)
        if key is None:
            raise SealBroken(f"a value of {place} was sealed with key {key_id}, which {SETTING} does not hold")
        try:
            return key.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode())
        except InvalidTag as error:
            raise SealBroken(f"a value of {place} was changed, or belongs somewhere else") from error


def keys_of(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The keys of the setting, the one that seals first."""
    return tuple(key for key in re.split(r"[,\s]+", environment.get(SETTING, "")) if key)


def new_key() -> str:
    """A key made at random."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


@lru_cache(maxsize=8)
def _sealer(keys: tuple[str, ...]) -> Sealer:
    return Sealer(keys)


def in_force() -> Sealer:
    """The sealer of this process.

    Raises:
        ConfigurationError: a key cannot be used.
    """
    global _of_this_process
    given = os.environ.get(SETTING, "")
    if _of_this_process is None or _of_this_process[0] != given:
        _of_this_process = (given, _sealer(keys_of(os.environ)))
    return _of_this_process[1]


_of_this_process: tuple[str, Sealer] | None = None


def _raw(key: str) -> bytes:
    try:
        raw = base64.b64decode(key.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != KEY_BYTES:
        raise ConfigurationError(f"{SETTING} must hold keys of 32 bytes in base64; `./huanban keys new` makes one.")
    return raw


# Columns.


class SealedText(TypeDecorator[str]):
    """A text column that is sealed; `place` is its table and name."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """As it is written."""
        return None if value is None else in_force().seal(value, self.place)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """As it was."""
        return None if value is None else in_force().open(value, self.place)


class SealedJson(TypeDecorator[Any]):
    """A JSON column that is sealed: what is written is a JSON string, so the column's own type stays."""

    impl = sa.JSON
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """As it is written."""
        sealer = in_force()
        return value if value is None or sealer.first is None else sealer.seal(json.dumps(value, ensure_ascii=False), self.place)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """As it was."""
        if isinstance(value, str) and value.startswith(_MARK):
            return json.loads(in_force().open(value, self.place))
        return value


class SealedBytes(TypeDecorator[bytes]):
    """A column of bytes that is sealed."""

    impl = sa.LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """As it is written."""
        return None if value is None else in_force().seal_bytes(value, self.place)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """As it was."""
        return None if value is None else in_force().open_bytes(bytes(value), self.place)


Sealed = (SealedText, SealedJson, SealedBytes)


# Which keys a database needs.


def keys_needed(connection: Connection) -> list[str]:
    """Names of the keys that this database was written with, as it remembers them itself."""
    if not sa.inspect(connection).has_table(_KEYS_TABLE):
        return []
    return sorted(connection.execute(sa.text(f"SELECT key_id FROM {_KEYS_TABLE}")).scalars())


def check(connection: Connection, database: str) -> None:
    """Sees that every key the database needs is here, and has it remember the one that seals from now on.

    Args:
        connection: in a transaction that may write.
        database: the setting that names it, for the message.

    Raises:
        ConfigurationError: one is not.
    """
    sealer, needed = in_force(), keys_needed(connection)
    missing = [key_id for key_id in needed if key_id not in sealer.key_ids]
    if missing:
        raise ConfigurationError(missing_sentence(database, missing))
    if sealer.first is None or sealer.first in needed:
        return
    connection.execute(sa.text(f"CREATE TABLE IF NOT EXISTS {_KEYS_TABLE} (key_id VARCHAR(8) PRIMARY KEY)"))
    known = sa.text(f"INSERT INTO {_KEYS_TABLE} (key_id) VALUES (:it) ON CONFLICT DO NOTHING")
    connection.execute(known, {"it": sealer.first})


def missing_sentence(database: str, missing: Sequence[str]) -> str:
    """What is wrong, and what to do about it."""
    return (
        f"The database of {database} is encrypted with key {', '.join(missing)}, which {SETTING} does not hold. "
        "Put that key back, behind the one that is to encrypt from now on; without it nobody can read what was written."
    )


def reseal(connection: Connection, table: sa.Table, batch: int = 500) -> int:
    """Writes every value of a table that is not sealed with the first key anew; how many rows that were.

    Each batch is a transaction of its own, so it can be broken off and begun again while the bot runs.

    Args:
        connection: of an engine whose transactions take SQLite's lock at their beginning.
        table: with sealed columns, or none.
        batch: rows a transaction.

    Raises:
        SealBroken: a value no key here opens.
    """
    sealer, done = in_force(), 0
    columns = [column for column in table.columns if isinstance(column.type, Sealed)]
    keys = list(table.primary_key.columns)
    if sealer.first is None or not columns:
        return 0
    raw = [sa.type_coerce(column, column.type.impl).label(f"raw_{column.name}") for column in columns]
    last: tuple[Any, ...] | None = None
    while True:
        query = sa.select(*keys, *columns, *raw).order_by(*keys).limit(batch).with_for_update()
        if last is not None:
            after = (sa.literal(value, key.type) for value, key in zip(last, keys, strict=True))
            query = query.where(sa.tuple_(*keys) > sa.tuple_(*after))
        with connection.begin():
            rows = connection.execute(query).all()
            for row in rows:
                found = row._mapping
                stale = {c.name: found[c] for c in columns if _is_stale(found[f"raw_{c.name}"], sealer.first)}
                if stale:
                    mine = [key == found[key] for key in keys]
                    done += int(connection.execute(sa.update(table).where(*mine).values(**stale)).rowcount)
        if len(rows) < batch:
            return done
        last = tuple(rows[-1]._mapping[key] for key in keys)


def forget_other_keys(connection: Connection) -> None:
    """After everything was written anew: the database needs the first key only."""
    if sa.inspect(connection).has_table(_KEYS_TABLE):
        connection.execute(sa.text(f"DELETE FROM {_KEYS_TABLE} WHERE key_id <> :it"), {"it": in_force().first})


def _is_stale(raw: Any, first: str) -> bool:
    if raw is None:
        return False
    if isinstance(raw, (bytes, memoryview)):
        return not bytes(raw).startswith(_BYTES_MARK + bytes.fromhex(first))
    return not (isinstance(raw, str) and raw.startswith(f"{_MARK}{first}."))

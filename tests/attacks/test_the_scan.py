"""The scan for private values can fail: planted in any form, in any kind of file, a value is found."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from bot.channels.masking import mask
from tests.support.private import leaks, person

PEOPLE = [person(number) for number in range(96)]
WAYS: dict[str, Callable[[str], bytes]] = {
    "UTF-8": lambda text: text.encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16, the other way round": lambda text: text.encode("utf-16-be"),
    "escaped": lambda text: "".join(f"\\u{ord(c):04X}" for c in text).encode(),
    "JSON": lambda text: json.dumps({"text": f"前{text}后"}).encode(),
    "escaped JSON in JSON": lambda text: json.dumps(json.dumps(json.dumps({"text": text}))).encode(),
    "JSON in JSON": lambda text: json.dumps(json.dumps({"text": text}, ensure_ascii=False), ensure_ascii=False).encode(),
    "percent-encoded": lambda text: f"GET /?q={quote(text)}&x=1".encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64 from the second byte": lambda text: b"data:" + base64.b64encode(b"a" + text.encode() + b"b"),
    "base64 from the third byte": lambda text: base64.urlsafe_b64encode(b"ab" + text.encode() + b"c"),
    "base64 of UTF-16": lambda text: base64.b64encode(text.encode("utf-16-le")),
    "hexadecimal": lambda text: text.encode().hex().encode(),
    "character references": lambda text: "".join(f"&#{ord(c)};" for c in text).encode(),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_planted_value_is_found_in_each_form(tmp_path: Path, way: str) -> None:
    planted = PEOPLE[5]
    (tmp_path / "deeper").mkdir()
    for kind, value in planted.values().items():
        path = tmp_path / "deeper" / "file.bin"
        path.write_bytes(b"\x00\xff before|" + WAYS[way](value) + b"|after \xfe")
        told = leaks(tmp_path, PEOPLE[:8])
        assert told and all(f"{kind} of person 5" in line for line in told), (kind, told)


@pytest.mark.parametrize("written", ["177 3330 1296", "177-3330-1296", "177.3330.1296"])
def test_a_number_is_found_by_its_digits_whatever_stands_between_them(tmp_path: Path, written: str) -> None:
    assert PEOPLE[5].phone == "17733301296"
    (tmp_path / "log").write_text(f"call from {written} taken", encoding="utf-8")
    assert leaks(tmp_path, [PEOPLE[5]])


def test_a_value_in_a_row_of_a_database_and_in_what_is_not_written_back_yet_is_found(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "store.db")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("CREATE TABLE events (data TEXT)")
    # Longer than a page: within the file such a value is in pieces.
    db.execute("INSERT INTO events VALUES (?)", ("字" * 5000 + PEOPLE[5].phone + "字" * 5000,))
    db.commit()
    told = leaks(tmp_path, [PEOPLE[5]])
    assert any("its rows" in line for line in told)
    assert any("store.db-wal" in line for line in told)
    db.close()


def test_what_is_masked_or_somebody_elses_or_only_looks_alike_is_not_found(tmp_path: Path) -> None:
    one = PEOPLE[5]
    (tmp_path / "log").write_text(
        f"at 0.{one.code} s, {one.phone}1, 9{one.bank_card}, 尾号{one.phone[-4:]}, {mask('电话' + one.phone)}", encoding="utf-8"
    )
    assert leaks(tmp_path, PEOPLE[:20]) == []


def test_each_persons_values_are_their_own_and_masking_knows_each_of_them() -> None:
    values = [value for one in PEOPLE for kind, value in one.values().items() if not kind.endswith("name")]
    assert len(values) == len(set(values))
    for one in PEOPLE:
        said = f"电话{one.phone}，身份证{one.id_card}，卡{one.bank_card}，验证码是{one.code}，邮箱{one.email}，住{one.address}"
        said += f"，我叫{one.name}，我妈叫{one.others_name}，她的手机{one.others_phone}"
        kept = mask(said)
        assert not [value for value in one.values().values() if value in kept], kept

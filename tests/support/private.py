"""Made-up people with everything about them that is private, and the same made-up values found again in any file."""

from __future__ import annotations

import base64
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

_FAMILY = "欧阳 慕容 上官 诸葛 皇甫 尉迟 令狐 司徒".split()
_GIVEN = "翠微 砚秋 鹤鸣 霁月 疏桐 笑尘 知秋 映雪 怀瑾 听澜 若愚 拾遗".split()
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
# A run that could be base64, in either alphabet.
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{10,}={0,2}")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[ \-._·,/]{1,3}(?=\d)")


@dataclass(frozen=True)
class Private:
    """What is private about one person; every number is different for every person."""

    name: str
    phone: str
    id_card: str
    bank_card: str
    code: str
    email: str
    address: str
    others_name: str
    others_phone: str

    def values(self) -> dict[str, str]:
        """Each value under what it is."""
        return dict(self.__dict__)


def person(number: int) -> Private:
    """One of many made-up people, the same for the same number (0 to 95).

    Numbers have their check digits right, and no row of digits is part of another.
    """
    name = _FAMILY[number % len(_FAMILY)] + _GIVEN[number // len(_FAMILY) % len(_GIVEN)]
    other = _FAMILY[(number + 3) % len(_FAMILY)] + _GIVEN[(number // len(_FAMILY) + 5) % len(_GIVEN)]
    birth = f"51010319{60 + number % 40}0{1 + number % 9}{10 + number % 18}{101 + 7 * number:03d}"
    check = "10X98765432"[sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, birth, strict=True)) % 11]
    card = f"62170038{70 + number % 30}{20417 + 613 * number:05d}{904 - number:03d}"
    return Private(
        name=name,
        phone=f"177{30416 + 577 * number:05d}{271 + 5 * number:03d}",
        id_card=birth + check,
        bank_card=card + _luhn(card),
        code=f"{40917300 + 70411 * number}",
        email=f"borrower.{7000 + number}@letters-{300 + number}.example",
        address=f"成都市武侯区听雨{'东南西北'[number % 4]}路{3000 + 13 * number}号",
        others_name=other,
        others_phone=f"155{60419 + 409 * number:05d}{683 + 3 * number:03d}",
    )


def _luhn(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def written_as(value: str) -> dict[str, bytes]:
    """The value as bytes, in every form in which a file may hold it in clear."""
    escaped = "".join(f"\\u{ord(c):04x}" for c in value)
    half_escaped = "".join(c if c.isascii() else f"\\u{ord(c):04x}" for c in value)
    forms = {
        "UTF-8": value.encode(),
        "UTF-16": value.encode("utf-16-le"),
        "UTF-16, the other way round": value.encode("utf-16-be"),
        "GB 18030": value.encode("gb18030"),
        "escaped": escaped.encode(),
        "escaped where it is not ASCII": half_escaped.encode(),
        "percent-encoded": quote(value, safe="").encode(),
        "hexadecimal": value.encode().hex().encode(),
        "character references": "".join(f"&#{ord(c)};" for c in value).encode(),
    }
    # Base64 looks different by where in three bytes it begins; what does not depend on the neighbours is looked for.
    for shift in range(3):
        packed = base64.b64encode(b"\0" * shift + value.encode())
        first = -(-shift * 8 // 6)
        last = (shift + len(value.encode())) * 8 // 6
        forms[f"base64, from byte {shift}"] = packed[first:last]
    return forms


class Content:
    """The bytes of a file, ready to be searched for many values."""

    def __init__(self, content: bytes) -> None:
        self._as_it_is = content
        # JSON within JSON within a log has as many backslashes before each escape.
        self._lowered = re.sub(rb"\\+", rb"\\", content.lower())
        self._digits_only = _BETWEEN_DIGITS.sub("", content.decode("utf-8", errors="replace")).lower().encode()

    def forms_of(self, value: str) -> set[str]:
        """The forms in which the content holds the value in clear; empty: it does not.

        Numbers are looked for as whole numbers, so that the middle of a time or a checksum is none; with their separators
        taken out, too.
        """
        is_number = value[:-1].isdigit()
        found = set()
        for form, wanted in written_as(value).items():
            if form.startswith("base64"):
                is_there = wanted in self._as_it_is
            else:
                is_there = _holds(self._lowered, wanted.lower(), whole=is_number and wanted.isalnum())
            found |= {form} if is_there else set()
        if is_number and _holds(self._digits_only, value.lower().encode(), whole=True):
            found.add("its digits")
        return found


def _holds(content: bytes, wanted: bytes, *, whole: bool) -> bool:
    at = content.find(wanted)
    while at >= 0:
        before, after = content[max(0, at - 1) : at], content[at + len(wanted) : at + len(wanted) + 1]
        if not whole or not (before.isdigit() or after.isdigit() or before == b"."):
            return True
        at = content.find(wanted, at + 1)
    return False


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below the folder as its bytes, and each table of a database row by row as well: SQLite splits long values."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        content = path.read_bytes()
        yield str(path.relative_to(folder)), content
        if content.startswith(b"SQLite format 3\0"):
            yield f"{path.relative_to(folder)}, its rows", _rows(path)
        packed = b"\n".join(_unpacked(content))
        if packed:
            yield f"{path.relative_to(folder)}, what is base64 in it", packed


def _rows(path: Path) -> bytes:
    lines = []
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10) as db:
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in db.execute(f'SELECT * FROM "{table}"'):  # noqa: S608
                lines += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    return b"\n".join(lines)


def _unpacked(content: bytes) -> Iterator[bytes]:
    for run in _BASE64.findall(content):
        text = run.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
        try:
            yield base64.b64decode(text + b"=" * (-len(text) % 4))
        except ValueError:
            continue


def leaks(folder: Path, people: list[Private]) -> list[str]:
    """Every place below the folder where a value of these people stands in clear, as a sentence each."""
    told = []
    for name, content in contents(folder):
        searched = Content(content)
        for who, private in enumerate(people):
            for kind, value in private.values().items():
                told += [f"{name}: {kind} of person {who} ({value}), {form}" for form in sorted(searched.forms_of(value))]
    return told

"""The list of answers that an openid was shown last, and what a number, a title or a tap on it means.

WeChat's menu messages come back as the title that was tapped; where an account may not send them, the answers are a numbered
list. Either way the payload stays here, bound to the openid, and what is typed is never obeyed as a command: a number stands for
the list shown last and for no other.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.channels.wechat.said import Button
from bot.channels.wechat.store import Store, metadata, one_at_a_time
from bot.sealing import SealedJson

KEPT_SECONDS = 7 * 24 * 3600.0
# A menu message further up can still be tapped; the oldest of more than these are forgotten.
KEPT_LISTS = 20

shown_lists = sa.Table(
    "wechat_lists",
    metadata,
    sa.Column("openid", sa.String(64), primary_key=True),
    sa.Column("list_id", sa.String(16), primary_key=True),
    sa.Column("offered", SealedJson("wechat_lists.offered"), nullable=False),  # title and payload of each
    sa.Column("is_last", sa.Boolean, nullable=False),
    sa.Column("shown", sa.Float, nullable=False),  # seconds since 1970
)

# Built once, since every message asks these.
_LAST_SHOWN = sa.select(shown_lists.c.offered).where(
    shown_lists.c.openid == sa.bindparam("openid"), shown_lists.c.is_last, shown_lists.c.shown > sa.bindparam("oldest")
)
_ANY_LAST = sa.select(shown_lists.c.list_id).where(shown_lists.c.openid == sa.bindparam("openid"), shown_lists.c.is_last).limit(1)
_NO_LONGER_LAST = (
    sa.update(shown_lists).where(shown_lists.c.openid == sa.bindparam("this_openid"), shown_lists.c.is_last).values(is_last=False)
)

_NUMERALS = {numeral: value for value, numeral in enumerate("一二三四五六七八九十", start=1)}
_PLACE = re.compile(r"(?:我?选|要)?第?\(?([0-9]{1,2}|[一二三四五六七八九十])\)?(?:个|项|条|种)?")
_LETTER = re.compile(r"(?:我?选|要)?\(?([a-z])\)?")
_LAST = re.compile(r"(?:我?选)?最后(?:一|1)?(?:个|项|条|种)")
_WITH_TITLE = re.compile(r"\(?([0-9]{1,2}|[a-z])\)?[.、:)\s]+(.+)")
# A title such as "3期", "每月600元" or "十五号": whoever types the number may mean it, and not a place in the list.
_NUMBER_FIRST = re.compile(r"[第每约]?[月年天]?\s*(?:[0-9]|[一二两三四五六七八九十百]+(?:期|个月|天|号|日|年|元|万|千|百))")
_NOISE = re.compile("[\ufe0f\u20e3\u200d]")


@dataclass(frozen=True)
class ShownList:
    """A list as it is shown.

    Attributes:
        list_id: beginning of the ids of its items.
        titles: of its items, in order.
        by_letters: its items are marked A, B, C, since a number would also be an answer ("3期").
    """

    list_id: str
    titles: tuple[str, ...]
    by_letters: bool

    def marks(self) -> list[str]:
        """What stands before each item of a list without buttons.

        >>> ShownList("k", ("看账单", "找人工"), False).marks()
        ['1', '2']
        """
        return [chr(ord("A") + place) if self.by_letters else str(place + 1) for place in range(len(self.titles))]

    def ids(self) -> list[str]:
        """Ids of the items of a menu message."""
        return [f"{self.list_id}-{place + 1}" for place in range(len(self.titles))]


class Lists:
    """What each openid was shown last; shared by all servers, calls block."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def remember(self, openid: str, buttons: Sequence[Button]) -> ShownList:
        """These are the answers that the openid can choose from now; none: a number is only a number from now on."""
        shown = ShownList(secrets.token_hex(4), tuple(button.title for button in buttons), _numbers_are_answers(buttons))
        now = self._store.clock()
        # Most answers offer nothing after one that offered nothing: a look is cheaper than a transaction that writes.
        if not buttons and self._store.read(lambda c: c.execute(_ANY_LAST, {"openid": openid}).first()) is None:
            return shown

        def work(connection: Connection) -> None:
            one_at_a_time(connection, openid)
            table, mine = shown_lists, shown_lists.c.openid == openid
            connection.execute(_NO_LONGER_LAST, {"this_openid": openid})
            if not buttons:
                return
            items = [[button.title, button.payload] for button in buttons]
            row = {"openid": openid, "list_id": shown.list_id, "offered": items, "is_last": True, "shown": now}
            connection.execute(sa.insert(table).values(**row))
            known = connection.execute(sa.select(table.c.list_id).where(mine).order_by(table.c.shown.desc())).scalars().all()
            connection.execute(
                sa.delete(table).where(mine, table.c.list_id.in_(known[KEPT_LISTS:]) | (table.c.shown < now - KEPT_SECONDS))
            )

        self._store.write(work)
        return shown

    def meant(self, openid: str, text: str, item_id: str = "") -> str | None:
        """The payload of the item that was tapped, or that a number, a letter or a whole title stands for; else None.

        Args:
            openid: who.
            text: what was typed; for a tap the item's title.
            item_id: `bizmsgmenuid` of a tap.
        """
        if item_id:
            tapped = self._item(openid, item_id)
            if tapped is not None:
                return tapped
        last = self._last(openid)
        if not last:
            return None
        place = place_of(text, [title for title, _ in last])
        return None if place is None else last[place][1]

    def forget(self, openid: str) -> None:
        """Nothing that was shown holds any more: the openid speaks for somebody else from now on, or is gone."""
        self._store.write(lambda c: c.execute(sa.delete(shown_lists).where(shown_lists.c.openid == openid)))

    def _last(self, openid: str) -> list[tuple[str, str]]:
        this = {"openid": openid, "oldest": self._oldest()}
        items = self._store.read(lambda connection: connection.execute(_LAST_SHOWN, this).scalars().first())
        return [(title, payload) for title, payload in items or ()]

    def _item(self, openid: str, item_id: str) -> str | None:
        list_id, _, number = item_id.rpartition("-")
        table = shown_lists
        query = sa.select(table.c.offered).where(
            table.c.openid == openid, table.c.list_id == list_id, table.c.shown > self._oldest()
        )
        items = self._store.read(lambda connection: connection.execute(query).scalars().first())
        if not items or not number.isdecimal() or not 1 <= int(number) <= len(items):
            return None
        return str(items[int(number) - 1][1])

    def _oldest(self) -> float:
        return self._store.clock() - KEPT_SECONDS


def place_of(text: str, titles: Sequence[str]) -> int | None:
    """Which item is meant, counted from 0; None when none is.

    >>> [place_of(text, ["看账单", "找人工"]) for text in ("２", "①", "第二个。", "找人工", "7")]
    [1, 0, 1, 1, None]
    """
    said, known = _plain(text), [_plain(title) for title in titles]
    if said in known:
        return known.index(said)
    by_letters = any(_begins_with_number(title) for title in titles)
    place: int | None = None
    if found := (_LETTER if by_letters else _PLACE).fullmatch(said):
        place = _counted(found.group(1))
    elif _LAST.fullmatch(said):
        place = len(titles) - 1
    elif found := _WITH_TITLE.fullmatch(said):
        place = _counted(found.group(1))
        if place is None or place >= len(titles) or known[place] != found.group(2):
            return None
    return place if place is not None and 0 <= place < len(titles) else None


def _plain(text: str) -> str:
    """As it is compared: full-width, circled and keycap digits are digits, and what ends a sentence is nothing."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).strip().rstrip("。.!,，！、~ ").lower()


def _counted(mark: str) -> int | None:
    if mark in _NUMERALS:
        return _NUMERALS[mark] - 1
    return int(mark) - 1 if mark.isdecimal() else ord(mark) - ord("a")


def _begins_with_number(title: str) -> bool:
    return bool(_NUMBER_FIRST.match(unicodedata.normalize("NFKC", title)))


def _numbers_are_answers(buttons: Sequence[Button]) -> bool:
    return any(_begins_with_number(button.title) for button in buttons)

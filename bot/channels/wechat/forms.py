"""What the bot says, in the forms that WeChat has: texts, menu messages or numbered lists, pictures, news.

An answer takes as few messages as it is allowed, since each costs of a small quota. Its buttons all stand at the end, in one
list: a number can then mean one thing only.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.channels.wechat.cards import Cards, Rendered
from bot.channels.wechat.lists import Lists, ShownList
from bot.channels.wechat.people import People
from bot.channels.wechat.said import Button, Piece, Said
from bot.channels.wechat.splitting import TEXT_BYTES, packed, size
from bot.channels.wechat.words import WeChatWords

log = logging.getLogger(__name__)

MOST_BUTTONS = 9
# Several short bubbles read better than one that fills the screen; they grow when there are not messages enough.
_BUBBLES = (700, 1400, TEXT_BYTES)


class Forms:
    """Makes of an answer what WeChat can send.

    Args:
        words: of the channel.
        cards: renders cards.
        lists: remembers what can be chosen.
        people: remembers care mode and where proofs belong.
    """

    def __init__(self, words: WeChatWords, cards: Cards, lists: Lists, people: People) -> None:
        self._words = words
        self._cards = cards
        self._lists = lists
        self._people = people

    def pieces(self, said: Sequence[Said], openid: str, *, may_use_service_messages: bool, at_most: int) -> list[Piece]:
        """The answer in at most `at_most` messages, and what it lets the openid choose from is remembered.

        Only a text that is longer than so many messages gives more of them: nothing that was said is lost. Pictures and news
        are left out first; the text says the same.

        Args:
            said: the messages of one answer, in order.
            openid: to whom.
            may_use_service_messages: else there are no menus and no pictures, and the answers are a numbered list.
            at_most: how many messages there may be, one or more.
        """
        large_letters = self._notice_settings(said, openid)
        said = [replace(message, text=self._words.in_wechat(message.text)) for message in said]
        beside = "\n".join(message.text for message in said if message.text)
        blocks: list[str] = []
        buttons: list[Button] = []
        rendered: list[Rendered] = []
        for message in said:
            blocks.append(message.text)
            buttons += message.buttons
            if message.card is not None:
                shown = self._rendered(message.card, beside, large_letters)
                blocks.append(shown.text)
                buttons += _not_offered_yet(shown.buttons, buttons)
                rendered.append(shown)
        blocks = [block for block in blocks if block.strip()]
        buttons = _once(buttons)[:MOST_BUTTONS]
        shown_list = self._lists.remember(openid, buttons)
        wanted = [card for card in rendered if card.piece] if may_use_service_messages else []
        pictures = self._that_fit(wanted, blocks, at_most)
        for card in pictures:
            if card.replaces_line:
                blocks = [self._without_line(block, card.replaces_line) for block in blocks]
        room = max(1, at_most - len(pictures))
        if buttons and may_use_service_messages:
            return self._with_menu(blocks, shown_list, pictures, room)
        if buttons:
            blocks = self._with_list(blocks, shown_list)
        texts = [Piece("text", text=text) for text in _texts(blocks, room)]
        return [*texts, *_made(pictures)]

    def _with_menu(self, blocks: Sequence[str], shown: ShownList, pictures: Sequence[Rendered], room: int) -> list[Piece]:
        """The last text is the menu's head, so that the menu costs no message of its own."""
        *texts, head = _texts(blocks, room) or [self._words.text("utter_wechat_menu_tail")]
        items = tuple(zip(shown.ids(), shown.titles, strict=True))
        return [*(Piece("text", text=text) for text in texts), *_made(pictures), Piece("menu", text=head, items=items)]

    def _with_list(self, blocks: Sequence[str], shown: ShownList) -> list[str]:
        """The answers as lines below the last text."""
        head = self._words.text("utter_wechat_choose_by_letter" if shown.by_letters else "utter_wechat_choose")
        rows = [f"{mark}. {title}" for mark, title in zip(shown.marks(), shown.titles, strict=True)]
        block = "\n".join([head, *rows])
        *others, last = blocks or [""]
        together = f"{last}\n\n{block}".strip()
        # The list stays in one message with its numbers.
        return [*others, together] if size(together) <= TEXT_BYTES else [*others, last, block]

    def _rendered(self, card: Any, beside: str, large_letters: bool) -> Rendered:
        try:
            return self._cards.rendered(card, beside, large_letters=large_letters)
        except (KeyError, TypeError, ValueError) as error:  # a card of another make; the text beside it says the same
            log.warning("a card of type %s could not be shown: %r", card.get("type"), error)
            return Rendered()

    def _notice_settings(self, said: Sequence[Said], openid: str) -> bool:
        """Remembers what cards say about the conversation itself; answers whether letters are large."""
        remembered: dict[str, Any] = {}
        for message in said:
            card = message.card or {}
            if card.get("type") == "care_mode" and isinstance(card.get("on"), bool):
                remembered["care_mode"] = card["on"]
            if card.get("type") == "upload" and card.get("request_id"):
                remembered["proof_request_id"] = str(card["request_id"])
        if remembered:
            self._people.remember(openid, **remembered)
        if "care_mode" in remembered:
            return bool(remembered["care_mode"])
        # Only a plan looks different.
        return any((message.card or {}).get("type") == "plan" for message in said) and bool(self._people.of(openid).care_mode)

    def _that_fit(self, wanted: Sequence[Rendered], blocks: Sequence[str], at_most: int) -> list[Rendered]:
        """As many pictures and news as leave room for all of the text; without any text one stands alone."""
        needed = max(1, len(packed(blocks, TEXT_BYTES))) if blocks else 0
        return list(wanted[: max(0, at_most - needed)])

    def _without_line(self, block: str, line: str) -> str:
        below = self._words.text("utter_wechat_tap_below")
        return "\n".join(below if part.strip() == line else part for part in block.split("\n"))


def _texts(blocks: Sequence[str], room: int) -> list[str]:
    for bubble in _BUBBLES:
        texts = packed(blocks, bubble)
        if len(texts) <= room:
            return texts
    return packed(["\n\n".join(blocks)], TEXT_BYTES)


def _made(cards: Sequence[Rendered]) -> list[Piece]:
    return [card.piece() for card in cards if card.piece is not None]


def _once(buttons: Sequence[Button]) -> list[Button]:
    """Each answer once: the same payload twice, or the same title with two meanings, cannot be told apart."""
    found: list[Button] = []
    for button in buttons:
        if all(button.payload != other.payload and button.title != other.title for other in found):
            found.append(button)
    return found


def _not_offered_yet(offered: Sequence[Button], buttons: Sequence[Button]) -> list[Button]:
    """Buttons of a card without those that a text of the answer has in other words."""
    intents = {button.payload.partition("{")[0] for button in buttons if button.payload.startswith("/")}
    return [button for button in offered if button.payload.partition("{")[0] not in intents]


def shanghai_today(fixed: str = "") -> Callable[[], date]:
    """The calendar day in Shanghai, or the fixed one."""
    from datetime import datetime

    from bot.formats import SHANGHAI

    return lambda: date.fromisoformat(fixed) if fixed else datetime.now(SHANGHAI).date()

"""Cards of the conversation in WeChat's terms: aligned text, pictures, news, and answers to choose from.

A card stands beside a text that says the same (docs/channels.md). So what a card only repeats is left out here; what is said is
what WeChat can show better than the text does, or what the text cannot: a way to tap, a table, where a proof is put.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot import formats
from bot.channels.wechat import tables
from bot.channels.wechat.fonts import Font
from bot.channels.wechat.picture import MOST_ROWS, Row, Table, draw
from bot.channels.wechat.said import Button, Piece
from bot.channels.wechat.splitting import shortened
from bot.channels.wechat.words import WeChatWords

# WeChat cuts longer titles by itself, and in the middle of a word.
_TITLE_BYTES, _DESCRIPTION_BYTES = 96, 300
_ROW_OF_A_PLAN = re.compile(r"第\d+期")

Card = Mapping[str, Any]


@dataclass(frozen=True)
class Rendered:
    """A card as WeChat shows it.

    Attributes:
        text: stands with the other texts of the answer.
        buttons: stand with the other buttons of the answer.
        piece: makes a picture or a news card; it is left out where no message is left for it.
        replaces_line: a line of the texts that the piece takes the place of, when it is sent.
    """

    text: str = ""
    buttons: tuple[Button, ...] = ()
    piece: Callable[[], Piece] | None = None
    replaces_line: str = ""


class Cards:
    """Cards in WeChat's terms.

    Args:
        words: of the channel.
        font: for pictures; none are drawn without one.
        today: the calendar day, for years.
    """

    def __init__(self, words: WeChatWords, font: Font | None, today: Callable[[], date]) -> None:
        self._words = words
        self._font = font
        self._today = today
        self._kinds: dict[str, Callable[[Card, str, bool], Rendered]] = {
            "loan": self._loan,
            "plan": self._plan,
            "comparison": self._comparison,
            "summary": self._summary,
            "undo": self._undo,
            "request_status": self._request_status,
            "secure_link": self._secure_link,
            "upload": self._upload,
            "amount_choice": self._amount_choice,
            "date_choice": self._date_choice,
            "rating": self._rating,
        }

    def rendered(self, card: Card, beside: str, *, large_letters: bool) -> Rendered:
        """The card; nothing for a kind that is not for showing.

        Args:
            card: as the bot made it.
            beside: all texts of the same answer.
            large_letters: care mode.
        """
        kind = self._kinds.get(str(card.get("type")))
        return kind(card, beside, large_letters) if kind else Rendered()

    def _loan(self, card: Card, beside: str, _: bool) -> Rendered:
        if beside:
            return Rendered()
        values = {**card, "outstanding": _yuan(card, "outstanding_fen"), "overdue": _yuan(card, "overdue_fen")}
        if card.get("days_past_due") and card.get("overdue_fen"):
            return Rendered(self._words.text("utter_wechat_loan_overdue", **values))
        if not card.get("next_due_date") or card.get("next_due_fen") is None:
            return Rendered(self._words.text("utter_wechat_loan_without_date", **values))
        values |= {"next_due": _yuan(card, "next_due_fen"), "next_due_date": self._day(card["next_due_date"])}
        return Rendered(self._words.text("utter_wechat_loan", **values))

    def _plan(self, card: Card, beside: str, large_letters: bool) -> Rendered:
        rows = tables.unpaid(card["instalments"])
        if len(rows) < 2:
            return Rendered()
        head = self._words.text("utter_wechat_plan_head", product_name=card["product_name"])
        lines = [] if _shows_rows(beside) else [head, *self._plan_lines(rows, large_letters)]
        picture = self._picture(lambda: self._plan_table(head, card, rows))
        return Rendered("\n".join(lines), piece=picture)

    def _plan_lines(self, rows: Sequence[Mapping[str, Any]], large_letters: bool) -> list[str]:
        lines = tables.plan_lines(rows, self._words.labels["plan"]["statuses"], large_letters=large_letters)
        more = len(rows) - tables.MOST_ROWS
        return lines + ([self._more(rows, more)] if more > 0 else [])

    def _more(self, rows: Sequence[Mapping[str, Any]], more: int) -> str:
        last = self._day(rows[-1]["due_date"])
        return self._words.text("utter_wechat_plan_more", instalments_more=more, last_due_date=last)

    def _plan_table(self, title: str, card: Card, rows: Sequence[Mapping[str, Any]]) -> Table:
        plan = self._words.labels["plan"]
        shown = rows[:MOST_ROWS]
        notes = [self._more(rows, len(rows) - len(shown))] if len(rows) > len(shown) else []
        if card.get("as_of_at"):
            at = formats.moment(datetime.fromisoformat(str(card["as_of_at"])))
            notes.append(self._words.text("utter_wechat_plan_as_of", as_of=at))
        return Table(
            title,
            (plan["number"], plan["due_date"], plan["payment"], plan["status"]),
            tuple(
                Row(
                    (
                        plan["row"].format(number=row["instalment_number"]),
                        self._day(row["due_date"]).partition("(")[0],  # no room for weekdays
                        formats.yuan(int(row["outstanding_fen"])),
                        plan["statuses"].get(str(row.get("status")), ""),
                    ),
                    marked=row.get("status") == "overdue",
                )
                for row in shown
            ),
            tuple(notes),
        )

    def _comparison(self, card: Card, beside: str, large_letters: bool) -> Rendered:
        before = {row["instalment_number"]: row for row in card["before"]}
        after = {row["instalment_number"]: row for row in card["after"]}
        numbers = sorted({*before, *after})
        if len(numbers) < 2:
            return Rendered()
        head = self._words.text("utter_wechat_comparison_head", product_name=card["product_name"])
        plan = self._words.labels["plan"]
        table = Table(
            head,
            (plan["number"], plan["before"], plan["after"]),
            tuple(
                Row((plan["row"].format(number=number), self._due(before.get(number)), self._due(after.get(number))))
                for number in numbers[:MOST_ROWS]
            ),
        )
        # Text beside it tells what changes in all; row by row it is too wide for a bubble.
        return Rendered(piece=self._picture(lambda: table))

    def _due(self, row: Mapping[str, Any] | None) -> str:
        if row is None:
            return ""
        due = date.fromisoformat(str(row["due_date"]))
        return f"{formats.day(due, self._today()).partition('(')[0]} {formats.yuan(int(row['payment_fen']))}"

    def _picture(self, table: Callable[[], Table]) -> Callable[[], Piece] | None:
        font = self._font
        return None if font is None else lambda: Piece("image", png=draw(table(), font))

    def _summary(self, card: Card, beside: str, _: bool) -> Rendered:
        offered = [card[name] for name in ("confirm", "cancel") if isinstance(card.get(name), Mapping)]
        buttons = tuple(Button(str(row["title"]), str(row["payload"])) for row in offered)
        if beside:
            return Rendered(buttons=buttons)
        lines = []
        for row in card["rows"]:
            name, value = self._words.label("rows", row["name"]), self._value(row)
            if name and value:
                lines.append(f"{name}：{value}")
        return Rendered("\n".join(lines), buttons)

    def _value(self, row: Mapping[str, Any]) -> str:
        if row.get("value_fen") is not None:
            return formats.yuan(int(row["value_fen"]))
        if row.get("value_date"):
            return self._day(row["value_date"])
        if row.get("value_at"):
            return formats.moment(datetime.fromisoformat(str(row["value_at"])))
        return str(row.get("value_text") or "")

    def _undo(self, card: Card, _: str, __: bool) -> Rendered:
        return Rendered(buttons=(Button(self._words.text("utter_wechat_undo_title"), str(card["payload"])),))

    def _request_status(self, card: Card, beside: str, _: bool) -> Rendered:
        if beside:
            return Rendered()
        kind, status = self._words.label("kinds", card["kind"]), self._words.label("statuses", card["status"])
        text = self._words.text("utter_wechat_request", kind=kind, request_id=card["request_id"], status=status)
        return Rendered("\n".join(filter(None, (text, str(card.get("reason") or "")))))

    def _secure_link(self, card: Card, beside: str, _: bool) -> Rendered:
        purpose, url = self._words.label("purposes", card["title"]), str(card["url"])
        expires = formats.moment(datetime.fromisoformat(str(card["expires_at"])))
        description = self._words.text("utter_wechat_secure_link", expires=expires)
        piece = Piece(
            "news", title=shortened(purpose, _TITLE_BYTES), description=shortened(description, _DESCRIPTION_BYTES), url=url
        )
        text = (
            ""
            if url in beside
            else self._words.text("utter_wechat_secure_link_as_text", purpose=purpose, expires=expires, url=url)
        )
        return Rendered(text, piece=lambda: piece, replaces_line=url)

    def _upload(self, _: Card, __: str, ___: bool) -> Rendered:
        return Rendered(self._words.text("utter_wechat_upload"))

    def _amount_choice(self, card: Card, _: str, __: bool) -> Rendered:
        text = self._words.text("utter_wechat_amount_choice", min=_yuan(card, "min_fen"), max=_yuan(card, "max_fen"))
        suggested = card.get("suggested_fen")
        if suggested is None:
            return Rendered(text)
        title = self._words.text("utter_wechat_amount_suggested", amount=_whole_yuan(int(suggested)))
        return Rendered(text, (Button(title, title),))  # what it stands for is what somebody would have typed

    def _date_choice(self, card: Card, _: str, __: bool) -> Rendered:
        days = {name: self._day(card[f"{name}_date"]).partition("(")[0] for name in ("earliest", "latest")}
        return Rendered(self._words.text("utter_wechat_date_choice", **days))

    def _rating(self, _: Card, __: str, ___: bool) -> Rendered:
        said = self._words.said("utter_wechat_rating")
        return Rendered(said.text, said.buttons)

    def _day(self, value: object) -> str:
        return formats.day(date.fromisoformat(str(value)), self._today())


def _shows_rows(text: str) -> bool:
    """Whether a text of the answer lists the instalments already."""
    return sum(bool(_ROW_OF_A_PLAN.match(line)) for line in text.splitlines()) > 1


def _yuan(card: Card, name: str) -> str:
    return formats.yuan(int(card[name])) if card.get(name) is not None else ""


def _whole_yuan(fen: int) -> str:
    shown = formats.yuan(fen)
    return shown.replace(".00", "").replace(",", "")

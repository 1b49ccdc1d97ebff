"""Answers in WeChat's forms: few messages, menus or numbered lists, a plan that stays aligned, pictures, news."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.channels.wechat.cards import Cards
from bot.channels.wechat.fonts import Font, find_font
from bot.channels.wechat.forms import Forms
from bot.channels.wechat.lists import Lists
from bot.channels.wechat.people import People
from bot.channels.wechat.picture import Row, Table, draw
from bot.channels.wechat.said import Button, Piece, Said
from bot.channels.wechat.splitting import TEXT_BYTES, size
from bot.channels.wechat.store import Store
from bot.channels.wechat.words import WeChatWords

TODAY = date(2026, 11, 24)
OPENID = "o-wang"
PDF_LINK = "https://secure.example.com/pay/AbCdEf0123456789"


class Kit:
    """Forms over a database of its own, with and without a font."""

    def __init__(self, store: Store, font: Font | None) -> None:
        self.lists, self.people, self.words = Lists(store), People(store), WeChatWords()
        self.forms = Forms(self.words, Cards(self.words, font, lambda: TODAY), self.lists, self.people)

    def shown(self, *said: Said, service: bool = True, at_most: int = 5) -> list[Piece]:
        return self.forms.pieces(said, OPENID, may_use_service_messages=service, at_most=at_most)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'wechat.db'}")
    yield opened
    opened.close()


@pytest.fixture
def kit(store: Store) -> Kit:
    return Kit(store, None)


def plan(instalments: int = 12, *, overdue: int = 0, amount_fen: int = 108084) -> dict[str, Any]:
    rows = [
        {
            "instalment_number": number,
            "due_date": (date(2026, 11, 12) + timedelta(days=30 * number)).isoformat(),
            "principal_fen": amount_fen - 2000,
            "interest_fen": 2000,
            "fee_fen": 0,
            "penalty_fen": 0,
            "payment_fen": amount_fen,
            "outstanding_fen": amount_fen if number % 2 else amount_fen * 10,
            "status": "overdue" if number <= overdue else "upcoming",
        }
        for number in range(1, instalments + 1)
    ]
    return {"type": "plan", "product_name": "青禾借款", "instalments": rows, "as_of_at": "2026-11-24T15:05:00+08:00"}


def width(line: str) -> int:
    """How many half-width places a line takes: two for each character that is wide."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


# Texts and buttons.


def test_an_answer_of_several_short_texts_is_one_message(kit: Kit) -> None:
    (piece,) = kit.shown(Said("一。"), Said("二。"), Said("三。"))
    assert (piece.kind, piece.text) == ("text", "一。\n\n二。\n\n三。")


def test_long_texts_are_several_bubbles_as_long_as_there_are_messages_enough(kit: Kit) -> None:
    said = [Said("这是一句话。" * 30) for _ in range(4)]
    assert len(kit.shown(*said, at_most=5)) == 4
    assert len(kit.shown(*said, at_most=2)) == 2
    assert all(size(piece.text) <= TEXT_BYTES for piece in kit.shown(*said, at_most=2))


def test_nothing_that_was_said_is_lost_even_where_it_does_not_fit(kit: Kit) -> None:
    text = "".join(f"第{number}句。" for number in range(400))
    pieces = kit.shown(Said(text), at_most=1)
    assert "".join(piece.text for piece in pieces) == text and all(size(piece.text) <= TEXT_BYTES for piece in pieces)


def test_buttons_are_a_menu_whose_head_is_the_text(kit: Kit) -> None:
    (menu,) = kit.shown(Said("您想看什么？", (Button("我的账单", "/ask_bill"), Button("找人工", "/request_human"))))
    assert (menu.kind, menu.text) == ("menu", "您想看什么？")
    assert [title for _, title in menu.items] == ["我的账单", "找人工"]
    assert kit.lists.meant(OPENID, "找人工", menu.items[1][0]) == "/request_human"


def test_without_service_messages_buttons_are_a_numbered_list(kit: Kit) -> None:
    said = Said("您想看什么？", (Button("我的账单", "/ask_bill"), Button("找人工", "/request_human")))
    (piece,) = kit.shown(said, service=False, at_most=1)
    assert piece.kind == "text" and piece.text.splitlines()[-2:] == ["1. 我的账单", "2. 找人工"]
    assert kit.lists.meant(OPENID, "2") == "/request_human"


def test_buttons_of_several_messages_are_one_list_without_doubles(kit: Kit) -> None:
    said = (
        Said("一。", (Button("找人工", "/request_human"), Button("看账单", "/ask_bill"))),
        Said("二。", (Button("找人工", "/request_human"), Button("晚点还", "/request_deferral"))),
    )
    (menu,) = kit.shown(*said)
    assert [title for _, title in menu.items] == ["找人工", "看账单", "晚点还"]


def test_a_payload_is_never_in_what_wechat_is_given(kit: Kit) -> None:
    for service in (True, False):
        pieces = kit.shown(Said("好吗？", (Button("好", '/affirm{"quote_id": "Q1"}'),)), service=service)
        assert "Q1" not in str(pieces) and "/affirm" not in str(pieces)


def test_an_answer_without_words_says_nothing(kit: Kit) -> None:
    assert kit.shown(Said(card={"type": "care_mode", "on": True})) == []
    assert kit.shown(Said(card={"type": "something_new"})) == []


# The plan.


def test_the_rows_of_a_plan_stand_below_each_other_and_fit_a_phone(kit: Kit) -> None:
    (piece,) = kit.shown(Said(card=plan()))
    head, *rows, _ = piece.text.splitlines()
    assert head == "青禾借款的还款计划" and len(rows) == 6
    assert all(unicodedata.east_asian_width(character) in "WF" for row in rows for character in row)
    assert len({len(row) for row in rows}) == 1 and len(rows[0]) <= 16
    assert rows[0].endswith("１０８０．８４") and rows[1].endswith("１０８０８．４０")


def test_of_a_long_plan_the_text_says_how_many_more_there_are(kit: Kit) -> None:
    (piece,) = kit.shown(Said(card=plan(24)))
    assert piece.text.splitlines()[-1].startswith("后面还有18期")


def test_what_is_overdue_is_said_in_words_below_its_row(kit: Kit) -> None:
    (piece,) = kit.shown(Said(card=plan(3, overdue=1)))
    assert piece.text.splitlines()[2].strip("\u3000") == "（已逾期）"


def test_in_care_mode_a_row_takes_two_short_lines(kit: Kit) -> None:
    kit.shown(Said(card={"type": "care_mode", "on": True}))
    (piece,) = kit.shown(Said(card=plan(3)))
    rows = piece.text.splitlines()[1:]
    assert rows[:2] == ["12月12日", "1080.84元"] and all(width(row) <= 18 for row in rows)


def test_a_plan_that_the_text_lists_already_is_not_listed_twice(kit: Kit) -> None:
    text = "每一期里面：\n第1期 12月12日 本金1,060.84元\n第2期 1月11日 本金1,060.84元"
    (piece,) = kit.shown(Said(text), Said(card=plan(2)))
    assert piece.text == text


def test_without_a_font_there_is_the_text_alone(kit: Kit) -> None:
    assert [piece.kind for piece in kit.shown(Said(card=plan()))] == ["text"]


# Pictures: where the machine has a font with Chinese, as `./huanban wechat fonts` sees to.

needs_font = pytest.mark.skipif(find_font() is None, reason="no font with Chinese on this machine")


@needs_font
def test_with_a_font_the_plan_is_a_picture_too_that_any_program_opens(store: Store) -> None:
    pieces = Kit(store, find_font()).shown(Said("还款计划。"), Said(card=plan(12, overdue=2)))
    assert [piece.kind for piece in pieces] == ["text", "image"]
    picture = Image.open(io.BytesIO(pieces[1].png))
    picture.load()
    assert (picture.format, picture.width) == ("PNG", 1080) and 900 < picture.height < 2000
    assert len(pieces[1].png) < 300_000


@needs_font
def test_a_picture_is_left_out_where_no_message_is_left_for_it(store: Store) -> None:
    kit = Kit(store, find_font())
    assert [piece.kind for piece in kit.shown(Said(card=plan()), at_most=1)] == ["text"]
    assert [piece.kind for piece in kit.shown(Said(card=plan()), service=False, at_most=3)] == ["text"]


@needs_font
def test_nothing_in_a_picture_runs_over_its_edge_or_into_the_next_column() -> None:
    font = find_font()
    assert font is not None
    rows = tuple(Row((f"第{n}期", "2027年12月28日", "1,234,567.89元", "已逾期"), marked=n == 1) for n in range(1, 37))
    picture = Image.open(io.BytesIO(draw(Table("很长的产品名字" * 6, ("期数", "还款日", "还剩应还", ""), rows, ("截至",)), font)))
    ink = picture.convert("L").point(lambda value: 255 if value < 200 else 0)
    left, top, right, bottom = ink.getbbox() or (0, 0, 0, 0)
    assert left >= 40 and right <= 1080 - 40 and top > 0 and bottom < picture.height
    # Between the columns there are upright bands without ink in every row of the table.
    table = ink.crop((48, picture.height // 2, 1032, picture.height - 200))
    columns = [bool(table.crop((x, 0, x + 1, table.height)).getbbox()) for x in range(table.width)]
    gaps = "".join("x" if has_ink else " " for has_ink in columns).split(" " * 20)
    assert sum(bool(part.strip()) for part in gaps) == 4


@needs_font
def test_what_is_overdue_is_told_by_more_than_colour(store: Store) -> None:
    words = WeChatWords()
    assert words.labels["plan"]["statuses"]["overdue"] == "已逾期"
    comparison = {
        "type": "comparison",
        "kind": "deferral",
        "product_name": "青禾借款",
        "before": [{"instalment_number": n, "due_date": f"2026-12-{n:02d}", "payment_fen": 108084} for n in (1, 2)],
        "after": [{"instalment_number": n, "due_date": f"2027-01-{n:02d}", "payment_fen": 109000} for n in (1, 2)],
        "extra_interest_fen": 1832,
    }
    pieces = Kit(store, find_font()).shown(Said("都往后挪一个月。"), Said(card=comparison))
    assert [piece.kind for piece in pieces] == ["text", "image"]


# Other cards.


def card_texts(kit: Kit, card: dict[str, Any], *beside: Said) -> str:
    return "\n".join(piece.text for piece in kit.shown(*beside, Said(card=card)))


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        (
            {"type": "loan", "product_name": "青禾借款", "outstanding_fen": 1200000, "next_due_date": "2026-12-12",
             "next_due_fen": 108084, "overdue_fen": 0, "days_past_due": 0},
            "青禾借款还差12,000.00元，下一期1,080.84元，12月12日(周六)前还。",
        ),
        (
            {"type": "loan", "product_name": "青禾借款", "outstanding_fen": 1200000, "next_due_date": "2026-11-12",
             "next_due_fen": 108084, "overdue_fen": 110000, "days_past_due": 12},
            "青禾借款逾期12天，过期的一共1,100.00元。",
        ),
        (
            {"type": "summary", "kind": "deferral", "product_name": "青禾借款",
             "rows": [{"name": "new_due_date", "value_date": "2026-12-15"}, {"name": "extra_interest", "value_fen": 0},
                      {"name": "decision_due_at", "value_at": "2026-11-25T10:00:00+08:00"},
                      {"name": "unheard_of", "value_fen": 1}]},
            "改到：12月15日(周二)\n多付的利息：0.00元\n最晚什么时候有结果：11月25日10:00",
        ),
        (
            {"type": "request_status", "request_id": "DF00000001", "kind": "deferral", "status": "refused", "reason": "材料不全"},
            "延期还款申请DF00000001：没有同意。\n材料不全",
        ),
    ],
)  # fmt: skip
def test_a_card_that_stands_alone_is_said_in_words(kit: Kit, card: dict[str, Any], expected: str) -> None:
    assert card_texts(kit, card) == expected
    # Beside a text that says the same it is left out.
    assert card_texts(kit, card, Said("已经说过了。")) == "已经说过了。"


def test_an_undo_can_be_tapped_unless_the_text_offers_it_already(kit: Kit) -> None:
    undo = {
        "type": "undo",
        "request_id": "DF1",
        "undo_until_at": "2026-11-24T16:00:00+08:00",
        "payload": '/undo_request{"request_id": "DF1"}',
    }
    (menu,) = kit.shown(Said("交上去了。"), Said(card=undo))
    assert kit.lists.meant(OPENID, menu.items[0][1]) == '/undo_request{"request_id": "DF1"}'
    (menu,) = kit.shown(Said("交上去了。", (Button("撤回申请", "/undo_request"),)), Said(card=undo))
    assert [title for _, title in menu.items] == ["撤回申请"]


def test_a_secure_link_is_a_news_card_in_place_of_its_line_in_the_text(kit: Kit) -> None:
    said = Said(f"付款在这个安全页面上，15:20前有效：\n{PDF_LINK}\n看清金额再付。")
    card = {"type": "secure_link", "url": PDF_LINK, "title": "pay", "expires_at": "2026-11-24T15:20:00+08:00"}
    text, news = kit.shown(said, Said(card=card))
    assert (news.kind, news.title, news.url) == ("news", "付款", PDF_LINK) and "15:20" in news.description
    assert PDF_LINK not in text.text and "看清金额再付" in text.text
    (alone,) = kit.shown(said, Said(card=card), at_most=1)
    assert PDF_LINK in alone.text
    assert PDF_LINK in card_texts(Kit(kit.lists._store, None), card) or kit.shown(Said(card=card))[-1].url == PDF_LINK


def test_where_a_proof_can_be_put_is_said_and_remembered(kit: Kit) -> None:
    (piece,) = kit.shown(Said(card={"type": "upload", "request_id": "DF00000001", "accepts": [], "max_bytes": 1}))
    assert "直接在这里发" in piece.text
    assert kit.people.of(OPENID).proof_request_id == "DF00000001"


def test_an_amount_can_be_chosen_by_what_somebody_would_type(kit: Kit) -> None:
    card = {
        "type": "amount_choice",
        "min_fen": 30000,
        "max_fen": 100000,
        "step_fen": 5000,
        "suggested_fen": 60000,
        "per": "month",
    }
    (menu,) = kit.shown(Said("每月能还多少？"), Said(card=card))
    assert "最少300.00元，最多1,000.00元" in menu.text
    assert kit.lists.meant(OPENID, "每月600元") == "每月600元"


def test_a_day_is_asked_for_in_words_with_an_example(kit: Kit) -> None:
    card = {"type": "date_choice", "earliest_date": "2026-12-01", "latest_date": "2027-01-15"}
    assert card_texts(kit, card) == "想定哪一天，直接写，比如「12月1日」。最早12月1日，最晚2027年1月15日。"


def test_a_rating_is_three_answers_to_tap(kit: Kit) -> None:
    (menu,) = kit.shown(Said(card={"type": "rating"}))
    assert menu.kind == "menu" and len(menu.items) == 3


@pytest.mark.parametrize(
    "card", [{"type": "plan"}, {"type": "loan", "outstanding_fen": "x"}, {"type": "undo"}, {"type": None}, {}]
)
def test_a_card_of_another_make_never_keeps_the_text_away(kit: Kit, card: dict[str, Any]) -> None:
    (piece,) = kit.shown(Said("还是要说的话。"), Said(card=card))
    assert piece.text == "还是要说的话。"


def kinds(pieces: Sequence[Piece]) -> list[str]:
    return [piece.kind for piece in pieces]


def test_at_most_as_many_messages_as_allowed_whatever_is_said(kit: Kit) -> None:
    said = [Said("一段话。" * 40, (Button(f"选项{number}", f"/x{number}"),)) for number in range(5)]
    link = {"type": "secure_link", "url": PDF_LINK, "title": "pay", "expires_at": "2026-11-24T15:20:00+08:00"}
    for at_most in (2, 3, 5):
        pieces = kit.shown(*said, Said(card=link), Said(card=plan()), at_most=at_most)
        assert len(pieces) <= at_most and kinds(pieces)[-1] == "menu"

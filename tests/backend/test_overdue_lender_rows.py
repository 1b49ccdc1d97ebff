"""The lender file's rows on being late, the credit to rebuild with, and coupons: a mistake is one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.backend import lender_file
from bot.config import ConfigurationError
from tests.support.backend import DEMO_LENDER_FILE

DEMO = DEMO_LENDER_FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{ code: call, from_day: 7, ", "{ code: call, ", "overdue step 'call': give `from_day`"),
        ("{ code: penalty, ", "{ code: penalty, from_day: 9, ", "overdue step 'penalty': give `from_day`, but for penalty"),
        ("{ code: call, from_day: 7, ", "{ code: call, from_day: 0, ", "greater than or equal to 1"),
        ("  min_fen: 20000\n", "  min_fen: 2000000\n", "`max_fen` is not below `min_fen`"),
        ("        kind: interest_off\n", "        kind: interest_free_days\n", "a coupon for interest-free days has `days`"),
        ("        products: [QH-KUAI, QH-JIE]\n", "        products: [QH-WEG]\n", "coupon CP1004A: there is no product 'QH-WEG'"),
        ("coupon_id: CP1001B", "coupon_id: CP1001A", "coupon_id 'CP1001A' is given twice"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    changed = DEMO.replace(old, new, 1)
    assert changed != DEMO
    path = tmp_path / "lender.yml"
    path.write_text(changed, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        lender_file.read(path)
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_steps_whose_day_a_rule_sets_move_with_the_rule() -> None:
    product = next(row for row in lender_file.read(DEMO_LENDER_FILE).file.products if row.product_id == "QH-JIE")
    days = {step.code: day for day, step in product.overdue_steps_by_day()}
    assert (days["penalty"], days["reported"]) == (4, 4)
    longer = product.copy(update={"grace_period_days": 5, "reported_from_days_past_due": 9})
    days = {step.code: day for day, step in longer.overdue_steps_by_day()}
    assert (days["penalty"], days["reported"], days["call"]) == (6, 9, 7)

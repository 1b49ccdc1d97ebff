"""Pictures of the main states, for people to look at: `results/widget/`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.config import ROOT
from tests.browser.widget_page import WidgetPage

FOLDER = ROOT / "results" / "widget"
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 720},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
WIDE: dict[str, Any] = {"viewport": {"width": 500, "height": 900}, "device_scale_factor": 2}


@pytest.mark.parametrize(
    ("name", "attributes", "device", "said", "awaited"),
    [
        ("normal", "", WIDE, ["我欠多少", "晚半个月"], "summary"),
        ("dark", 'theme="dark"', WIDE, ["我欠多少", "晚半个月"], "summary"),
        ("care", "care", WIDE, ["原因"], None),
        ("care-phone", "care", PHONE, ["我欠多少"], "loan"),
        ("phone", "", PHONE, ["换日子"], "calendar"),
        ("plan", "", WIDE, ["计划"], "plan"),
        ("comparison", "", WIDE, ["对比"], "comparison"),
        ("status", "", WIDE, ["进度"], "status"),
    ],
)
def test_a_picture_of(
    visit: Callable[..., WidgetPage], name: str, attributes: str, device: dict[str, Any], said: list[str], awaited: str | None
) -> None:
    widget = visit(attributes=attributes, **device).open()
    for text in said:
        widget.says(text)
        widget.page.wait_for_timeout(250)
    if awaited:
        widget.shows(awaited)
    widget.photograph(FOLDER, name)
    assert (FOLDER / f"{name}.png").stat().st_size > 10_000

"""Words in WeChat: a response's own variant is chosen, and nobody is sent to a site where they are not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.channels.wechat.output import WeChatOutput
from bot.channels.wechat.words import WeChatWords
from bot.domain import read_domain
from bot.wording import CareWording

DOMAIN = """
version: "3.1"
slots:
  care_mode: {type: bool, influence_conversation: false, mappings: [{type: custom}]}
responses:
  utter_hello:
    - text: 网页上
    - text: 网页上，字大
      condition: [{type: slot, name: care_mode, value: true}]
    - text: 微信里
      channel: wechat
    - text: 微信里，字大
      channel: wechat
      condition: [{type: slot, name: care_mode, value: true}]
  utter_without_variant:
    - text: 哪里都一样
"""


@pytest.fixture(scope="module")
def wording() -> CareWording:
    return CareWording(None, Domain.from_yaml(DOMAIN))


def said(wording: CareWording, response: str, channel: str, *, care_mode: bool = False) -> Any:
    tracker = DialogueStateTracker("c", Domain.from_yaml(DOMAIN).slots)
    tracker.update(SlotSet("care_mode", care_mode))
    return asyncio.run(wording.generate(response, tracker, channel))["text"]


def test_a_response_has_its_own_words_in_wechat_with_and_without_care_mode(wording: CareWording) -> None:
    channel = WeChatOutput.name()
    assert said(wording, "utter_hello", channel) == "微信里"
    assert said(wording, "utter_hello", channel, care_mode=True) == "微信里，字大"
    assert said(wording, "utter_hello", "web") == "网页上"
    assert said(wording, "utter_without_variant", channel) == "哪里都一样"


def test_the_channel_itself_says_the_variant_for_wechat() -> None:
    assert "绑定" in WeChatWords().text("utter_log_in_first")


def test_no_answer_in_wechat_sends_anybody_to_a_site_to_open_the_bot_from() -> None:
    words = WeChatWords()
    for name, variants in read_domain()["responses"].items():
        for variant in variants:
            if variant.get("channel") in (None, "wechat"):
                assert "打开我" not in words.in_wechat(variant["text"]), name


def test_the_rows_of_a_plan_are_left_to_its_card_in_wechat() -> None:
    for name in ("utter_plan", "utter_plan_begin"):
        (variant,) = [row for row in read_domain()["responses"][name] if row.get("channel") == "wechat"]
        assert "{plan}" not in variant["text"] and variant["buttons"]

"""A response has a variant in short sentences for who wants large letters; which one is said, with which values and buttons."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.wording import CareWording

DOMAIN = """
version: "3.1"
slots:
  care_mode: {type: bool, influence_conversation: false, mappings: [{type: custom}]}
  requested_slot: {type: text, influence_conversation: false, mappings: [{type: custom}]}
  human_phone: {type: text, influence_conversation: false, initial_value: 400-000-0000, mappings: [{type: custom}]}
responses:
  utter_plan:
    - text: '一共还差{outstanding}，有事打{human_phone}。'
      buttons:
        - {title: '看{product}', payload: '/ask_bill{{"loan_id": "{loan_id}"}}'}
        - {title: 二, payload: /b}
        - {title: 三, payload: /c}
        - {title: 找人工, payload: /request_human}
    - text: '还差{outstanding}。'
      condition: [{type: slot, name: care_mode, value: true}]
  utter_greet:
    - text: 您好。
  utter_ask_reason:
    - text: 方便说说原因吗？
      buttons:
        - {title: 一, payload: /a}
        - {title: 二, payload: /b}
        - {title: 三, payload: /c}
        - {title: 不想说, payload: '/inform{{"deferral_reason": "not_said"}}'}
  utter_own_buttons:
    - text: 长的话。
      buttons: [{title: 一, payload: /a}, {title: 二, payload: /b}]
    - text: 短话。
      condition: [{type: slot, name: care_mode, value: true}]
      buttons: [{title: 二, payload: /b}]
  utter_why:
    - text: 长的话，哪里都能说。
    - text: 短话。
      condition: [{type: slot, name: care_mode, value: true}]
    - text: 长的原因。
      condition: [{type: slot, name: requested_slot, value: reason}]
      buttons: [{title: 不说, payload: /no}]
    - text: 短的原因。
      condition: [{type: slot, name: requested_slot, value: reason}, {type: slot, name: care_mode, value: true}]
  utter_on_channels:
    - text: 长的话。
    - text: 微信上的长话。
      channel: wechat
    - text: 短话。
      condition: [{type: slot, name: care_mode, value: true}]
    - text: 微信上的短话。
      channel: wechat
      condition: [{type: slot, name: care_mode, value: true}]
"""


def say(response: str, *, channel: str = "chat", slots: dict[str, Any] | None = None, knows: Any = None, **values: Any) -> Any:
    """What is said in a conversation with these slots, whose channel knows this of care mode."""
    domain = Domain.from_yaml(DOMAIN)
    tracker = DialogueStateTracker("B1", domain.slots)
    tracker.update(UserUttered("你好", metadata={} if knows is None else {"care_mode": knows}))
    for name, value in (slots or {}).items():
        tracker.update(SlotSet(name, value))
    wording = CareWording(EndpointConfig(), Domain.empty())
    wording.responses = domain.responses  # as Rasa does when a model has been loaded
    return asyncio.run(wording.generate(response, tracker, channel, **values))


CARE = {"care_mode": True}


def test_the_short_variant_is_said_in_care_mode_with_its_values_and_few_of_the_normal_buttons() -> None:
    said = say("utter_plan", slots=CARE, outstanding="300.00元", product="现金贷", loan_id="L1")
    assert said["text"] == "还差300.00元。"
    assert [button["title"] for button in said["buttons"]] == ["看现金贷", "二", "找人工"]
    assert said["buttons"][0]["payload"] == '/ask_bill{"loan_id": "L1"}'


@pytest.mark.parametrize("slots", [{}, {"care_mode": False}, {"care_mode": None}])
def test_it_is_not_said_to_anybody_else(slots: dict[str, Any]) -> None:
    said = say("utter_plan", slots=slots, outstanding="300.00元", product="现金贷", loan_id="L1")
    assert said["text"] == "一共还差300.00元，有事打400-000-0000。"
    assert len(said["buttons"]) == 4


def test_a_response_without_a_short_variant_is_said_as_it_is() -> None:
    assert say("utter_greet", slots=CARE)["text"] == "您好。"
    assert say("utter_unknown", slots=CARE) is None


def test_a_question_can_still_be_left_unanswered() -> None:
    assert [button["title"] for button in say("utter_ask_reason", slots=CARE)["buttons"]] == ["一", "二", "不想说"]


def test_a_short_variant_may_have_buttons_of_its_own() -> None:
    assert [button["title"] for button in say("utter_own_buttons", slots=CARE)["buttons"]] == ["二"]


@pytest.mark.parametrize("turn", range(10))
def test_of_several_conditions_that_hold_the_one_for_care_mode_is_never_left_to_chance(turn: int) -> None:
    said = say("utter_why", slots={**CARE, "requested_slot": "reason"})
    assert said["text"] == "短的原因。"
    assert [button["title"] for button in said["buttons"]] == ["不说"]


def test_other_conditions_still_hold() -> None:
    assert say("utter_why", slots={"requested_slot": "reason"})["text"] == "长的原因。"
    assert say("utter_why", slots=CARE)["text"] == "短话。"


def test_a_channel_has_its_own_short_variant() -> None:
    assert say("utter_on_channels", slots=CARE, channel="wechat")["text"] == "微信上的短话。"
    assert say("utter_on_channels", slots=CARE, channel="web")["text"] == "短话。"
    assert say("utter_on_channels", channel="wechat")["text"] == "微信上的长话。"


def test_the_channel_may_know_that_large_letters_are_on_but_what_was_said_here_wins() -> None:
    assert say("utter_why", knows=True)["text"] == "短话。"
    assert say("utter_why", knows=True, slots={"care_mode": False})["text"] == "长的话，哪里都能说。"
    assert say("utter_why", knows=False)["text"] == "长的话，哪里都能说。"

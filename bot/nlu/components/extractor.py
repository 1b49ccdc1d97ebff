"""The Rasa extractor of everything with a value: sums, days, durations, instalments, names, reasons, loans; and aspects."""

from __future__ import annotations

import os
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_ROLE,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import aspects, lexicon
from bot.nlu.aspects import find_aspects
from bot.nlu.values import Value, read_values

_SHANGHAI = ZoneInfo("Asia/Shanghai")


def shanghai_today() -> date:
    """The calendar day in Shanghai, or the one that `HUANBAN_TODAY` fixes (2026-11-24)."""
    fixed = os.environ.get("HUANBAN_TODAY", "")
    return date.fromisoformat(fixed) if fixed else datetime.now(_SHANGHAI).date()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ValueExtractor(GraphComponent, EntityExtractorMixin):
    """Marks what `bot.nlu.values` reads; an entity with a role is one to ask back about, never one to use as it is."""

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> ValueExtractor:
        """A component; it has no settings and no state."""
        return cls()

    @staticmethod
    def required_packages() -> list[str]:
        """What it cannot run without."""
        return ["cn2an"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Changes when a lexicon or any parser does."""
        return lexicon.digest() + aspects.digest()

    def process(self, messages: list[Message]) -> list[Message]:
        """The same messages, each with the entities found added to those it had."""
        for message in messages:
            text = message.get(TEXT) or ""
            found = [_entity(value) for value in read_values(text, shanghai_today())]
            found += [_aspect(name) for name, _, _ in find_aspects(text)]
            message.set(ENTITIES, message.get(ENTITIES, []) + self.add_extractor_name(found), add_to_output=True)
        return messages


def _aspect(name: str) -> dict[str, Any]:
    # Without a span: an aspect says what the words ask, and is no value cut out of them.
    return {ENTITY_ATTRIBUTE_TYPE: "aspect", ENTITY_ATTRIBUTE_VALUE: name}


def _entity(value: Value) -> dict[str, Any]:
    entity: dict[str, Any] = {
        ENTITY_ATTRIBUTE_TYPE: value.entity,
        ENTITY_ATTRIBUTE_START: value.start,
        ENTITY_ATTRIBUTE_END: value.end,
        ENTITY_ATTRIBUTE_VALUE: value.value,
        **value.extra,
    }
    if value.role:
        entity[ENTITY_ATTRIBUTE_ROLE] = value.role
    return entity

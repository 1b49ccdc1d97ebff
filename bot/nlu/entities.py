"""Names and reasons from the lexicons: product, bank, city, reason of hardship, and the last digits of a card."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.nlu import lexicon

_CARD = re.compile(
    r"(?:尾号|尾数|卡尾|[后末](?:四|4)位(?:数字?)?|最后(?:四|4)位(?:数字?)?)\s*(?:是|为|:|：|叫|的是)?\s*(?P<digits>\d{4})(?!\d)|(?<!\d)(?P<before>\d{4})(?:结尾|的?那张卡|这张卡|的卡|尾号)"
)
_LATIN_ALIAS = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class Entity:
    """A name somewhere in a text: which entity, its value, and what else is known (such as the district of a city)."""

    start: int
    end: int
    entity: str
    value: str
    text: str
    district: str | None = None


def find_entities(text: str) -> list[Entity]:
    """Products, banks, cities, reasons of hardship and card tails of a text, by position.

    Names never overlap names (成都银行 is a bank and no city), reasons never overlap reasons; a reason may hold a name.

    Args:
        text: normalised (half width, lower case).
    """
    names = _longest_first(_cards(text) + _matches(text, _names()))
    reasons = _longest_first(_matches(text, _reasons()))
    return sorted(names + reasons, key=lambda entity: (entity.start, entity.end))


def _cards(text: str) -> list[Entity]:
    found = []
    for match in _CARD.finditer(text):
        group = "digits" if match["digits"] else "before"
        found.append(Entity(match.start(), match.end(), "card_last4", match[group], match.group()))
    return found


def _matches(text: str, table: list[tuple[re.Pattern[str], dict[str, Any]]]) -> list[Entity]:
    return [
        Entity(match.start(), match.end(), meant["entity"], meant["value"], match.group(), meant.get("district"))
        for pattern, meant in table
        for match in pattern.finditer(text)
        if match.end() > match.start()
    ]


def _longest_first(entities: list[Entity]) -> list[Entity]:
    """The longest of overlapping ones; of equals the one that stands higher in its lexicon."""
    kept: list[Entity] = []
    for entity in sorted(entities, key=lambda e: e.start - e.end):
        if not any(other.start < entity.end and entity.start < other.end for other in kept):
            kept.append(entity)
    return kept


def _alternatives(aliases: list[str]) -> str:
    parts = []
    for alias in sorted(set(aliases), key=len, reverse=True):
        word = re.escape(alias)
        parts.append(rf"(?<![a-z0-9]){word}(?![a-z0-9])" if _LATIN_ALIAS.fullmatch(alias) else word)
    return "|".join(parts)


@lru_cache(maxsize=1)
def _names() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    table: list[tuple[re.Pattern[str], dict[str, Any]]] = []
    for product in lexicon.load("products")["products"]:
        aliases = [product["name"], *product.get("spellings", []), *product.get("names", [])]
        table.append((re.compile(_alternatives(aliases)), {"entity": "product", "value": product["name"]}))
    banks = lexicon.load("banks")
    for bank in banks["banks"]:
        pattern = _alternatives([bank["name"], *bank.get("aliases", [])])
        if bank.get("before_card"):
            pattern += rf"|(?:{_alternatives(bank['before_card'])})(?={banks['card_words']})"
        table.append((re.compile(pattern), {"entity": "bank", "value": bank["name"]}))
    for city in lexicon.load("cities")["cities"]:
        # 借钱给成都的朋友 names the city; 成都银行 is matched as a bank above, being longer.
        table.append(
            (re.compile(_alternatives([city["name"], *city.get("aliases", [])])), {"entity": "city", "value": city["name"]})
        )
        for district, aliases in city.get("districts", {}).items():
            meant = {"entity": "city", "value": city["name"], "district": district}
            table.append((re.compile(_alternatives([district, *(aliases or [])])), meant))
    return table


@lru_cache(maxsize=1)
def _reasons() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    lexicon_of_reasons = lexicon.load("hardship_reasons")
    kin = lexicon_of_reasons["kin"]
    return [
        (
            re.compile("|".join(f"(?:{p.replace('KIN', f'(?:{kin})')})" for p in patterns)),
            {"entity": "hardship_reason", "value": code},
        )
        for code, patterns in lexicon_of_reasons["reasons"].items()
    ]

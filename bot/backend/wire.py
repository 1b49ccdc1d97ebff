"""How things look in JSON: the base of all bodies, and what several topics share."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic import BaseModel, ConstrainedInt, ConstrainedStr, Extra, Field

ID_PATTERN = r"^[A-Za-z0-9_-]{1,64}$"
KEY_PATTERN = r"^[A-Za-z0-9_.:-]{8,128}$"


# Character classes, without shorthands, so that Python and JSON Schema read them alike.
_CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"
_WHITE = r"\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f\u3000\ufeff"


def _say_what_may_be_null(schema: dict[str, Any], model: type[BaseModel]) -> None:
    """Completes a model's schema: pydantic 1 knows `null`, but does not write it into the document."""
    for field in model.__fields__.values():
        if field.allow_none:
            schema["properties"][field.name] = {"anyOf": [schema["properties"][field.name], {"type": "null"}]}
    if issubclass(model, Answer):
        schema["required"] = list(model.__fields__)  # answers leave nothing out
    if model.__config__.example:  # type: ignore[attr-defined]
        schema["example"] = model.__config__.example  # type: ignore[attr-defined]


class _Body(BaseModel):
    class Config:
        extra = Extra.forbid
        schema_extra = staticmethod(_say_what_may_be_null)
        example: dict[str, Any] | None = None  # `class Some(Ask, example={…})`


class Answer(_Body):
    """A body the backend sends."""


class Ask(_Body):
    """A body the backend takes: unknown members are mistakes, and nothing is turned into something else."""


class Id(ConstrainedStr):
    """An identifier."""

    strict = True
    regex = ID_PATTERN


class Code(ConstrainedStr):
    """A word for programs, in snake case."""

    strict = True
    regex = r"^[a-z][a-z0-9_]{0,39}$"


class PlainText(ConstrainedStr):
    """A person's words: not blank, and no characters that cannot be shown or stored."""

    strict = True
    strip_whitespace = False
    min_length = 1
    max_length = 2000
    regex = rf"^[^{_CONTROL}]*[^{_WHITE}][^{_CONTROL}]*$"

    @classmethod
    def __get_validators__(cls) -> Generator[Callable[..., Any], None, None]:
        """Those of a string, and that it can be written down."""
        yield from super().__get_validators__()
        yield cls._no_lone_surrogates

    @classmethod
    def _no_lone_surrogates(cls, value: str) -> str:
        value.encode()
        return value


class ShortText(PlainText):
    """A line of it."""

    max_length = 200


class Fen(ConstrainedInt):
    """An amount above zero."""

    strict = True
    ge = 1
    le = 100_000_000_00


class FenOrNothing(Fen):
    """An amount that may be zero."""

    ge = 0


class Day(date):
    """A calendar day written `2026-12-15`; pydantic alone would take a number for one."""

    @classmethod
    def __get_validators__(cls) -> Iterator[Callable[[Any], date]]:
        """Makes it a field."""
        yield cls._read

    @classmethod
    def _read(cls, value: Any) -> date:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise ValueError("a day is text such as 2026-12-15")
        return date.fromisoformat(value)

    @classmethod
    def __modify_schema__(cls, schema: dict[str, Any]) -> None:
        """What the document says of it."""
        schema.update(type="string", format="date")


class Problem(BaseModel, extra=Extra.allow):
    """RFC 9457 problem details; members for programs stand beside these."""

    type: str = Field(description="A path, `/problems/…`; the table is in docs/loan-backend.md.")
    title: str
    status: int
    detail: str = Field(description="For developers; borrowers never read it.")


def shown_rate(value: Decimal) -> str:
    """A rate as it travels: text, four decimals at least, nothing rounded away but what lies behind the tenth."""
    shown = format(value.quantize(Decimal("0.0000000001")).normalize(), "f")
    whole, _, decimals = shown.partition(".")
    return f"{whole}.{decimals.ljust(4, '0')}"


def jsonable(value: Any) -> Any:
    """What `json` can write: days and moments as text, and through lists and dictionaries likewise."""
    if isinstance(value, BaseModel):
        return jsonable(value.dict())
    if isinstance(value, dict):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return shown_rate(value)
    return value

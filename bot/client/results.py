"""What the backend's answers are to the bot: frozen dataclasses, read strictly from JSON.

Names and units are those of `docs/loan-backend.md`. An answer that lacks a field, or holds one of another kind, is no usable
answer: it raises `MalformedAnswer` and nothing of it is ever said to a borrower.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Literal, TypeVar, Union

T = TypeVar("T")


class MalformedAnswer(ValueError):
    """An answer is not shaped as the contract says; the message names the field."""


@dataclass(frozen=True)
class Borrower:
    """Who the bot is talking with."""

    borrower_id: str
    display_name: str
    city: str | None
    care_mode: bool
    district: str | None = None


@dataclass(frozen=True)
class Instalment:
    """One instalment of a plan."""

    instalment_number: int
    due_date: date
    original_due_date: date
    principal_fen: int
    interest_fen: int
    fee_fen: int
    penalty_fen: int
    payment_fen: int
    paid_fen: int
    outstanding_fen: int
    status: str
    days_past_due: int


@dataclass(frozen=True)
class Loan:
    """A loan as it stands; `instalments` is empty in lists of loans."""

    loan_id: str
    product_id: str
    product_name: str
    kind: str
    principal_fen: int
    term: int | None
    status: str
    outstanding_fen: int
    outstanding_principal_fen: int
    overdue_fen: int
    penalty_fen: int
    days_past_due: int
    days_delinquent: int
    grace_period_days: int
    next_instalment_number: int | None
    next_due_date: date | None
    next_due_fen: int | None
    statement_date: date | None
    minimum_payment_fen: int | None
    card_last4: str | None
    pending_request_id: str | None
    collection_agency: str | None
    as_of: datetime
    instalments: tuple[Instalment, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether anything is still owed."""
        return self.status != "closed"


@dataclass(frozen=True)
class PaymentAllocation:
    """What a payment settled of one instalment; without number, principal paid early beside the plan."""

    instalment_number: int | None
    fee_fen: int
    interest_fen: int
    principal_fen: int
    penalty_fen: int


@dataclass(frozen=True)
class Payment:
    """A payment as booked, under way or failed."""

    payment_id: str
    amount_fen: int
    booked_at: datetime | None
    value_date: date
    channel: str
    status: Literal["booked", "processing", "failed"]
    failure_reason: str | None
    allocations: tuple[PaymentAllocation, ...] = ()


@dataclass(frozen=True)
class DateChange:
    """What a deferral does to one instalment."""

    instalment_number: int
    old_due_date: date
    new_due_date: date
    old_payment_fen: int
    new_payment_fen: int


@dataclass(frozen=True)
class DeferralQuote:
    """What a deferral would change; nothing is filed by it."""

    quote_id: str
    loan_id: str
    filing_key: str
    expires_at: datetime
    as_of: datetime
    period: str
    interest_free: bool
    first_instalment_number: int
    changes: tuple[DateChange, ...]
    old_due_date: date
    new_due_date: date
    deferred_fen: int
    extra_interest_fen: int
    penalty_to_date_fen: int
    penalty_if_late_fen: int
    credit_effect: Literal["none_if_approved", "already_reported", "reported_as_restructured"]
    conditions: tuple[str, ...]
    decision_due_at: datetime


@dataclass(frozen=True)
class DeferralWindow:
    """Between which days the next due day can be moved, both included; None when only whole months can be asked for."""

    loan_id: str
    product_name: str
    due_date: date
    earliest_date: date | None
    latest_date: date | None
    as_of: datetime


@dataclass(frozen=True)
class FiledRequest:
    """A request as filed; `replayed` tells that it had been filed before this call."""

    request_id: str
    kind: str
    loan_id: str | None
    status: Literal["pending", "approved", "refused", "undone"]
    filed_at: datetime
    undo_until_at: datetime | None
    decision_due_at: datetime | None
    decided_at: datetime | None
    decision_reason: str | None
    terms: dict[str, Any]
    as_of: datetime
    replayed: bool = False


def read(kind: type[T], data: Any) -> T:
    """`data` as a `kind`.

    Fields that the bot does not know are passed over, so that a backend may grow.

    Raises:
        MalformedAnswer: a field is missing or of another kind.
    """
    if not isinstance(data, dict):
        raise MalformedAnswer(f"{kind.__name__}: not an object")
    values = {}
    for name, hint, required in _fields(kind):  # type: ignore[arg-type]  # a class is hashable
        if name in data:
            values[name] = _value(hint, data[name], f"{kind.__name__}.{name}")
        elif required:
            raise MalformedAnswer(f"{kind.__name__}.{name} is missing")
    return kind(**values)


@cache
def _fields(kind: type) -> tuple[tuple[str, Any, bool], ...]:
    hints = typing.get_type_hints(kind)
    return tuple((f.name, hints[f.name], f.default is dataclasses.MISSING) for f in dataclasses.fields(kind))


def _value(hint: Any, value: Any, where: str) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        return _value(next(a for a in arguments if a is not type(None)), value, where)
    if origin is Literal:
        if value not in arguments:
            raise MalformedAnswer(f"{where}: {value!r} is none of {arguments}")
        return value
    if origin is tuple:
        if not isinstance(value, list):
            raise MalformedAnswer(f"{where}: not a list")
        if arguments[0] in (str, int):
            return tuple(_value(arguments[0], item, where) for item in value)
        return tuple(_value(arguments[0], item, where) for item in value)
    if origin is dict and isinstance(value, dict):
        return value
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return read(hint, value)
    try:
        if hint is datetime:
            moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
            if moment.tzinfo is None:
                raise MalformedAnswer(f"{where}: a moment without a time zone")
            return moment
        if hint is date:
            return date.fromisoformat(value)
        if hint is Decimal:
            return Decimal(value)
    except (ValueError, TypeError, AttributeError, ArithmeticError) as error:
        raise MalformedAnswer(f"{where}: {value!r}") from error
    if type(value) is not hint:
        raise MalformedAnswer(f"{where}: {value!r} is not {getattr(hint, '__name__', hint)}")
    return value

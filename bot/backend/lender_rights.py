"""What the lender file says about people and rights: when its people are there, its own numbers, agencies, pauses, data."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Literal

from pydantic import Field, validator

from bot.backend.days import Day
from bot.backend.products import Row
from bot.loans.opening_hours import OpeningHours, Span

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ID = r"^[A-Za-z0-9_-]{1,64}$"


class StaffRow(Row):
    """The people at the telephone: their number, hours, and how many there are."""

    phone: str = Field(min_length=3, max_length=30)
    hours: dict[Weekday, str]
    closed_dates: list[Day] = []
    people: int = Field(default=3, ge=1, le=10_000)
    minutes_each: int = Field(default=6, ge=1, le=240)

    @validator("hours")
    def _spans(cls, value: dict[str, str]) -> dict[str, str]:  # noqa: N805
        if not value:
            raise ValueError("give the hours of one weekday at least")
        for day, text in value.items():
            if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]", text):
                raise ValueError(f'{day}: {text!r} are no hours; write "08:00-22:00"')
            if _span(text).opens >= _span(text).closes:
                raise ValueError(f"{day}: {text!r} ends before it begins")
        return value

    def opening_hours(self, today: date) -> OpeningHours:
        """The hours as rules read them."""
        week = tuple(_span(self.hours[day]) if day in self.hours else None for day in _WEEKDAYS)
        return OpeningHours(week, frozenset(day.on(today) for day in self.closed_dates))


def _span(text: str) -> Span:
    opens, closes = text.split("-")
    return Span(time.fromisoformat(opens), time.fromisoformat(closes))


class OwnContact(Row):
    """A number, site, app or account that is the lender's own; whatever is not among them is not."""

    kind: Literal["phone", "sms", "website", "app", "wechat"]
    value: str = Field(min_length=2, max_length=80)
    purpose: str = Field(min_length=1, max_length=40)


class AgencyRow(Row):
    """A company that collects for the lender: how it can be told that a caller is theirs."""

    name: str = Field(min_length=1, max_length=80)
    phones: list[str] = []
    staff_numbers: list[str] = []


class PauseDays(Row):
    """For how many days nobody calls, by what was the reason."""

    complaint: int = Field(default=15, ge=1, le=365)
    bereavement: int = Field(default=90, ge=1, le=365)


class OutreachPauseRow(Row):
    """Stopping to call: for how long, what it covers, and what it cannot; the words are read by borrowers."""

    days: PauseDays = PauseDays()
    covers: list[str] = []
    not_covered: list[str] = []


class HeldData(Row):
    """One sort of data that the lender holds; the words are read by borrowers."""

    item_id: str = Field(regex=_ID)
    what: str = Field(min_length=1, max_length=60)
    why: str = Field(min_length=1, max_length=80)
    received_by: list[str] = []
    kept: str = Field(min_length=1, max_length=80)
    held_of: Literal["everybody", "has_loan", "overdue", "with_agency", "hardship_evidence"] = "everybody"
    kept_while: Literal["nothing", "owing", "with_agency", "required_by_law"] = "nothing"
    consent_purpose: Literal["reminders", "hardship_evidence", "conversation_to_human"] | None = None


class RightsRow(Row):
    """What the lender says about rights and safety."""

    own_contacts: list[OwnContact] = []
    agencies: list[AgencyRow] = []
    own_collectors: AgencyRow | None = None
    outreach_pause: OutreachPauseRow = OutreachPauseRow()
    data_inventory: list[HeldData] = []
    bereavement_papers: list[str] = []

    @validator("data_inventory")
    def _each_once(cls, value: list[HeldData]) -> list[HeldData]:  # noqa: N805
        ids = [row.item_id for row in value]
        if len(set(ids)) != len(ids):
            raise ValueError("each `item_id` is given once")
        return value

"""What is the same for everybody: places of the lender, and help from others."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field

from bot.backend.lender_difficulty import AssistanceKind
from bot.backend.places import distance_m
from bot.backend.problems import responses
from bot.backend.routes.common import TheCall, router
from bot.backend.wire import Answer, ShortText

routes = router("directory")

_COORDINATES = r"^-?[0-9]{1,2}(\.[0-9]{1,8})?,-?[0-9]{1,3}(\.[0-9]{1,8})?$"


class ServicePoint(Answer):
    """A place a borrower can go to."""

    service_point_id: str
    name: str
    city: str
    district: str
    address: str
    opening_hours: str
    phone: str | None
    services: list[str]
    service_names: list[str]
    bring: list[str]
    latitude: float | None
    longitude: float | None
    distance_m: int | None = Field(description="From where `near` says, as the crow flies; null without it.")


class ServicePoints(Answer):
    """Places, in the order of the lender file; with `near`, the nearest first."""

    as_of: datetime
    service_points: list[ServicePoint]


class Programme(Answer):
    """Help from others than the lender: who it is for, what it is, where that is written, when it was last checked."""

    programme_id: str
    name: str
    city: str | None
    who: str
    what: str
    when: str | None
    how: str | None
    phone: str | None
    kinds: list[str]
    source: str
    checked_date: date


class Programmes(Answer):
    """Programmes: the city's own first, then those of the whole country."""

    as_of: datetime
    programmes: list[Programme]


@routes.get("/service-points", operation_id="listServicePoints", response_model=ServicePoints, responses=responses())
def list_service_points(
    call: TheCall,
    city: Annotated[ShortText | None, Query(description="Only in this city.", example="成都")] = None,
    district: Annotated[ShortText | None, Query(description="Only in this district.", example="武侯区")] = None,
    near: Annotated[
        str | None, Query(regex=_COORDINATES, description="Latitude and longitude; sorts by distance.", example="30.66,104.06")
    ] = None,
) -> Any:
    """Places of the lender; with `near`, those whose coordinates are known, the nearest first."""
    with call.store.read() as reading:
        names = call.policy.lender.file.service_names
        found = [
            ServicePoint(**row.dict(), service_names=[names[code] for code in row.services], distance_m=_from(near, row))
            for row in call.policy.lender.file.service_points
            if city in (None, row.city) and district in (None, row.district)
        ]
        if near is not None:
            found = sorted((row for row in found if row.distance_m is not None), key=lambda row: row.distance_m or 0)
        return ServicePoints(as_of=reading.now, service_points=found)


def _from(near: str | None, row: Any) -> int | None:
    """How far a place is from a latitude and longitude; None when one of the two is not known."""
    if near is None or row.latitude is None or row.longitude is None:
        return None
    latitude, longitude = map(float, near.split(","))
    return distance_m(latitude, longitude, row.latitude, row.longitude)


@routes.get("/assistance-programmes", operation_id="listProgrammes", response_model=Programmes, responses=responses())
def list_programmes(
    call: TheCall,
    city: Annotated[ShortText | None, Query(description="This city's besides the whole country's.", example="成都")] = None,
    kind: Annotated[AssistanceKind | None, Query(description="Only of this kind.")] = None,
) -> Any:
    """Help from others than the lender; without a city, all there is."""
    with call.store.read() as reading:
        rows = [row for row in call.policy.lender.file.programmes if city is None or row.city in (None, city)]
        rows = [row for row in rows if kind is None or kind in row.kinds]
        rows.sort(key=lambda row: row.city is None)
        found = [Programme(**{**row.dict(), "checked_date": row.checked_date.on(reading.today)}) for row in rows]
        return Programmes(as_of=reading.now, programmes=found)

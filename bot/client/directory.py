"""What is the same for everybody, logged in or not: places of the lender, ways to repay, its products."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from bot.client.connection import Connection, UnusableAnswer
from bot.client.credit_line import ProductShelf
from bot.client.errors import BackendUnavailable
from bot.client.paying import RepaymentWay
from bot.client.people import Staff
from bot.client.results import MalformedAnswer, read
from bot.client.rights import OwnContact


@dataclass(frozen=True)
class ServicePoint:
    """A place a borrower can go to; `service_names` and `bring` are the lender's words."""

    service_point_id: str
    name: str
    city: str
    district: str
    address: str
    opening_hours: str
    phone: str | None
    services: tuple[str, ...]
    service_names: tuple[str, ...]
    bring: tuple[str, ...]
    distance_m: int | None = None


@dataclass(frozen=True)
class Programme:
    """Help from others than the lender, in the lender's words; `city` is None when it is for the whole country."""

    programme_id: str
    name: str
    city: str | None
    who: str
    what: str
    when: str | None
    how: str | None
    phone: str | None
    kinds: tuple[str, ...]
    source: str
    checked_date: date


@dataclass(frozen=True)
class Event:
    """A lecture or an hour of advice to come, in the lender's words."""

    event_id: str
    name: str
    kind: str
    city: str
    place: str
    starts_at: datetime
    ends_at: datetime
    who: str
    what: str
    seats_left: int


class Directory:
    """The lender's public directory. Every call asks anew; nothing is kept."""

    def __init__(self, client: Connection) -> None:
        self._client = client

    def service_points(self, city: str | None = None) -> list[ServicePoint]:
        """Places in a city, in the lender's order; all there are when no city is named.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._list(ServicePoint, "/service-points", "service_points", city=city)

    def nearest_points(self, latitude: float, longitude: float) -> list[ServicePoint]:
        """Places with their distance, the nearest first; empty when the lender tells no coordinates.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._list(ServicePoint, "/service-points", "service_points", near=f"{latitude:.6f},{longitude:.6f}")

    def programmes(self, city: str | None = None, kind: str | None = None) -> list[Programme]:
        """Help from others: a city's own first, then the whole country's; all there are when no city is named.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._list(Programme, "/assistance-programmes", "programmes", city=city, kind=kind)

    def events(self, city: str | None = None) -> list[Event]:
        """Lectures to come, the next first.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._list(Event, "/events", "events", city=city)

    def repayment_ways(self) -> list[RepaymentWay]:
        """The ways to repay of all products, in the lender's order.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._list(RepaymentWay, "/repayment-ways", "ways")

    def product_shelf(self) -> ProductShelf:
        """The lender's products in its own words, and who the lender is.

        Raises:
            BackendUnavailable: no usable answer.
        """
        try:
            return read(ProductShelf, self._client.call("GET", "/product-descriptions")[0])
        except (UnusableAnswer, MalformedAnswer) as error:
            raise BackendUnavailable(f"/product-descriptions: {error}") from error

    def own_contacts(self) -> list[OwnContact]:
        """The lender's own numbers, sites, apps and accounts; what is not among them is not the lender's.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._list(OwnContact, "/own-contacts", "contacts")

    def staff(self) -> Staff:
        """Whether a person can be reached now, and otherwise when.

        Raises:
            BackendUnavailable: no usable answer.
        """
        try:
            return read(Staff, self._client.call("GET", "/staff")[0])
        except (UnusableAnswer, MalformedAnswer) as error:
            raise BackendUnavailable(f"/staff: {error}") from error

    def bereavement_papers(self) -> list[str]:
        """What the lender asks of the family of a borrower who has died, in its own words.

        Raises:
            BackendUnavailable: no usable answer.
        """
        try:
            return [str(paper) for paper in self._client.call("GET", "/bereavement-papers")[0]["papers"]]
        except (UnusableAnswer, KeyError, TypeError) as error:
            raise BackendUnavailable(f"/bereavement-papers: {error}") from error

    def _list(self, kind: type[Any], path: str, name: str, /, **query: str | None) -> list[Any]:
        asked = urlencode({key: value for key, value in query.items() if value is not None})
        try:
            data = self._client.call("GET", f"{path}?{asked}" if asked else path)[0]
            return [read(kind, item) for item in data[name]]
        except (UnusableAnswer, MalformedAnswer, KeyError, TypeError) as error:
            raise BackendUnavailable(f"{path}: {error}") from error

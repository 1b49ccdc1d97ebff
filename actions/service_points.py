"""Where the lender can be met (intent `ask_service_point`): the borrower's own city first, else it is asked."""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, NotLoggedIn, aspects_of, button, offer, say
from actions.forms import Answer, FormAction
from bot import formats
from bot.client import default_client
from bot.client.directory import ServicePoint
from bot.client.errors import LoanBackendError

_ROWS = 5
_CITIES = 4
_SLOT = "service_point_city"


class ValidateServicePointForm(FormAction):
    """Shows the service points of a city; asks which city only when nobody knows it."""

    slots = (_SLOT,)
    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "validate_service_point_form"

    def proceed(self, answer: Answer, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """A place that the message names, else the borrower's own; a guest who names none is asked."""
        points = (self._client or default_client()).directory().service_points()
        if answer.put_again:
            return self._ask_city(points, dispatcher)
        if answer.intent == "cancel":
            say(dispatcher, "utter_nothing_done")
            return self.stop()
        city, district = _place_in(answer, tracker)
        if answer.asked and city is None:
            return []
        own_city, own_district = (None, None) if city else self._own_place(tracker)
        if city is None and own_city is None:
            return self._ask_city(points, dispatcher)
        say_points(dispatcher, points, city or str(own_city), district or own_district, aspects_of(tracker))
        return self.stop()

    def _ask_city(self, points: Sequence[ServicePoint], dispatcher: CollectingDispatcher) -> Events:
        cities = list(dict.fromkeys(point.city for point in points))
        buttons = [button(name, "ask_service_point", city=name) for name in cities[:_CITIES]]
        offer(dispatcher, "utter_which_city", buttons, cities=formats.listed(cities))
        return self.ask(_SLOT, {})

    def _own_place(self, tracker: Tracker) -> tuple[str | None, str | None]:
        """City and district that the lender has of the borrower; none for a guest."""
        try:
            borrower = self.loans_of(tracker).borrower()
        except (NotLoggedIn, LoanBackendError):
            return None, None
        return borrower.city, borrower.district


def _place_in(answer: Answer, tracker: Tracker) -> tuple[str | None, str | None]:
    """City and district in the message; a button names the city alone."""
    found = [row for row in tracker.latest_message.get("entities") or [] if row["entity"] == "city"]
    if not found:
        return None, None
    district = next((row["district"] for row in found if row.get("district")), None)
    return str(found[0]["value"]), district


def say_points(
    dispatcher: CollectingDispatcher, points: Sequence[ServicePoint], city: str, district: str | None, aspects: Sequence[str]
) -> None:
    """The nearest one in full, the others of the city in a line each; says so where there is none."""
    here = [point for point in points if point.city == city]
    if not here:
        cities = formats.listed(point.city for point in points)
        say(dispatcher, "utter_no_point_in_city" if cities else "utter_no_points", city=city, cities=cities)
        return
    near = [point for point in here if point.district == district]
    if district and not near:
        say(dispatcher, "utter_no_point_in_district", city=city, district=district)
    first = near[0] if near else here[0]
    say_point(dispatcher, first)
    if near and "point_bring" in aspects:
        return
    others = [point for point in here if point is not first]
    if others:
        rows = formats.lines(f"{point.district} {point.address} {point.opening_hours}" for point in others[:_ROWS])
        say(dispatcher, "utter_other_points", city=city, points=rows, number_of_points=len(others))


def say_point(dispatcher: CollectingDispatcher, point: ServicePoint) -> None:
    """One place: where, when, what it does, what to bring."""
    say(
        dispatcher,
        "utter_service_point" if point.phone else "utter_service_point_without_phone",
        name=point.name,
        address=point.address,
        opening_hours=point.opening_hours,
        phone=point.phone,
        services=formats.listed(point.service_names),
        bring=formats.listed(point.bring),
    )

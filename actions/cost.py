"""What a loan costs and how that comes about; coupons (intents `ask_interest_and_fees`, `ask_coupon`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, aspects_of, button, offer, say, today
from actions.my_debt import ROWS_ON_A_PHONE, open_loans_meant
from bot import formats
from bot.client.cost import Costs, Coupon

# What is so whoever asks.
_SAID_TO_ANYBODY = {
    "cost_ceiling": "utter_costs_ceiling_rule",
    "cost_lpr": "utter_costs_lpr",
    "cost_merchant": "utter_costs_merchant",
    "cost_unused": "utter_costs_unused",
}
# After these, the borrower's own costs would be more than was asked.
_WHOLE_ANSWERS = frozenset({"cost_merchant", "cost_unused", "cost_lpr"})
_REASONS_SHOWN = 3


class ActionShowCosts(BorrowerAction):
    """Shows what a loan costs: the rate in three ways, so far and to come, and the sum behind it."""

    general_response = "utter_costs_in_general"
    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "action_show_costs"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """One loan in full; several in a line each, with a button for each."""
        asked = aspects_of(tracker)
        for aspect in [name for name in asked if name in _SAID_TO_ANYBODY][:2]:
            say(dispatcher, _SAID_TO_ANYBODY[aspect])
        if _WHOLE_ANSWERS & set(asked):
            return []
        loans = self.loans_of(tracker)
        chosen = open_loans_meant(loans.loans(), dispatcher, tracker)
        costs = [loans.costs(loan.loan_id) for loan in chosen[:ROWS_ON_A_PHONE]]
        if len(costs) > 1 and "cost_ceiling" not in asked:
            say_costs_of_all(dispatcher, costs)
        elif len(costs) == 1:
            say_costs(dispatcher, costs[0], asked)
        for each in costs if "cost_ceiling" in asked else []:
            say(dispatcher, f"utter_costs_ceiling_{'over' if each.over_ceiling else 'under'}", **cost_values(each))
        return []


def say_costs(dispatcher: CollectingDispatcher, costs: Costs, asked: Sequence[str]) -> None:
    """One loan: what was asked first; the rest of it only where nothing narrower was asked."""
    narrow = [aspect for aspect in ("cost_why", "cost_from_when", "cost_lower") if aspect in asked]
    if "why" in asked and "cost_why" not in asked:
        narrow.append("cost_why")
    for aspect in narrow:
        say_narrow_answer(dispatcher, costs, aspect)
    if "cost_ceiling" in asked:
        return
    billed = costs.kind == "revolving"
    only_sums = "cost_total" in asked and not billed and not {"cost_rate", "cost_how"} & set(asked)
    if not only_sums:
        say_rate(dispatcher, costs)
    if narrow or "cost_rate" in asked and "cost_total" not in asked and "cost_how" not in asked:
        if "cost_lower" not in asked:
            say(dispatcher, "utter_costs_next")
        return
    if costs.next is not None and not only_sums:
        values = {"instalment_number": costs.next.instalment_number, "sum": formats.cost_sum(costs.next)}
        say(dispatcher, f"utter_costs_sum_{costs.next.by}", **values)
    say(dispatcher, "utter_costs_paid_and_billed" if billed else "utter_costs_paid_and_to_come", **cost_values(costs))
    say(dispatcher, "utter_costs_next")


def say_narrow_answer(dispatcher: CollectingDispatcher, costs: Costs, aspect: str) -> None:
    """Why it costs that, from when it runs, or how it could be less."""
    kind = "_line" if costs.kind == "revolving" else "_flat_fee" if costs.daily_rate is None else ""
    if aspect == "cost_why":
        say(dispatcher, "utter_costs_why_flat_fee" if kind == "_flat_fee" else "utter_costs_why")
    elif aspect == "cost_from_when":
        say(dispatcher, f"utter_costs_from_when{kind}", **cost_values(costs))
    else:
        say(dispatcher, "utter_costs_lower")


def say_rate(dispatcher: CollectingDispatcher, costs: Costs) -> None:
    """The rate a day, a year, and compounded, as far as the kind of loan has them."""
    if costs.kind == "revolving":
        response = "utter_costs_rate_line"
    elif costs.daily_rate is None:
        response = "utter_costs_rate_flat_fee"
    else:
        response = "utter_costs_rate" if costs.daily_rate_is_exact else "utter_costs_rate_by_year"
    say(dispatcher, response, **cost_values(costs))


def say_costs_of_all(dispatcher: CollectingDispatcher, costs: Sequence[Costs]) -> None:
    """Several loans, a sentence each."""
    for each in costs:
        say(dispatcher, "utter_costs_of_all", **cost_values(each))
    buttons = [button(each.product_name, "ask_interest_and_fees", loan_id=each.loan_id) for each in costs]
    offer(dispatcher, "utter_costs_which", buttons, as_of_at=costs[0].as_of)


def cost_values(costs: Costs) -> dict[str, Any]:
    """What responses about a loan's costs may name."""
    return {
        "product_name": costs.product_name,
        "disbursed_date": costs.disbursed_date,
        "daily_rate": costs.daily_rate,
        "annual_rate": costs.annual_rate,
        "effective_annual_rate": costs.effective_annual_rate,
        "ceiling_rate": costs.ceiling_rate,
        "paid_fen": costs.paid.total_fen,
        "paid_parts": formats.cost_parts(costs.paid),
        "to_come_fen": costs.to_come.total_fen,
        "coming_parts": formats.cost_parts(costs.to_come),
        "as_of_at": costs.as_of,
    }


class ActionShowCoupons(BorrowerAction):
    """Shows the borrower's coupons: those that can be used, why others cannot, and those that are over."""

    general_response = "utter_coupons_in_general"
    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "action_show_coupons"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Red packets and points of others are said to be elsewhere; then the borrower's own coupons."""
        asked = aspects_of(tracker)
        if "coupon_elsewhere" in asked:
            say(dispatcher, "utter_coupons_elsewhere")
        held = self.loans_of(tracker).coupons()
        if not held.coupons:
            say(dispatcher, "utter_no_coupon", as_of_at=held.as_of)
            return []
        usable = [coupon for coupon in held.coupons if coupon.is_usable]
        waiting = [coupon for coupon in held.coupons if coupon.is_valid_later]
        over = [coupon for coupon in held.coupons if coupon.status in ("used", "expired")]
        if usable:
            rows = formats.lines(formats.coupon_row(coupon, today()) for coupon in usable[:ROWS_ON_A_PHONE])
            say(dispatcher, "utter_coupons_usable", coupons=rows, as_of_at=held.as_of)
            for coupon in usable[:_REASONS_SHOWN]:
                say(dispatcher, "utter_coupon_how_to_use", name=coupon.name, how_to_use=coupon.how_to_use)
        else:
            say(dispatcher, "utter_no_usable_coupon", as_of_at=held.as_of)
        for coupon in waiting[:_REASONS_SHOWN]:
            say_why_not(dispatcher, coupon)
        if over:
            rows = formats.lines(formats.old_coupon_row(coupon, today()) for coupon in over[:ROWS_ON_A_PHONE])
            say(dispatcher, "utter_coupons_over", coupons=rows)
        say(dispatcher, "utter_coupons_next")
        return []


def say_why_not(dispatcher: CollectingDispatcher, coupon: Coupon) -> None:
    """Why a coupon that is not over cannot be used today."""
    say(
        dispatcher,
        f"utter_coupon_unusable_{coupon.not_usable_because}",
        name=coupon.name,
        product_names=formats.listed(coupon.product_names),
        min_payment_fen=coupon.min_payment_fen,
        valid_from_date=coupon.valid_from_date,
        valid_until_date=coupon.valid_until_date,
    )

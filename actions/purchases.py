"""Paying in shops with a product, and refunds of what was bought."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, NotLoggedIn, aspects_of, entities_of, say, text_of
from actions.credit_line import another_lenders, say_how_it_is, say_limit, say_reasons
from bot import formats
from bot.client import default_client
from bot.client.credit_line import CreditLines, ProductDescription, ProductShelf, Refund

# What is asked about paying, in the order in which it is answered; each is said by `_say_about`.
_QUESTIONS = ("shop_cash_out", "shop_collect", "shop_order", "shop_which", "shop_often", "shop_mixed")
_FAILS = "shop_fails"
_MOST_REFUNDS = 3
_MOST_PRODUCTS = 2


class ActionExplainUsage(BorrowerAction):
    """Where and how a product pays, and why it may not (intent `ask_payment_usage`)."""

    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "action_explain_usage"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """What fails comes first, with the own line; then each thing that was asked; else where the product works."""
        asked = aspects_of(tracker)
        shelf = (self._client or default_client()).directory().product_shelf()
        own = self._own_lines(tracker)
        say_if_another_shelfs(dispatcher, tracker, shelf)
        products = products_meant(shelf, tracker, own)
        if _FAILS in asked:
            self._say_why_it_fails(dispatcher, own, products)
        answered = _FAILS in asked
        for question in _QUESTIONS:
            if question in asked:
                _say_about(dispatcher, question, products)
                answered = True
        if "shop_where" in asked or not answered:
            for product in products:
                say(dispatcher, "utter_shop_where", product_name=product.product_name, usable_for=product.usable_for)
                say(dispatcher, "utter_shop_not_for", product_name=product.product_name, not_for=product.not_for)
        return []

    def _own_lines(self, tracker: Tracker) -> CreditLines | None:
        """The borrower's lines; None for a guest, who gets the lender's words all the same."""
        try:
            return self.loans_of(tracker).credit_lines()
        except NotLoggedIn:
            return None

    def _say_why_it_fails(
        self, dispatcher: CollectingDispatcher, own: CreditLines | None, products: Sequence[ProductDescription]
    ) -> None:
        if own is None:
            say(dispatcher, "utter_shop_fails_in_general")
            return
        lines = [line for line in own.credit_lines if line.kind == "revolving"]
        if not lines:
            say(dispatcher, "utter_shop_no_line", as_of_at=own.as_of)
        for line in lines:
            if line.status == "open":
                say_limit(dispatcher, line, own.as_of)
            else:
                say_how_it_is(dispatcher, line, own.as_of)
            say_reasons(dispatcher, line)
        if lines and not any(line.reasons for line in lines):
            say(dispatcher, "utter_shop_fails")
            for product in products[:1]:
                say(dispatcher, "utter_shop_not_for", product_name=product.product_name, not_for=product.not_for)


class ActionShowRefunds(BorrowerAction):
    """Where the money of a refund goes, when, and why the bill still shows it (intent `ask_refund`)."""

    general_response = "utter_refund_in_general"
    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "action_show_refunds"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The own refunds, then what exactly was asked; where there is none, how one goes."""
        found = self.loans_of(tracker).refunds()
        asked = aspects_of(tracker)
        shelf = (self._client or default_client()).directory().product_shelf()
        say_if_another_shelfs(dispatcher, tracker, shelf)
        meant = _refunds_meant(found.refunds, tracker)
        for refund in meant[:_MOST_REFUNDS]:
            say_refund(dispatcher, refund, found.as_of)
        if not meant:
            say(dispatcher, "utter_no_refund", as_of_at=found.as_of)
        under_way = any(refund.status in ("with_merchant", "processing") for refund in meant)
        if "refund_bill" in asked and (under_way or not meant):
            say(dispatcher, "utter_refund_bill_until_then")
        if "refund_cash" in asked:
            say(dispatcher, "utter_refund_not_cash")
        if "refund_cancel_order" in asked:
            say(dispatcher, "utter_refund_from_merchant")
        if "refund_where" in asked or not meant:
            products = {refund.product_name for refund in meant}
            for product in shelf.products:
                if product.refunds and (product.product_name in products or not products):
                    say(dispatcher, "utter_refund_goes", product_name=product.product_name, refunds=product.refunds)
        return []


def say_refund(dispatcher: CollectingDispatcher, refund: Refund, as_of: datetime) -> None:
    """One refund in a sentence, `utter_refund_<status>`, and what the bill says now where it was booked to the line."""
    values = {
        "merchant": refund.merchant,
        "amount_fen": refund.amount_fen,
        "product_name": refund.product_name,
        "requested_date": refund.requested_date,
        "expected_date": refund.expected_date,
        "booked_date": refund.booked_date,
        "card_last4": refund.card_last4,
        "bill_due_date": refund.bill_due_date,
        "bill_outstanding_fen": refund.bill_outstanding_fen,
        "as_of_at": as_of,
    }
    if refund.status == "booked":
        say(dispatcher, f"utter_refund_booked_{refund.destination}", **values)
        if refund.destination == "line":
            say(dispatcher, "utter_refund_bill_left" if refund.bill_outstanding_fen else "utter_refund_bill_paid", **values)
        return
    if refund.status == "processing" and refund.expected_date is None:
        say(dispatcher, "utter_refund_processing_no_day", **values)
        return
    say(dispatcher, f"utter_refund_{refund.status}", **values)


def say_if_another_shelfs(dispatcher: CollectingDispatcher, tracker: Tracker, shelf: ProductShelf) -> None:
    """Says that a product is another lender's; what follows is about this lender's products."""
    product = another_lenders(tracker, [product.product_name for product in shelf.products])
    if product is not None:
        say(dispatcher, "utter_foreign_product_only", product=product)


def products_meant(shelf: ProductShelf, tracker: Tracker, own: CreditLines | None) -> list[ProductDescription]:
    """Products that the message names; else those for shopping that the borrower has, or the first there is."""
    said = f"{text_of(tracker)} {entities_of(tracker).get('product', '')}"
    named = [product for product in shelf.products if product.product_name in said]
    if named:
        longest = max(len(product.product_name) for product in named)
        return [product for product in named if len(product.product_name) == longest]
    shopping = [product for product in shelf.products if product.kind == "revolving"]
    has = {line.product_id for line in own.credit_lines if line.was_opened} if own else set()
    mine = [product for product in shelf.products if product.product_id in has]
    return ([product for product in mine if product.kind == "revolving"] or mine or shopping or list(shelf.products))[
        :_MOST_PRODUCTS
    ]


def _say_about(dispatcher: CollectingDispatcher, question: str, products: Sequence[ProductDescription]) -> None:
    if question == "shop_order":
        told = [product for product in products if product.payment_order]
        for product in told:
            say(dispatcher, "utter_shop_order", product_name=product.product_name, payment_order=product.payment_order)
        if not told:
            names = formats.listed(product.product_name for product in products)
            say(dispatcher, "utter_shop_order_none", product_names=names)
        return
    say(dispatcher, f"utter_{question}")
    if question == "shop_cash_out":
        for product in products:
            say(dispatcher, "utter_shop_not_for", product_name=product.product_name, not_for=product.not_for)


def _refunds_meant(refunds: Sequence[Refund], tracker: Tracker) -> list[Refund]:
    """Refunds that fit an amount in the message, else all; a refund that is long booked does not come before one under way."""
    amount = entities_of(tracker).get("amount")
    fitting = [refund for refund in refunds if refund.amount_fen == amount]
    return fitting or sorted(refunds, key=lambda refund: refund.status == "booked")

"""What a product is, who lends, what a term means (intent `ask_product_info`)."""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, aspects_of, button, entities_of, offer, say, text_of
from actions.credit_line import another_lenders
from bot import formats
from bot.client import default_client
from bot.client.credit_line import ProductDescription, ProductShelf

# Terms of the glossary: each is an aspect term_<name> and a response utter_term_<name>; tests compare the three.
TERMS = (
    "equal_payment",
    "equal_principal",
    "interest_only",
    "flat_fee",
    "instalment",
    "minimum_payment",
    "grace_period",
    "penalty",
    "compound",
    "annual_rate",
    "cost_table",
    "credit_record",
    "statement_day",
    "due_day",
    "credit_limit",
    "temporary_limit",
    "deferral",
    "restructure",
    "prepayment",
    "settlement",
    "auto_debit",
    "overdue",
    "agency",
    "insurance",
)
_MOST_TERMS = 2
_ABOUT = ("about_safe", "about_legal", "about_not_used", "about_fee_first")


class ActionExplainProduct(BorrowerAction):
    """Explains; it compares and recommends nothing."""

    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "action_explain_product"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """A term, in words that need no backend; else who lends, whether it is safe, what the product is."""
        asked = aspects_of(tracker)
        terms = [term for term in TERMS if f"term_{term}" in asked]
        for term in terms[:_MOST_TERMS]:
            say(dispatcher, f"utter_term_{term}")
        about = [aspect for aspect in _ABOUT if aspect in asked]
        for aspect in about:
            say(dispatcher, f"utter_{aspect}")
        if terms or (about and "about_lender" not in asked):
            return []
        shelf = (self._client or default_client()).directory().product_shelf()
        names = [product.product_name for product in shelf.products]
        foreign = another_lenders(tracker, names)
        if foreign is not None:
            self._say_foreign(dispatcher, foreign, shelf)
        elif "about_lender" in asked:
            self._say_who_lends(dispatcher, tracker, shelf)
        elif "about_better" in asked:
            say(dispatcher, "utter_not_compared")
        else:
            self._say_what_it_is(dispatcher, tracker, shelf)
        return []

    def _say_foreign(self, dispatcher: CollectingDispatcher, product: str, shelf: ProductShelf) -> None:
        names = formats.listed(product.product_name for product in shelf.products)
        say(dispatcher, "utter_about_foreign", product=product, lender_name=shelf.lender_name, product_names=names)

    def _say_who_lends(self, dispatcher: CollectingDispatcher, tracker: Tracker, shelf: ProductShelf) -> None:
        for lender in dict.fromkeys(product.lent_by for product in _named(shelf, tracker) or shelf.products):
            say(dispatcher, "utter_who_lends", lent_by=lender)

    def _say_what_it_is(self, dispatcher: CollectingDispatcher, tracker: Tracker, shelf: ProductShelf) -> None:
        named = _named(shelf, tracker)
        for product in named:
            say(dispatcher, "utter_product_is", product_name=product.product_name, what=product.what, lent_by=product.lent_by)
            say(dispatcher, "utter_shop_not_for", product_name=product.product_name, not_for=product.not_for)
        if not named:
            choice = [
                button(product.product_name, "ask_product_info", product=product.product_name) for product in shelf.products
            ]
            offer(dispatcher, "utter_products", choice, lender_name=shelf.lender_name)


def _named(shelf: ProductShelf, tracker: Tracker) -> Sequence[ProductDescription]:
    """Products that the message names; of names within one another, the longest."""
    said = f"{text_of(tracker)} {entities_of(tracker).get('product', '')}"
    named = [product for product in shelf.products if product.product_name in said]
    longest = max((len(product.product_name) for product in named), default=0)
    return [product for product in named if len(product.product_name) == longest]

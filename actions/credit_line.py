"""The credit line: whether it is open, how much is left of it, and why it is suspended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, aspects_of, button, entities_of, offer, say, text_of
from bot import formats
from bot.client import default_client
from bot.client.credit_line import CreditLines, CreditLineStanding, LineReason
from bot.nlu import lexicon

# Codes that have words of their own (utter_line_reason_<code>, utter_limit_change_<code>); tests compare them with the domain.
LINE_REASONS = frozenset(
    {
        "fraud_block",
        "overdue",
        "overdue_with_agency",
        "used_up",
        "no_limit_set",
        "short_history",
        "recent_late_payments",
        "income_not_confirmed",
        "many_other_debts",
        "identity_expired",
        "identity_not_complete",
        "security_hold",
        "risk_review",
        "amount_above_limit",
        "own_wish",
        "not_used_for_long",
    }
)
LIMIT_REASONS = frozenset(
    {"review", "paid_on_time", "recent_late_payments", "many_other_debts", "not_used_for_long", "own_wish", "after_review"}
)
# These are over as soon as the borrower does something, be it a call; when the lender looks again matters for the others.
_OVER_BY_OWN_DOING = frozenset(
    {"fraud_block", "overdue", "overdue_with_agency", "used_up", "identity_expired", "identity_not_complete"}
)
_MOST_LINES = 3
_MOST_REASONS = 2
_LENDING_KINDS = ("loan", "revolving")


class ActionShowEligibility(BorrowerAction):
    """Whether a product is open, and why not (intent `ask_eligibility`)."""

    general_response = "utter_eligibility_in_general"
    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "action_show_eligibility"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """How the line that is meant stands, with its reasons and the next review; the general rule where none is."""
        found = self.loans_of(tracker).credit_lines()
        asked = aspects_of(tracker)
        say_if_another_lenders(dispatcher, tracker, [line.product_name for line in found.credit_lines])
        named = lines_named(found.credit_lines, tracker)
        not_open = [line for line in found.credit_lines if line.status != "open"]
        is_open = [line for line in found.credit_lines if line.status == "open"]
        if not found.credit_lines:
            say(dispatcher, "utter_no_line", as_of_at=found.as_of)
        if is_open and not named:
            names = formats.listed(line.product_name for line in is_open)
            say(dispatcher, "utter_lines_open", product_names=names, as_of_at=found.as_of)
        for line in (named or not_open)[:_MOST_LINES]:
            say_how_it_is(dispatcher, line, found.as_of)
            if line.status != "open":
                say_reasons(dispatcher, line)
        if "open_score" in asked:
            say(dispatcher, "utter_score_of_others")
        if "open_how" in asked:
            self._say_what_is_looked_at(dispatcher, {line.product_id for line in named or not_open})
        if "open_force" in asked or not found.credit_lines:
            say(dispatcher, "utter_opening_is_decided")
        if "open_again" in asked:
            say(dispatcher, "utter_opening_again")
        return []

    def _say_what_is_looked_at(self, dispatcher: CollectingDispatcher, product_ids: set[str]) -> None:
        shelf = (self._client or default_client()).directory().product_shelf()
        for product in shelf.products:
            if product.product_id in product_ids:
                say(dispatcher, "utter_opening_looks_at", product_name=product.product_name, opening=product.opening)


class ActionShowLimit(BorrowerAction):
    """How much there is in all, used and left, and why it changed or is zero (intent `ask_credit_limit`)."""

    general_response = "utter_limit_in_general"
    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "action_show_limit"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The figures of the line that is meant, or of all in short; then what exactly was asked about them."""
        found = self.loans_of(tracker).credit_lines()
        asked = aspects_of(tracker)
        say_if_another_lenders(dispatcher, tracker, [line.product_name for line in found.credit_lines])
        opened = [line for line in found.credit_lines if line.was_opened]
        chosen = [line for line in lines_named(found.credit_lines, tracker) if line.was_opened] or opened
        if not opened:
            say(dispatcher, "utter_no_limit", as_of_at=found.as_of)
            for line in found.credit_lines[:1]:
                say_reasons(dispatcher, line)
            return []
        if len(chosen) > 1:
            self._show_all(dispatcher, chosen, found)
        else:
            say_limit(dispatcher, chosen[0], found.as_of)
            self._say_why(dispatcher, chosen[0], asked)
        self._say_what_can_be_done(dispatcher, chosen, asked)
        return []

    def _show_all(self, dispatcher: CollectingDispatcher, lines: Sequence[CreditLineStanding], found: CreditLines) -> None:
        rows = formats.lines(f"{line.product_name} {formats.yuan(line.available_fen)}" for line in lines)
        choice = [button(line.product_name, "ask_credit_limit", product=line.product_name) for line in lines]
        offer(dispatcher, "utter_limits", choice, lines=rows, as_of_at=found.as_of)

    def _say_why(self, dispatcher: CollectingDispatcher, line: CreditLineStanding, asked: Sequence[str]) -> None:
        say_reasons(dispatcher, line)
        if "limit_changed" in asked and line.changes:
            say_last_change(dispatcher, line)
        elif "limit_changed" in asked and not line.reasons:
            say(dispatcher, "utter_limit_never_changed", limit_fen=line.limit_fen)
        if line.temporary_limit_fen:
            say(
                dispatcher,
                "utter_limit_temporary",
                temporary_limit_fen=line.temporary_limit_fen,
                temporary_until_date=line.temporary_until_date,
            )
        elif "limit_temporary" in asked:
            say(dispatcher, "utter_no_temporary_limit")

    def _say_what_can_be_done(
        self, dispatcher: CollectingDispatcher, lines: Sequence[CreditLineStanding], asked: Sequence[str]
    ) -> None:
        if "limit_comes_back" in asked:
            say(dispatcher, "utter_limit_comes_back")
        if "limit_lower" in asked:
            say(dispatcher, "utter_limit_lower")
        elif "limit_raise" in asked:
            if any(line.status == "blocked" for line in lines):
                say(dispatcher, "utter_limit_not_while_blocked")
            elif any(reason.code.startswith("overdue") for line in lines for reason in line.reasons):
                say(dispatcher, "utter_limit_not_while_overdue")
            else:
                say(dispatcher, "utter_limit_raise")
                say_review(dispatcher, lines[0])


class ActionShowSuspension(BorrowerAction):
    """Why a product cannot be used, until when, and what lifts it (intent `ask_service_suspension`)."""

    general_response = "utter_suspension_in_general"
    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "action_show_suspension"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Every suspended line with its reason; when none is, that, and what else may be the matter."""
        found = self.loans_of(tracker).credit_lines()
        asked = aspects_of(tracker)
        say_if_another_lenders(dispatcher, tracker, [line.product_name for line in found.credit_lines])
        meant = lines_named(found.credit_lines, tracker) or found.credit_lines
        stopped = [line for line in meant if line.status in ("suspended", "blocked")]
        gone = [line for line in meant if line.status in ("closed", "refused", "not_opened")]
        for line in stopped[:_MOST_LINES]:
            say_how_it_is(dispatcher, line, found.as_of)
            say_reasons(dispatcher, line)
        if stopped and "suspended_still_owed" in asked:
            say(dispatcher, "utter_suspended_still_owed")
        if stopped:
            return []
        usable = [line for line in meant if line.status == "open"]
        if usable:
            names = formats.listed(line.product_name for line in usable)
            say(dispatcher, "utter_nothing_suspended", product_names=names, as_of_at=found.as_of)
            for line in usable:
                say_reasons(dispatcher, line)
        for line in gone[: 0 if usable else _MOST_LINES]:
            say_how_it_is(dispatcher, line, found.as_of)
            say_reasons(dispatcher, line)
        if not found.credit_lines:
            say(dispatcher, "utter_no_line", as_of_at=found.as_of)
        if "suspended_page" in asked or usable:
            say(dispatcher, "utter_page_trouble")
        return []


def lines_named(lines: Sequence[CreditLineStanding], tracker: Tracker) -> list[CreditLineStanding]:
    """Lines that the message names by the lender's own name for the product; of names within one another, the longest."""
    said = f"{text_of(tracker)} {entities_of(tracker).get('product', '')}"
    named = [line for line in lines if line.product_name in said]
    longest = max((len(line.product_name) for line in named), default=0)
    return [line for line in named if len(line.product_name) == longest]


def say_if_another_lenders(dispatcher: CollectingDispatcher, tracker: Tracker, own_names: Sequence[str]) -> None:
    """Says that a product is another lender's, before anything is said of this one's."""
    product = another_lenders(tracker, own_names)
    if product is None:
        return
    if own_names:
        say(dispatcher, "utter_foreign_product", product=product, product_names=formats.listed(own_names))
    else:
        say(dispatcher, "utter_foreign_product_only", product=product)


def another_lenders(tracker: Tracker, own_names: Sequence[str]) -> str | None:
    """The credit product of another lender that the message names; None for none, and for what lends nothing (a wallet)."""
    product = entities_of(tracker).get("product")
    if product is None or any(str(product) in name for name in own_names):
        return None
    return str(product) if _kinds().get(str(product)) in _LENDING_KINDS else None


@cache
def _kinds() -> dict[str, str]:
    return {row["name"]: row["kind"] for row in lexicon.load("products")["products"]}


def say_how_it_is(dispatcher: CollectingDispatcher, line: CreditLineStanding, as_of: datetime) -> None:
    """The status of a line in a sentence, `utter_line_<status>`."""
    response = "utter_line_suspended_until" if line.suspended_until_date else f"utter_line_{line.status}"
    say(
        dispatcher,
        response,
        product_name=line.product_name,
        since_date=line.since_date,
        suspended_until_date=line.suspended_until_date,
        limit_fen=line.limit_fen,
        used_fen=line.used_fen,
        available_fen=line.available_fen,
        as_of_at=as_of,
    )


def say_limit(dispatcher: CollectingDispatcher, line: CreditLineStanding, as_of: datetime) -> None:
    """Total, used and left of one line."""
    say(
        dispatcher,
        {"open": "utter_limit", "blocked": "utter_limit_of_blocked"}.get(line.status, "utter_limit_of_suspended"),
        product_name=line.product_name,
        limit_fen=line.limit_fen,
        used_fen=line.used_fen,
        available_fen=line.available_fen,
        as_of_at=as_of,
    )


def say_reasons(dispatcher: CollectingDispatcher, line: CreditLineStanding) -> None:
    """Why a line is as it is, with what would change it, and when the lender looks at it again; silent where no reason is."""
    for reason in line.reasons[:_MOST_REASONS]:
        _say_reason(dispatcher, line, reason)
    waits = line.reasons and line.status != "closed" and not any(reason.code in _OVER_BY_OWN_DOING for reason in line.reasons)
    if waits and line.suspended_until_date is None:
        say_review(dispatcher, line)


def _say_reason(dispatcher: CollectingDispatcher, line: CreditLineStanding, reason: LineReason) -> None:
    say_reason_code(
        dispatcher,
        reason.code,
        product_name=reason.product_name or line.product_name,
        overdue_fen=reason.amount_fen,
        days_past_due=reason.days_past_due,
        used_fen=line.used_fen,
        since_date=reason.since_date,
        request_id=reason.request_id,
    )


def say_reason_code(dispatcher: CollectingDispatcher, code: str, **values: object) -> None:
    """The words for a code of the backend; for one that has none yet, that a person has to look."""
    say(dispatcher, f"utter_line_reason_{code}" if code in LINE_REASONS else "utter_line_reason_other", **values)


def say_review(dispatcher: CollectingDispatcher, line: CreditLineStanding) -> None:
    """When the lender looks at the line again."""
    if line.next_review_date:
        say(dispatcher, "utter_next_review", product_name=line.product_name, next_review_date=line.next_review_date)
    else:
        say(dispatcher, "utter_no_review_day", product_name=line.product_name)


def say_last_change(dispatcher: CollectingDispatcher, line: CreditLineStanding) -> None:
    """The latest change of a limit, and why."""
    change = line.changes[0]
    known = change.reason_code in LIMIT_REASONS
    say(
        dispatcher,
        f"utter_limit_change_{change.reason_code}" if known else "utter_limit_change_review",
        changed_date=change.changed_date,
        old_limit_fen=change.old_limit_fen,
        new_limit_fen=change.new_limit_fen,
    )

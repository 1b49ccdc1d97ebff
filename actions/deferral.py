"""More time: the form that leads to a quote and a confirmation, the filing, and the way back from it."""

from __future__ import annotations

import dataclasses
import logging
import time
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, button, intent_of, offer, say, show, today
from actions.choosing import named_loans
from actions.forms import Answer, FormAction
from actions.my_debt import say_if_foreign
from actions.requests import offer_upload, show_filed
from bot import formats
from bot.client.client import BorrowerLoans
from bot.client.door import FILING_SECONDS
from bot.client.errors import (
    BackendUnavailable,
    DeferralPeriodPast,
    DeferralTooLong,
    DeferralTooShort,
    FilingInProgress,
    FilingUnknown,
    ProblemError,
    QuoteExpired,
    QuoteNotFound,
    QuoteStale,
)
from bot.client.results import DeferralQuote, DeferralWindow, Loan
from bot.loans.days import add_months
from bot.nlu.clauses import is_question

log = logging.getLogger(__name__)

# Messages understood as one of these can answer any question of the form; other intents are questions of their own.
_ANSWERING_INTENTS = frozenset(
    {"request_deferral", "report_hardship", "inform", "affirm", "deny", "nlu_fallback", "out_of_scope", "change_due_date"}
)
_REASON_NOT_SAID = "not_said"
_REASON_OTHER = "other"
# Another length may be possible; every other refusal ends the form.
_OTHER_LENGTH = (DeferralTooLong, DeferralTooShort, DeferralPeriodPast)
_STATES = ("deferral_loan_ids", "deferral_period", "deferral_reason", "deferral_quotes", "deferral_confirmed")


# Conditions that a sentence of their own is due to; that a person decides is said with the credit record.
_TOLD_CONDITIONS = frozenset({"proof_of_reason", "penalty_to_date_stays_owed", "interest_stays_due"})
_ROWS = 6
_NEVER_KEPT = ("deferral_quotes", "deferral_confirmed")


class ValidateDeferralForm(FormAction):
    """Which loan, how long, why if they like to say; then the quote, and a yes or no (intent `request_deferral`)."""

    general_response = "utter_deferral_in_general"
    slots = _STATES
    never_kept = _NEVER_KEPT

    def name(self) -> str:
        """As in `domain.yml`."""
        return "validate_deferral_form"

    def proceed(self, answer: Answer, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Takes what the message holds for any of the questions, so that earlier answers can be corrected at any step."""
        if answer.intent == "cancel" and not answer.put_again:
            say(dispatcher, "utter_deferral_stopped")
            return self.stop()
        loans = self.loans_of(tracker)
        known = {name: tracker.get_slot(name) for name in _STATES if name != "deferral_confirmed"}
        if self._is_yes_or_no(answer) and answer.is_tap and not self._is_about_another_quote(answer, known):
            # Nothing to ask the backend here: a tap says nothing but yes or no to what was shown.
            return self._decide(answer, known, dispatcher)
        open_loans = [loan for loan in loans.loans() if loan.is_open]
        if not open_loans:
            say(dispatcher, "utter_no_loan")
            return self.stop()
        if answer.asked is None:
            say_if_foreign(dispatcher, answer.entities, open_loans)
        said = {} if answer.put_again else self._said(answer, open_loans, tracker)
        if answer.asked == "deferral_confirmed" and answer.intent == "affirm" and is_question(answer.text):
            # "确定吗" asks; only a yes files. What was shown is shown again.
            answer = dataclasses.replace(answer, put_again=True)
        elif answer.asked and not answer.put_again and not said and not self._is_yes_or_no(answer):
            return self._ask_for_clear_time(answer, dispatcher)
        if self._is_yes_or_no(answer) and not said and not self._is_about_another_quote(answer, known):
            return self._decide(answer, known, dispatcher)
        known.update(said, deferral_quotes=None, deferral_confirmed=None)
        if known["deferral_loan_ids"] is None and len(open_loans) == 1:
            known["deferral_loan_ids"] = [open_loans[0].loan_id]
        return self._next_question(answer, known, open_loans, loans, dispatcher)

    def _is_yes_or_no(self, answer: Answer) -> bool:
        if answer.asked != "deferral_confirmed" or answer.put_again:
            return False
        return answer.intent == "deny" or answer.intent == "affirm" and not is_question(answer.text)

    def _is_about_another_quote(self, answer: Answer, known: dict[str, Any]) -> bool:
        """Whether the yes is an old button's: the terms it was shown with are not the present ones."""
        return "quote_id" in answer.entities and answer.entities["quote_id"] != _quote_ids(known["deferral_quotes"])

    def _said(self, answer: Answer, open_loans: list[Loan], tracker: Tracker) -> dict[str, Any]:
        """What the message tells the form: loans, period, reason."""
        entities = answer.entities
        said: dict[str, Any] = {}
        chosen = named_loans(entities, open_loans, answer.text)
        corrects_the_loan = bool(chosen) and answer.intent == "ask_product_info" and not is_question(answer.text)
        if answer.intent not in _ANSWERING_INTENTS and answer.asked and not _is_bare_value(tracker) and not corrects_the_loan:
            # A question of its own; only the name of a loan, where one was asked for, is an answer all the same.
            return (
                {"deferral_loan_ids": [loan.loan_id for loan in chosen]}
                if chosen and answer.asked == "deferral_loan_ids"
                else said
            )
        if chosen:
            said["deferral_loan_ids"] = [loan.loan_id for loan in chosen]
        if (period := entities.get("period") or entities.get("date")) is not None:
            said["deferral_period"] = str(period)
        reason = entities.get("deferral_reason") or entities.get("hardship_reason")
        if reason is not None:
            said["deferral_reason"] = str(reason)
        elif answer.asked == "deferral_reason" and not said:
            said["deferral_reason"] = _REASON_NOT_SAID if answer.intent in ("deny", "affirm") else _REASON_OTHER
        return said

    def _ask_for_clear_time(self, answer: Answer, dispatcher: CollectingDispatcher) -> Events:
        """A time that cannot be told ("when my wages come") is asked back; anything else is no answer.

        A yes or no to a question that wants a value only has the question put again.
        """
        if answer.intent in ("affirm", "deny", "inform") and answer.unclear_time is None and answer.asked != "deferral_confirmed":
            return self.ask(answer.asked or "deferral_period", {})
        if answer.unclear_time is None or answer.asked not in ("deferral_period", "deferral_confirmed"):
            return []
        say_time_not_clear(dispatcher, answer.unclear_time)
        return self.ask("deferral_period", {"deferral_period": None, "deferral_quotes": None})

    def _next_question(
        self,
        answer: Answer,
        known: dict[str, Any],
        open_loans: list[Loan],
        loans: BorrowerLoans,
        dispatcher: CollectingDispatcher,
    ) -> Events:
        if not known["deferral_loan_ids"] or (len(known["deferral_loan_ids"]) > 1 and not _all_meant(answer, known, open_loans)):
            choice = [loan for loan in open_loans if loan.loan_id in (known["deferral_loan_ids"] or [])] or open_loans
            offer(
                dispatcher,
                "utter_which_loan_to_defer",
                buttons=[button(formats.loan_row(loan, today()), "inform", loan_id=loan.loan_id) for loan in choice],
            )
            return self.ask("deferral_loan_ids", {**known, "deferral_loan_ids": None})
        if known["deferral_period"] is None:
            try:
                windows = [loans.deferral_window(loan_id) for loan_id in known["deferral_loan_ids"]]
            except ProblemError as refusal:
                # Whatever the day, there is none: nobody is asked for one first.
                names = {loan.loan_id: loan.product_name for loan in open_loans}
                say(dispatcher, refusal.response, product_name=names[known["deferral_loan_ids"][0]], **refusal.details())
                say(dispatcher, "utter_other_ways")
                return self.stop()
            # "我想晚点还" begins the form; its "later" is the wish itself and no time that had to be guessed.
            if answer.unclear_time is not None and (answer.asked or answer.unclear_time != "later"):
                say_time_not_clear(dispatcher, answer.unclear_time)
            show_window(dispatcher, windows, briefly=answer.put_again)
            return self.ask("deferral_period", known)
        if known["deferral_reason"] is None:
            return self.ask("deferral_reason", known)
        return self._quote(answer, known, loans, dispatcher)

    def _quote(self, answer: Answer, known: dict[str, Any], loans: BorrowerLoans, dispatcher: CollectingDispatcher) -> Events:
        """Shows what it would change, computed anew each time, and asks for a yes or no; briefly after a question between."""
        reason = known["deferral_reason"]
        reason_code = None if reason == _REASON_NOT_SAID else reason
        loan_by_id = {loan.loan_id: loan for loan in loans.loans()}
        names = {loan_id: loan.product_name for loan_id, loan in loan_by_id.items()}
        quotes: list[DeferralQuote] = []
        refusals: list[ProblemError] = []
        for loan_id in known["deferral_loan_ids"]:
            try:
                quotes.append(
                    loans.deferral_quote(loan_id, _period_for(loan_by_id.get(loan_id), known["deferral_period"]), reason_code)
                )
            except ProblemError as refusal:
                refusals.append(refusal)
                say(dispatcher, refusal.response, product_name=names.get(loan_id, ""), **refusal.details())
        if not quotes:
            if all(isinstance(refusal, _OTHER_LENGTH) for refusal in refusals):
                show_window(dispatcher, [loans.deferral_window(loan_id) for loan_id in known["deferral_loan_ids"]])
                return self.ask("deferral_period", {**known, "deferral_period": None})
            say(dispatcher, "utter_other_ways")
            return self.stop()
        for quote in quotes:
            say_quote(dispatcher, quote, names.get(quote.loan_id, ""), briefly=answer.put_again)
        kept = [{"loan_id": q.loan_id, "quote_id": q.quote_id, "filing_key": q.filing_key} for q in quotes]
        say(dispatcher, "utter_confirm_deferral", quote_id=_quote_ids(kept))
        return self.ask("deferral_confirmed", {**known, "deferral_quotes": kept})

    def _decide(self, answer: Answer, known: dict[str, Any], dispatcher: CollectingDispatcher) -> Events:
        """A yes files what was shown, and nothing else; a no is asked what should be different."""
        if answer.intent == "deny" or not known["deferral_quotes"]:
            say(dispatcher, "utter_deferral_not_confirmed")
            return self.ask("deferral_period", {**known, "deferral_period": None, "deferral_quotes": None})
        return self.finish({**known, "deferral_confirmed": True})


class ActionFileDeferral(BorrowerAction):
    """Files the deferral that the borrower has just confirmed, once, whatever is repeated."""

    def name(self) -> str:
        """As in `domain.yml`."""
        return "action_file_deferral"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Each quote ends in one of: filed, filed already, being processed, not filed, unknown."""
        if intent_of(tracker) != "affirm":
            # Nothing is filed but on a yes of this very message, whatever is left in the slots.
            say(dispatcher, "utter_quote_expired")
            return [SlotSet(name, None) for name in _NEVER_KEPT]
        loans = self.loans_of(tracker)
        quotes = tracker.get_slot("deferral_quotes") or []
        # All of them together have the time of one: Rasa gives an action up that takes longer, whatever it has filed by then.
        deadline = time.monotonic() + FILING_SECONDS
        reached = [self._file(loans, quote, deadline, dispatcher) for quote in quotes]
        # What could not be filed for want of a backend can be tried again without being told anew.
        forgotten = _STATES if all(reached) else _NEVER_KEPT
        return [SlotSet(name, None) for name in forgotten]

    def _file(self, loans: BorrowerLoans, quote: dict[str, str], deadline: float, dispatcher: CollectingDispatcher) -> bool:
        """Files one quote and says what became of it; False when it can be tried again without being told anew."""
        try:
            filed = loans.request_deferral(quote["loan_id"], quote["quote_id"], filing_key=quote["filing_key"], deadline=deadline)
        except (FilingUnknown, FilingInProgress) as error:
            log.warning("filing %s: %s", quote["quote_id"], error)
            say(dispatcher, error.response)
        except BackendUnavailable as error:
            log.warning("filing %s: %s", quote["quote_id"], error)
            say(dispatcher, "utter_deferral_not_filed")
            return False
        except ProblemError as refusal:
            log.warning("filing %s: %s", quote["quote_id"], refusal)
            say(dispatcher, refusal.response, **refusal.details())
            return not isinstance(refusal, (QuoteExpired, QuoteStale, QuoteNotFound))
        else:
            say(
                dispatcher,
                "utter_deferral_filed_already" if filed.replayed else "utter_deferral_filed",
                request_id=filed.request_id,
                new_due_date=filed.terms.get("new_due_date"),
                decision_due_at=filed.decision_due_at,
                undo_until_at=filed.undo_until_at,
            )
            show_filed(dispatcher, filed)
            if "proof_of_reason" in (filed.terms.get("conditions") or ()):
                offer_upload(dispatcher, filed.request_id)
        return True


def say_quote(dispatcher: CollectingDispatcher, quote: DeferralQuote, product_name: str, *, briefly: bool = False) -> None:
    """The quote in plain words: new day, what it costs, what it does to the credit record, who decides and by when."""
    values = {
        "product_name": product_name,
        "old_due_date": quote.old_due_date,
        "new_due_date": quote.new_due_date,
        "deferred_fen": quote.deferred_fen,
        "extra_interest_fen": quote.extra_interest_fen,
        "penalty_to_date_fen": quote.penalty_to_date_fen,
        "penalty_if_late_fen": quote.penalty_if_late_fen,
        "decision_due_at": quote.decision_due_at,
        "as_of_at": quote.as_of,
    }
    if briefly:
        say(dispatcher, "utter_deferral_quote_again", **values)
        return
    say(dispatcher, "utter_deferral_quote_interest_free" if quote.interest_free else "utter_deferral_quote", **values)
    if len(quote.changes) > 1:
        rows = [f"{formats.day(c.old_due_date, today())} → {formats.day(c.new_due_date, today())}" for c in quote.changes]
        say(
            dispatcher,
            "utter_deferral_changes" if len(rows) <= _ROWS else "utter_deferral_changes_begin",
            number_of_changes=len(rows),
            changes=formats.lines(rows[:_ROWS]),
            last_new_due_date=quote.changes[-1].new_due_date,
        )
    for condition in quote.conditions:
        if condition in _TOLD_CONDITIONS:
            say(dispatcher, f"utter_condition_{condition}", **values)
    say(dispatcher, f"utter_credit_effect_{quote.credit_effect}", **values)
    show_quote(dispatcher, quote, product_name)
    if quote.old_due_date >= today() and quote.decision_due_at.astimezone(formats.SHANGHAI).date() >= quote.old_due_date:
        say(dispatcher, "utter_decision_may_come_late", **values)


def show_quote(dispatcher: CollectingDispatcher, quote: DeferralQuote, product_name: str) -> None:
    """The same as cards: what moves, side by side, and what there is to say yes to."""
    sides = {
        side: [
            {
                "instalment_number": change.instalment_number,
                "due_date": getattr(change, f"{time}_due_date"),
                "payment_fen": getattr(change, f"{time}_payment_fen"),
            }
            for change in quote.changes
        ]
        for side, time in (("before", "old"), ("after", "new"))
    }
    kind = {"kind": "deferral", "product_name": product_name}
    if len(quote.changes) > 1:
        show(dispatcher, {"type": "comparison", **kind, **sides, "extra_interest_fen": quote.extra_interest_fen})
    rows = [
        {"name": "old_due_date", "value_date": quote.old_due_date},
        {"name": "new_due_date", "value_date": quote.new_due_date},
        {"name": "deferred", "value_fen": quote.deferred_fen},
        {"name": "extra_interest", "value_fen": quote.extra_interest_fen},
        {"name": "decision_due_at", "value_at": quote.decision_due_at},
    ]
    show(dispatcher, {"type": "summary", **kind, "rows": rows})


def _period_for(loan: Loan | None, period: str) -> str:
    """The period as the backend is asked: "一个月" said of a payment means that payment, a month later, and not the plan."""
    if loan is None or loan.next_due_date is None or period != "P1M":
        return period
    return add_months(max(loan.next_due_date, today()), 1, loan.next_due_date.day).isoformat()


def show_window(dispatcher: CollectingDispatcher, windows: list[DeferralWindow], *, briefly: bool = False) -> None:
    """Between which days one can choose, as a sentence and as a card; of several loans, the days that all of them have.

    After a question in between only the card comes again. Nothing is said where no single day can be chosen.
    """
    earliest = max((window.earliest_date for window in windows if window.earliest_date), default=None)
    latest = min((window.latest_date for window in windows if window.latest_date), default=None)
    if earliest is None or latest is None or earliest > latest or not all(window.latest_date for window in windows):
        return
    if not briefly:
        say(
            dispatcher,
            "utter_deferral_window" if len(windows) == 1 else "utter_deferral_window_of_several",
            product_name=windows[0].product_name,
            due_date=windows[0].due_date,
            earliest_date=earliest,
            latest_date=latest,
        )
    show(dispatcher, {"type": "date_choice", "earliest_date": earliest, "latest_date": latest})


def say_time_not_clear(dispatcher: CollectingDispatcher, reason: str) -> None:
    """Asks a time back that cannot be told; "when my wages come" is asked for the day of the wages."""
    say(dispatcher, "utter_time_not_clear_payday" if reason == "payday" else "utter_time_not_clear")


def _quote_ids(quotes: list[dict[str, str]] | None) -> str:
    return ",".join(quote["quote_id"] for quote in quotes or [])


def _all_meant(answer: Answer, known: dict[str, Any], open_loans: list[Loan]) -> bool:
    """Whether several loans were chosen on purpose ("都要"), and not only left over by a word that fits several."""
    return answer.entities.get("loan_reference") == "all" or len(known["deferral_loan_ids"]) == len(open_loans)


def _is_bare_value(tracker: Tracker) -> bool:
    """Whether the message is hardly more than a value, whatever intent it looked like."""
    text = str(tracker.latest_message.get("text") or "")
    spans = [(e.get("start"), e.get("end")) for e in tracker.latest_message.get("entities") or []]
    covered = {i for start, end in spans if start is not None and end is not None for i in range(start, end)}
    return len(text) - len(covered) <= 4

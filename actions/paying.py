"""How to repay (intent `ask_how_to_repay`), and what to do when it fails (intent `report_repayment_failure`)."""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, NotLoggedIn, aspects_of, button, entities_of, offer, say, text_of, today
from actions.choosing import named_loans
from actions.my_debt import open_loans_meant, say_if_foreign
from actions.secure_links import hand_over
from bot import formats
from bot.client import default_client
from bot.client.client import BorrowerLoans
from bot.client.paying import RepaymentWay
from bot.client.results import Loan, Payment

PAGE = "page"
_WAYS_AS_BUTTONS = 3
_FAILURES_WITH_WORDS = frozenset(
    {
        "insufficient_funds",
        "card_limit_exceeded",
        "card_frozen",
        "card_expired",
        "card_not_valid",
        "bank_unavailable",
        "wrong_password",
    }
)
# Of them, those that filling the card or a little time mends.
_MENDED_BY_WAITING = frozenset({"insufficient_funds", "bank_unavailable"})


class ActionShowRepaymentWays(BorrowerAction):
    """Shows how this loan can be repaid: what is due, the ways, and the steps of the one that is asked about."""

    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "action_show_repayment_ways"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """One loan with its ways; of several, what is due of each, and the ways they share."""
        try:
            loans = self.loans_of(tracker)
        except NotLoggedIn:
            self._answer_guest(dispatcher, tracker)
            return []
        chosen = open_loans_meant(loans.loans(), dispatcher, tracker)
        if not chosen:
            return []
        wanted, aspects = entities_of(tracker).get("repayment_way"), aspects_of(tracker)
        names_a_way = any(aspect.startswith("pay_by_") for aspect in aspects)
        if wanted == PAGE or (wanted is None and "pay_now" in aspects and not names_a_way):
            say_payment_page(dispatcher, loans, chosen)
            return []
        ways = _shared_ways(loans, chosen)
        asked = way_asked(ways, wanted, aspects)
        if asked is not None and asked.transfer_account and len(chosen) > 1:
            # Each loan has a remark of its own; money sent with another's would go astray.
            _ask_which_loan(dispatcher, chosen, "utter_which_loan_to_transfer", asked.way)
            return []
        if asked is not None:
            say_steps(dispatcher, asked, chosen[0] if len(chosen) == 1 else None)
            return []
        say_what_to_pay(dispatcher, chosen)
        say_ways(dispatcher, ways, aspects, chosen)
        return []

    def _answer_guest(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        ways = (self._client or default_client()).directory().repayment_ways()
        asked = way_asked(ways, entities_of(tracker).get("repayment_way"), aspects_of(tracker))
        if asked is not None:
            say_steps(dispatcher, asked, None)
        else:
            buttons = [button(way.name, "ask_how_to_repay", repayment_way=way.way) for way in ways[:_WAYS_AS_BUTTONS]]
            offer(dispatcher, "utter_ways", buttons, ways=_way_rows(ways))
        say(dispatcher, "utter_log_in_to_pay")


class ActionShowRepaymentFailure(BorrowerAction):
    """Shows what failed last and why, and how it can still be paid today."""

    general_response = "utter_failure_in_general"
    unavailable_response = "utter_failure_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "action_show_repayment_failure"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The cause that is told comes first, then what the books say, then how long it still counts as in time."""
        loans = self.loans_of(tracker)
        every = [loan for loan in loans.loans() if loan.is_open]
        if not every:
            say(dispatcher, "utter_no_loan")
            return []
        say_if_foreign(dispatcher, entities_of(tracker), every)
        meant = named_loans(entities_of(tracker), every, text_of(tracker)) or every
        trouble = next((aspect for aspect in aspects_of(tracker) if aspect.startswith("trouble_")), None)
        if trouble is not None:
            say(dispatcher, f"utter_{trouble}")
        loan, payment = _last_unsettled(loans, meant)
        if payment is not None and payment.status == "processing":
            say(dispatcher, "utter_being_processed", product_name=loan.product_name, payment_fen=payment.amount_fen)
            return []
        if payment is not None:
            meant = [loan]
            _say_failure(dispatcher, loan, payment, with_cause=trouble is None)
            _say_next_try(dispatcher, loans, loan, payment)
        elif trouble is None:
            names = formats.listed(each.product_name for each in meant)
            say(dispatcher, "utter_no_failure_booked", product_name=names, as_of_at=loan.as_of)
        say_what_to_pay(dispatcher, meant)
        say_ways(dispatcher, _shared_ways(loans, meant), [], meant)
        return []


def way_asked(ways: Sequence[RepaymentWay], wanted: object, aspects: Sequence[str]) -> RepaymentWay | None:
    """The one way that a button or the words name; None when they name none, or one that this lender has not."""
    names = [str(wanted)] if wanted else [aspect.removeprefix("pay_by_") for aspect in aspects if aspect.startswith("pay_by_")]
    return next((way for name in names for way in ways if way.way == name), None)


def say_what_to_pay(dispatcher: CollectingDispatcher, chosen: Sequence[Loan]) -> None:
    """What is due of these loans, and until when that is in time."""
    if len(chosen) > 1:
        rows = formats.lines(formats.loan_row(loan, today()) for loan in chosen)
        say(dispatcher, "utter_to_pay_several", number_of_loans=len(chosen), loans=rows, as_of_at=chosen[0].as_of)
        return
    (loan,) = chosen
    values = {
        "product_name": loan.product_name,
        "due_fen": loan.next_due_fen,
        "due_date": loan.next_due_date,
        "overdue_fen": loan.overdue_fen,
        "days_past_due": loan.days_past_due,
        "as_of_at": loan.as_of,
    }
    if loan.next_due_date is None:
        say(dispatcher, "utter_nothing_due", **values)
    elif loan.status == "overdue":
        say(dispatcher, "utter_to_pay_overdue", **values)
    elif loan.status == "in_grace":
        say(dispatcher, "utter_to_pay_in_grace", **values)
    elif loan.next_due_date == today():
        say(dispatcher, "utter_to_pay_today", **values)
    else:
        say(dispatcher, "utter_to_pay", **values)


def say_ways(
    dispatcher: CollectingDispatcher, ways: Sequence[RepaymentWay], aspects: Sequence[str], chosen: Sequence[Loan]
) -> None:
    """The ways in short, with buttons; of what is due today, those that still count for today."""
    if "pay_by_other_wallet" in aspects:
        say(dispatcher, "utter_other_wallet")
    loan_id = chosen[0].loan_id if len(chosen) == 1 else ""
    due_today = len(chosen) == 1 and chosen[0].next_due_date == today()
    if due_today:
        ways = [way for way in ways if _is_in_time(way, chosen[0])]
    elsewhere = [way for way in ways if not way.payment_page][:_WAYS_AS_BUTTONS]
    buttons = [button(way.name, "ask_how_to_repay", repayment_way=way.way, loan_id=loan_id) for way in elsewhere]
    has_page = any(way.payment_page for way in ways)
    response = "utter_ways_today" if due_today else "utter_ways"
    offer(dispatcher, f"{response}_with_page" if has_page else response, buttons, ways=_way_rows(ways), loan_id=loan_id)


def say_steps(dispatcher: CollectingDispatcher, way: RepaymentWay, loan: Loan | None) -> None:
    """The steps of one way, the account to transfer to, and its limits."""
    steps = formats.lines(f"{number}. {step}" for number, step in enumerate(way.steps, start=1))
    say(dispatcher, "utter_way_steps", way_name=way.name, steps=steps, arrives=way.arrives)
    account = way.transfer_account
    if account is not None:
        say(
            dispatcher,
            "utter_way_account" if account.remark else "utter_way_account_without_remark",
            account_holder=account.account_holder,
            account_number=account.account_number,
            bank_name=account.bank_name,
            remark=account.remark,
        )
    if way.single_limit_fen is not None:
        say(dispatcher, "utter_way_limit", single_limit_fen=way.single_limit_fen)
    if loan is not None and loan.next_due_date == today() and not _is_in_time(way, loan):
        say(dispatcher, "utter_way_too_late_today", same_day_until=way.same_day_until, loan_id=loan.loan_id)
    elif way.same_day_until is not None:
        say(dispatcher, "utter_way_until", same_day_until=way.same_day_until)
    if way.payment_page:
        say(dispatcher, "utter_way_on_page", loan_id=loan.loan_id if loan else "")
    if way.way == "counter":
        say(dispatcher, "utter_way_at_counter")


def say_payment_page(dispatcher: CollectingDispatcher, loans: BorrowerLoans, chosen: Sequence[Loan]) -> None:
    """The payment page of the one loan that is meant; of several it is asked which."""
    if len(chosen) > 1:
        _ask_which_loan(dispatcher, chosen, "utter_which_loan_to_pay", PAGE)
        return
    say_what_to_pay(dispatcher, chosen)
    hand_over(dispatcher, loans, "pay", loan_id=chosen[0].loan_id)


def _shared_ways(loans: BorrowerLoans, chosen: Sequence[Loan]) -> list[RepaymentWay]:
    """The ways that each of these loans can be repaid in, in the lender's order; of one loan, all of its ways."""
    first, *others = [loans.repayment_ways(loan.loan_id) for loan in chosen]
    return [way for way in first if all(any(each.way == way.way for each in ways) for ways in others)]


def _ask_which_loan(dispatcher: CollectingDispatcher, chosen: Sequence[Loan], response: str, way: str) -> None:
    rows = [
        button(formats.loan_row(loan, today()), "ask_how_to_repay", repayment_way=way, loan_id=loan.loan_id) for loan in chosen
    ]
    offer(dispatcher, response, rows)


def _is_in_time(way: RepaymentWay, loan: Loan) -> bool:
    """Whether what is paid at this moment still counts for today."""
    return way.same_day_until is None or formats.clock(loan.as_of) < way.same_day_until


def _way_rows(ways: Sequence[RepaymentWay]) -> str:
    return formats.lines(f"{number}. {way.name}：{way.arrives}" for number, way in enumerate(ways, start=1))


def _last_unsettled(loans: BorrowerLoans, meant: Sequence[Loan]) -> tuple[Loan, Payment | None]:
    """The loan whose latest payment failed or is under way, the latest of all; the first loan when there is none."""
    latest = [(loan, payments[0]) for loan in meant if (payments := loans.payments(loan.loan_id))]
    unsettled = [(loan, payment) for loan, payment in latest if payment.status != "booked"]
    if not unsettled:
        return meant[0], None
    return max(unsettled, key=lambda row: row[1].value_date)


def _say_failure(dispatcher: CollectingDispatcher, loan: Loan, payment: Payment, *, with_cause: bool) -> None:
    say(
        dispatcher,
        "utter_debit_failed" if payment.channel == "auto_debit" else "utter_payment_did_not_work",
        product_name=loan.product_name,
        payment_fen=payment.amount_fen,
        value_date=payment.value_date,
        as_of_at=loan.as_of,
    )
    if with_cause:
        known = payment.failure_reason in _FAILURES_WITH_WORDS
        say(dispatcher, f"utter_failed_{payment.failure_reason if known else 'unknown'}")


def _say_next_try(dispatcher: CollectingDispatcher, loans: BorrowerLoans, loan: Loan, payment: Payment) -> None:
    """When auto debit tries again, and whether waiting for it can help."""
    debit = next((debit for debit in loans.debits().debits if debit.loan_id == loan.loan_id), None)
    if debit is not None:
        helps = payment.failure_reason in _MENDED_BY_WAITING
        response = "utter_debit_tries_again" if helps else "utter_debit_may_fail_again"
        say(dispatcher, response, attempt_at=debit.attempt_at, amount_fen=debit.amount_fen)

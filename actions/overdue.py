"""What happens when a payment is late, whether it is late already, and the way back (intent `ask_overdue_consequence`)."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, aspects_of, say, today
from actions.lateness import day_spoken_of, loans_in_question, say_if_late
from actions.my_debt import open_loans_meant
from bot import formats
from bot.client.client import BorrowerLoans
from bot.client.overdue import OverdueSteps, Penalty
from bot.client.results import Loan

# What is so whoever asks: the answer needs no loan.
_SAID_TO_ANYBODY = {
    "overdue_jail": "utter_overdue_jail",
    "overdue_children": "utter_overdue_children",
    "overdue_spouse": "utter_overdue_spouse",
    "overdue_family": "utter_overdue_family",
    "credit_dispute": "utter_credit_dispute",
}
# What depends on the product's steps: the step that is asked about.
_STEP_ASKED = {
    "overdue_sue": "legal",
    "overdue_calls": "call",
    "overdue_agency": "agency",
    "overdue_visit": "visit",
    "overdue_suspended": "suspended",
}
_ANSWERED_AT_ONCE = 2
_SPELLS_SHOWN = 3


class ActionShowOverdue(BorrowerAction):
    """Answers what is asked about being late: first that, then the borrower's own days and sums, then the way back."""

    general_response = "utter_overdue_in_general"
    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "action_show_overdue"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """What needs no loan is said even to a guest, and with the backend away."""
        asked = aspects_of(tracker)
        settled = [_SAID_TO_ANYBODY[aspect] for aspect in asked if aspect in _SAID_TO_ANYBODY][:_ANSWERED_AT_ONCE]
        for response in settled:
            say(dispatcher, response)
        loans = self.loans_of(tracker)
        every = loans.loans()
        if "overdue_am_i" in asked:
            self._say_whether_late(dispatcher, tracker, loans, every)
            return []
        for loan in loans_in_question(every, dispatcher, tracker):
            self._answer_for(loan, asked, loans, dispatcher, tracker, briefly=bool(settled))
        return []

    def _say_whether_late(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, loans: BorrowerLoans, every: list[Loan]
    ) -> None:
        """Late or not, today and in the past."""
        record = loans.credit_record()
        spells = record.reported_spells[:_SPELLS_SHOWN]
        ended = [spell for spell in spells if spell.ended_date]
        meant = open_loans_meant(every, dispatcher, tracker)
        late = [loan for loan in meant if loan.days_past_due]
        for loan in late or (meant if len(meant) == 1 else []):
            say_how_late(dispatcher, loans.penalty(loan.loan_id))
        if meant and not late and len(meant) > 1:
            names = formats.listed(loan.product_name for loan in meant)
            say(dispatcher, "utter_overdue_none_late", product_names=names, as_of_at=record.as_of)
        if ended:
            say(dispatcher, "utter_overdue_was_late", spells=formats.lines(formats.spell_row(row, today()) for row in ended))
        elif not late:
            say(dispatcher, "utter_overdue_never_late")
        if late:
            say(dispatcher, "utter_overdue_way_back")

    def _answer_for(
        self,
        loan: Loan,
        asked: list[str],
        loans: BorrowerLoans,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        *,
        briefly: bool,
    ) -> None:
        penalty = loans.penalty(loan.loan_id)
        steps_asked = [aspect for aspect in asked if aspect in _STEP_ASKED][:_ANSWERED_AT_ONCE]
        later = day_spoken_of(tracker, penalty.counted_from_date)
        steps = None if briefly and not steps_asked else loans.overdue_steps(loan.loan_id)
        for aspect in steps_asked:
            assert steps is not None
            say_step(dispatcher, steps, aspect)
        if later is not None:
            say_if_late(dispatcher, loans.penalty(loan.loan_id, later))
        if "overdue_counts" in asked:
            say_last_day(dispatcher, penalty)
        say_how_late(dispatcher, penalty)
        if steps is not None and steps.steps and not steps_asked and "overdue_counts" not in asked:
            rows = formats.lines(formats.step_row(step, today()) for step in steps.steps)
            say(dispatcher, "utter_overdue_steps", product_name=loan.product_name, steps=rows)
        if penalty.days_past_due:
            say(dispatcher, "utter_overdue_way_back")
        elif not briefly:
            say(dispatcher, "utter_overdue_way_ahead")


def say_how_late(dispatcher: CollectingDispatcher, penalty: Penalty) -> None:
    """The loan's own state: overdue, in grace, not late, or nothing owed."""
    if penalty.counted_from_date is None:
        response = "utter_overdue_own_nothing_due"
    elif not penalty.days_past_due:
        response = "utter_overdue_own_not_late"
    elif penalty.days_past_due <= penalty.grace_period_days:
        response = "utter_overdue_own_in_grace"
    else:
        response = "utter_overdue_own"
    say(dispatcher, response, **penalty_values(penalty))


def say_last_day(dispatcher: CollectingDispatcher, penalty: Penalty) -> None:
    """Until when paying is on time, and whether there is grace."""
    if penalty.counted_from_date is not None:
        response = "utter_overdue_last_day" if penalty.grace_period_days else "utter_overdue_last_day_without_grace"
        say(dispatcher, response, **penalty_values(penalty))


def say_step(dispatcher: CollectingDispatcher, steps: OverdueSteps, aspect: str) -> None:
    """Whether and on which day the step that is asked about comes, and what it cannot do."""
    step = steps.step(_STEP_ASKED[aspect])
    if step is not None:
        say(
            dispatcher,
            "utter_overdue_step_reached" if step.reached else "utter_overdue_step_to_come",
            product_name=steps.product_name,
            from_day=step.from_day,
            on_date=step.on_date,
            step=step.text,
        )
    elif aspect == "overdue_visit":
        say(dispatcher, "utter_overdue_visit")
    elif steps.steps:
        say(dispatcher, "utter_overdue_no_such_step", product_name=steps.product_name)
    if aspect == "overdue_sue":
        say(dispatcher, "utter_overdue_court_leaves")
    elif aspect == "overdue_suspended":
        say(dispatcher, "utter_overdue_suspended")


def penalty_values(penalty: Penalty) -> dict[str, object]:
    """What responses about a penalty may name."""
    return {
        "product_name": penalty.product_name,
        "due_date": penalty.counted_from_date,
        "until_date": penalty.until_date,
        "days_past_due": penalty.days_past_due,
        "grace_period_days": penalty.grace_period_days,
        "charged_from_date": penalty.charged_from_date,
        "penalty_fen": penalty.penalty_fen,
        "penalty_a_day_fen": penalty.penalty_a_day_fen,
        "overdue_fen": penalty.overdue_fen,
        "earlier_penalty_fen": penalty.earlier_penalty_fen,
        "paid_penalty_fen": penalty.paid_penalty_fen,
        "multiplier": format(penalty.multiplier, "f"),
        "daily_rate": penalty.daily_rate,
        "as_of_at": penalty.as_of,
    }

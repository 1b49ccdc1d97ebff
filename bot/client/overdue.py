"""Calls about being late: penalties, consequences, credit standing and its repair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from bot.client.door import Door
from bot.client.results import FiledRequest


@dataclass(frozen=True)
class PenaltyRow:
    """One part of a penalty: `base_fen` × `daily_rate` × `multiplier` × `days`."""

    instalment_number: int
    on: Literal["principal", "interest", "instalment", "minimum_payment"]
    base_fen: int
    daily_rate: Decimal
    multiplier: Decimal
    days: int
    amount_fen: int


@dataclass(frozen=True)
class Penalty:
    """The penalty of a loan as of a day: its rows and what was put down earlier, less what was paid of it."""

    loan_id: str
    product_name: str
    as_of: datetime
    until_date: date
    counted_from_date: date | None
    days_past_due: int
    grace_period_days: int
    charged_from_date: date | None
    daily_rate: Decimal
    daily_rate_is_exact: bool
    annual_rate: Decimal | None
    day_base: int
    multiplier: Decimal
    base: Literal["principal", "instalment", "minimum_payment"]
    compound_on_interest: bool
    penalty_fen: int
    earlier_penalty_fen: int
    paid_penalty_fen: int
    penalty_a_day_fen: int
    overdue_fen: int
    rows: tuple[PenaltyRow, ...]


@dataclass(frozen=True)
class OverdueStep:
    """What happens from a day past due on; the words are the lender's."""

    code: str
    text: str
    from_day: int
    on_date: date
    reached: bool


@dataclass(frozen=True)
class RecoveryStep:
    """What comes back so many days after everything past due was paid; the words are the lender's."""

    code: str
    text: str
    after_days: int
    on_date: date
    reached: bool


@dataclass(frozen=True)
class OverdueSteps:
    """A product's rules on being late, with the days on which they would come for this loan."""

    loan_id: str
    product_name: str
    as_of: datetime
    counted_from_date: date | None
    days_past_due: int
    steps: tuple[OverdueStep, ...]
    recovery_from_date: date | None
    recovery: tuple[RecoveryStep, ...]

    def step(self, code: str) -> OverdueStep | None:
        """The step of that code; None when the product does not take it."""
        return next((step for step in self.steps if step.code == code), None)


@dataclass(frozen=True)
class StandingReason:
    """One thing that counts, of one loan."""

    code: Literal["overdue_reported", "overdue_not_yet_reported", "with_agency", "restructured", "paid_late", "deferral_in_force"]
    loan_id: str
    product_name: str
    days_past_due: int | None
    amount_fen: int | None
    since_date: date | None


@dataclass(frozen=True)
class CreditStanding:
    """How the borrower's loans with this lender look, and why, the gravest reason first."""

    as_of: datetime
    standing: Literal["good", "attention", "overdue"]
    reasons: tuple[StandingReason, ...]


@dataclass(frozen=True)
class LateSpell:
    """A time in which something of a loan was past due without a break."""

    loan_id: str
    product_name: str
    since_date: date
    days_past_due: int
    ended_date: date | None
    reported: bool
    kept_until_date: date | None
    disputed_request_id: str | None = None


@dataclass(frozen=True)
class Arrears:
    """What of a loan is past due; `reported_on_date` is the day on which it was, or would be, first reported."""

    loan_id: str
    product_name: str
    overdue_fen: int
    days_past_due: int
    reported: bool
    reported_on_date: date


@dataclass(frozen=True)
class ReportingRule:
    """From when a loan is reported as late."""

    loan_id: str
    product_name: str
    reported_from_days_past_due: int
    next_due_date: date | None
    would_be_reported_on_date: date | None


@dataclass(frozen=True)
class CreditRecord:
    """What this lender reported or would report: spells of lateness, the latest first, and what to settle first."""

    as_of: datetime
    standing: Literal["good", "attention", "overdue"]
    spells: tuple[LateSpell, ...]
    settle_first: tuple[Arrears, ...]
    rules: tuple[ReportingRule, ...]
    last_settled_date: date | None

    @property
    def reported_spells(self) -> list[LateSpell]:
        """Those that are in the record."""
        return [spell for spell in self.spells if spell.reported]


@dataclass(frozen=True)
class RebuildCondition:
    """One condition of the credit to rebuild with; `met_on_date` where time alone will meet it."""

    code: Literal["was_late", "nothing_past_due", "settled_long_enough", "not_had_before", "nothing_pending"]
    met: bool
    met_on_date: date | None


@dataclass(frozen=True)
class RebuildPayment:
    """One payment of it, if it were paid out today."""

    due_date: date
    payment_fen: int


@dataclass(frozen=True)
class RebuildOffer:
    """What would be filed for an amount; nothing is filed by it."""

    amount_fen: int
    term: int
    payment_fen: int
    payments: tuple[RebuildPayment, ...]
    filing_key: str
    decision_due_at: datetime


@dataclass(frozen=True)
class RebuildCredit:
    """The small interest-free credit for those who were late and have settled."""

    as_of: datetime
    name: str
    min_fen: int
    max_fen: int
    term: int
    settled_days: int
    eligible: bool
    possible_from_date: date | None
    conditions: tuple[RebuildCondition, ...]
    offer: RebuildOffer | None

    @property
    def first_unmet(self) -> RebuildCondition | None:
        """The first condition that is not met; None when all are."""
        return next((condition for condition in self.conditions if not condition.met), None)


class Overdue(Door):
    """Calls about being late: penalties, consequences, credit standing and its repair."""

    def penalty(self, loan_id: str, until: date | None = None) -> Penalty:
        """The penalty as a sum that can be checked by hand.

        Args:
            loan_id: the loan.
            until: as of that day, if nothing is paid until then; today by default, 400 days ahead at most.

        Raises:
            LoanNotFound: no such loan, or not this borrower's.
            BackendUnavailable: no usable answer.
        """
        query = f"?until_date={until.isoformat()}" if until else ""
        return self._mine(self._read(Penalty, self._get(self._loan_path(loan_id, f"/penalty{query}"))), loan_id)

    def overdue_steps(self, loan_id: str) -> OverdueSteps:
        """What being late leads to on which day, and what comes back after settling.

        Raises:
            LoanNotFound: no such loan, or not this borrower's.
            BackendUnavailable: no usable answer.
        """
        return self._mine(self._read(OverdueSteps, self._get(self._loan_path(loan_id, "/overdue-steps"))), loan_id)

    def credit_standing(self) -> CreditStanding:
        """How the borrower's loans here look, and why.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read(CreditStanding, self._get("/credit-standing"))

    def credit_record(self) -> CreditRecord:
        """What this lender reported or would report; it is no credit report.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read(CreditRecord, self._get("/credit-record"))

    def dispute_credit_entry(self, dispute: Mapping[str, Any], *, filing_key: str) -> FiledRequest:
        """What is wrong in the record, as filed; a person answers by its `decision_due_at`.

        Args:
            dispute: `loan_id` and `since_date` of the spell that is meant (or both None), `what_is_wrong`, `text`, `wish`.
            filing_key: the same for a repeat.

        Raises:
            CreditEntryNotFound: the record has no such spell (any more).
            RequestPending: the entry is disputed already; carries request_id.
            FilingInProgress, BackendUnavailable, FilingUnknown: as for every filing.
        """
        return self._file(f"{self._path}/credit-disputes", dispute, filing_key)

    def rebuild_credit(self, amount_fen: int | None = None) -> RebuildCredit:
        """The rules of the credit to rebuild with, whether the borrower may ask for it, and the offer for an amount.

        Raises:
            RebuildCreditNotOffered: the lender has none.
            RebuildCreditAmount: the amount is not on offer; carries min_fen and max_fen.
            BackendUnavailable: no usable answer.
        """
        query = f"?amount_fen={amount_fen}" if amount_fen is not None else ""
        return self._read(RebuildCredit, self._get(f"/rebuild-credit{query}"))

    def request_rebuild_credit(self, amount_fen: int, term: int, *, filing_key: str) -> FiledRequest:
        """The wish for it as filed, pending a person's decision; nothing is paid out by it.

        Args:
            amount_fen: as confirmed.
            term: number of payments, as confirmed.
            filing_key: the offer's own.

        Raises:
            RebuildCreditNotEligible: a condition is not met (any more).
            QuoteStale: the lender's terms are others by now.
            FilingInProgress, BackendUnavailable, FilingUnknown: as for every filing.
        """
        body: dict[str, Any] = {"amount_fen": amount_fen, "term": term}
        return self._file(f"{self._path}/rebuild-credits", body, filing_key)

"""A product's rules: rows of the lender file on the outside, the types of `bot.loans` on the inside."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, Extra, Field, root_validator

from bot.backend.days import Day
from bot.loans.deferral import DeferralRules, InstalmentsGo, InterestFreeRule
from bot.loans.due_day import DueDayRules
from bot.loans.overdue import PenaltyBase, PenaltyRules
from bot.loans.prepayment import PrepaymentRules, RemainingFee
from bot.loans.revolving import RevolvingTerms
from bot.loans.schedule import LoanTerms, RepaymentMethod


class Row(BaseModel, extra=Extra.forbid, allow_mutation=False, json_encoders={Day: str}):
    """A row of the lender file: unknown keys are mistakes, values do not change."""


Share = Field(ge=0, le=1)


class PenaltyRow(Row):
    """What being late costs."""

    multiplier: Decimal = Field(default=Decimal("1.5"), ge=0, le=10)
    base: PenaltyBase = PenaltyBase.PRINCIPAL
    compound_on_interest: bool = False


class InterestFreeRow(Row):
    """For whom and from when to when a deferral is interest-free."""

    reason_codes: list[str] = []
    borrower_flags: list[str] = []
    always: bool = False
    max_days: int | None = Field(None, ge=1)
    from_date: Day | None = None
    until_date: Day | None = None

    def in_force(self, today: date) -> bool:
        """Whether the row counts for a deferral asked for on that day."""
        return (self.from_date is None or self.from_date.on(today) <= today) and (
            self.until_date is None or today <= self.until_date.on(today)
        )

    def rule(self) -> InterestFreeRule:
        """The row without its dates."""
        return InterestFreeRule(frozenset(self.reason_codes), frozenset(self.borrower_flags), self.max_days, self.always)


class DeferralRow(Row):
    """How long, how often, for whom; the meanings are those of `bot.loans.deferral.DeferralRules`."""

    offered_from_date: Day | None = None
    offered_until_date: Day | None = None
    min_days: int = Field(1, ge=1)
    max_days: int | None = Field(30, ge=1)
    max_months: int | None = Field(None, ge=1)
    max_instalments: int | None = Field(None, ge=1)
    deferrals_allowed: int = Field(1, ge=0)
    allowed_within_months: int = Field(12, ge=1)
    max_days_past_due: int = Field(0, ge=0)
    instalments_go: InstalmentsGo = InstalmentsGo.PLAN_EXTENDS
    reported_as_restructured_from_days: int | None = Field(None, ge=1)
    interest_free: list[InterestFreeRow] = []


class RestructureRow(Row):
    """How far a plan can be stretched, and at what rate."""

    max_term: int = Field(ge=1, le=600)
    annual_rate: Decimal = Share
    min_principal_fen: int = Field(0, ge=0)


class DueDateChangeRow(Row):
    """How often the due day can be moved; the meanings are those of `bot.loans.due_day.DueDayRules`."""

    changes_allowed: int = Field(1, ge=1, le=12)
    allowed_within_months: int = Field(12, ge=1, le=60)


class PrepaymentRow(Row):
    """What paying early costs."""

    fee_rate: Decimal = Field(Decimal(0), ge=0, le=1)
    remaining_fee: RemainingFee = RemainingFee.WAIVED
    min_part_fen: int = Field(10_000, ge=1)
    limit_comes_back: bool = False  # whether principal paid early can be borrowed again


class BillInstalmentsRow(Row):
    """A statement can be split: what is spread becomes an instalment loan of another product."""

    product: str
    terms: list[int] = Field(min_items=1, max_items=6)  # numbers of instalments on offer
    min_fen: int = Field(10_000, ge=1)

    @root_validator(skip_on_failure=True)
    def _in_order(cls, values: dict[str, list[int]]) -> dict[str, list[int]]:  # noqa: N805
        if values["terms"] != sorted(set(values["terms"])) or not 1 <= values["terms"][0] <= values["terms"][-1] <= 60:
            raise ValueError("`terms` go from small to large, each once, from 1 to 60")
        return values


class LineRow(Row):
    """A revolving line; the meanings are those of `bot.loans.revolving.RevolvingTerms`."""

    minimum_share: Decimal = Share
    daily_rate: Decimal = Share
    late_fee_daily_rate: Decimal = Field(Decimal(0), ge=0, le=1)
    late_fee_share: Decimal = Field(Decimal(0), ge=0, le=1)
    bill_instalments: BillInstalmentsRow | None = None
    # The example of paying only the minimum ends by paying all, once no more than this is left.
    example_ends_below_fen: int = Field(10_000, ge=1)


class CreditLineRules(Row):
    """When the line of a product is suspended and looked at again; see `bot.loans.credit_line.LineRules`."""

    suspended_from_days_past_due: int | None = Field(default=1, ge=1, le=400)
    reviewed_every_days: int | None = Field(default=None, ge=1, le=400)


class AboutProduct(Row):
    """What the lender says of a product, in its own words."""

    what: str = Field(min_length=1, max_length=120)
    lent_by: str | None = Field(None, max_length=60)  # when it is another than the lender itself
    usable_for: str = Field(min_length=1, max_length=160)
    not_for: str = Field(min_length=1, max_length=160)
    opening: str = Field(min_length=1, max_length=160)  # what is looked at before it is opened
    payment_order: str | None = Field(None, max_length=160)
    refunds: str | None = Field(None, max_length=160)
    money_arrives: str | None = Field(None, max_length=120)
    terms_offered: list[int] = []


_DAY_BY_RULE = frozenset({"penalty", "reported", "suspended"})


class OverdueStep(Row):
    """What the lender does, or may do, from a day past due on, in its own words.

    The day of `penalty`, `reported` and `suspended` is left out: it follows from the product's other rules.
    """

    code: str = Field(regex=r"^[a-z][a-z0-9_]{0,39}$")
    from_day: int | None = Field(None, ge=1, le=1000)
    text: str = Field(min_length=1, max_length=40)


class RecoveryStep(Row):
    """What comes back, so many days after everything past due was paid."""

    code: str = Field(regex=r"^[a-z][a-z0-9_]{0,39}$")
    after_days: int = Field(ge=0, le=2000)
    text: str = Field(min_length=1, max_length=40)


class Product(Row):
    """A product and every rule the backend applies to it."""

    product_id: str = Field(regex=r"^[A-Za-z0-9_-]{1,64}$")
    name: str = Field(min_length=1, max_length=40)
    kind: Literal["instalment", "revolving"]
    repayment_method: RepaymentMethod | None = None
    annual_rate: Decimal | None = Field(None, ge=0, le=1)
    daily_rate: Decimal | None = Field(None, ge=0, le=1)
    fee_rate: Decimal | None = Field(None, ge=0, le=1)
    day_base: Literal[360, 365] = 365
    grace_period_days: int = Field(0, ge=0, le=31)
    reported_from_days_past_due: int = Field(1, ge=1)
    auto_debit_can_be_switched_off: bool = True
    penalty: PenaltyRow = PenaltyRow()
    line: LineRow | None = None
    deferral: DeferralRow | None = None
    restructure: RestructureRow | None = None
    prepayment: PrepaymentRow | None = None
    due_date_change: DueDateChangeRow | None = None
    overdue_steps: list[OverdueStep] = Field([], max_items=6)  # a table on a phone has six rows
    recovery_steps: list[RecoveryStep] = Field([], max_items=6)
    credit_line: CreditLineRules = CreditLineRules()
    about: AboutProduct | None = None

    @root_validator(skip_on_failure=True)
    def _is_whole(cls, values: dict[str, object]) -> dict[str, object]:  # noqa: N805
        if values["kind"] == "revolving":
            if values["line"] is None or values["repayment_method"] is not None:
                raise ValueError("a revolving product has `line` and no `repayment_method`")
            if values["deferral"] or values["restructure"] or values["prepayment"]:
                raise ValueError("a revolving product has no deferral, restructure or prepayment: it has a minimum payment")
            if values["due_date_change"]:
                raise ValueError("a revolving product has no `due_date_change`: its due day follows its statement day")
        elif values["line"] is not None or values["repayment_method"] is None:
            raise ValueError("an instalment product has `repayment_method` and no `line`")
        return values

    @root_validator(skip_on_failure=True)
    def _steps_have_their_days(cls, values: dict[str, object]) -> dict[str, object]:  # noqa: N805
        for step in values["overdue_steps"]:  # type: ignore[attr-defined]
            if (step.from_day is None) != (step.code in _DAY_BY_RULE):
                by_rule = ", ".join(sorted(_DAY_BY_RULE))
                raise ValueError(f"overdue step {step.code!r}: give `from_day`, but for {by_rule}, whose day is a rule's")
        return values

    def overdue_steps_by_day(self) -> list[tuple[int, OverdueStep]]:
        """What happens from which day past due on, in the order of days; what the product does not do is left out."""
        by_rule = {
            "penalty": self.grace_period_days + 1,
            "reported": self.reported_from_days_past_due,
            "suspended": self.credit_line.suspended_from_days_past_due,
        }
        dated = [(step.from_day or by_rule.get(step.code), step) for step in self.overdue_steps]
        return sorted(((day, step) for day, step in dated if day is not None), key=lambda dated: dated[0])

    def loan_terms(self, principal_fen: int, term: int, disbursed_date: date, first_due_date: date, anchor_day: int) -> LoanTerms:
        """The terms of a new loan of this product.

        Raises:
            ValueError: terms that cannot be.
        """
        if self.repayment_method is None:
            raise ValueError(f"{self.product_id} is a revolving line")
        return LoanTerms(
            principal_fen=principal_fen,
            method=self.repayment_method,
            term=term,
            disbursed_date=disbursed_date,
            first_due_date=first_due_date,
            anchor_day=anchor_day,
            annual_rate=self.annual_rate,
            daily_rate=self.daily_rate,
            fee_rate=self.fee_rate,
            day_base=self.day_base,
        )

    def penalty_rules(self) -> PenaltyRules:
        """What being late costs."""
        return PenaltyRules(
            multiplier=self.penalty.multiplier,
            base=self.penalty.base,
            compound_on_interest=self.penalty.compound_on_interest,
            grace_period_days=self.grace_period_days,
        )

    def prepayment_rules(self) -> PrepaymentRules | None:
        """What paying early costs; None when it is not offered."""
        if self.prepayment is None:
            return None
        return PrepaymentRules(fee_rate=self.prepayment.fee_rate, remaining_fee=self.prepayment.remaining_fee)

    def due_day_rules(self) -> DueDayRules:
        """How often the due day can be moved."""
        return DueDayRules(**self.due_date_change.dict()) if self.due_date_change else DueDayRules(offered=False)

    def deferral_rules(self, today: date) -> list[DeferralRules]:
        """Who may defer, asked on a day: the rules once for every interest-free row in force, then without any.

        They differ in `interest_free` only; the first that makes a deferral cost nothing counts.
        """
        row = self.deferral
        if row is None:
            return [DeferralRules(offered=False)]
        without = DeferralRules(
            offered_from_date=row.offered_from_date.on(today) if row.offered_from_date else None,
            offered_until_date=row.offered_until_date.on(today) if row.offered_until_date else None,
            min_days=row.min_days,
            max_days=row.max_days,
            max_months=row.max_months,
            max_instalments=row.max_instalments,
            deferrals_allowed=row.deferrals_allowed,
            allowed_within_months=row.allowed_within_months,
            max_days_past_due=row.max_days_past_due,
            instalments_go=row.instalments_go,
        )
        return [replace(without, interest_free=free.rule()) for free in row.interest_free if free.in_force(today)] + [without]

    def revolving_terms(self, statement_day: int, due_day: int) -> RevolvingTerms:
        """The terms of a line of this product."""
        if self.line is None:
            raise ValueError(f"{self.product_id} is not a revolving line")
        return RevolvingTerms(
            statement_day=statement_day,
            due_day=due_day,
            grace_period_days=self.grace_period_days,
            minimum_share=self.line.minimum_share,
            daily_rate=self.line.daily_rate,
            late_fee_daily_rate=self.line.late_fee_daily_rate,
            late_fee_share=self.line.late_fee_share,
        )

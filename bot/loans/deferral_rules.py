"""A product's rules for deferrals: how long, how often, for whom without interest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from bot.loans.days import add_months


class InstalmentsGo(str, Enum):
    """Where a deferral of n instalments puts them."""

    PLAN_EXTENDS = "plan_extends"  # n due dates without a payment; the whole plan runs n longer
    AFTER_LAST = "after_last"  # the next n go behind the last; the others keep their days


@dataclass(frozen=True)
class InterestFreeRule:
    """For whom a deferral is interest-free: one of the reasons or one of the flags, and not longer than the limit.

    Attributes:
        reason_codes: reasons that make it so (`illness`).
        borrower_flags: properties of the borrower that make it so (`disaster_area`).
        max_days: only up to so many days of deferral; None for no limit.
        always: for everybody, whatever the reason.
    """

    reason_codes: frozenset[str] = frozenset()
    borrower_flags: frozenset[str] = frozenset()
    max_days: int | None = None
    always: bool = False


@dataclass(frozen=True)
class DeferralRules:
    """A product's rules for deferrals; a maximum of None means that such a period is not offered.

    Attributes:
        offered: whether the product has deferrals at all.
        offered_from_date: first day on which one can be asked for; None for no limit.
        offered_until_date: last such day; None for no limit.
        min_days: shortest deferral in days.
        max_days: longest by days, weeks or until a day.
        max_months: longest by months.
        max_instalments: most instalments.
        deferrals_allowed: how many within `allowed_within_months`.
        allowed_within_months: the window they are counted in, back from today.
        max_days_past_due: overdue longer than this, and none is possible.
        interest_free: for whom it costs nothing.
        instalments_go: where n deferred instalments are put.
    """

    offered: bool = True
    offered_from_date: date | None = None
    offered_until_date: date | None = None
    min_days: int = 1
    max_days: int | None = 30
    max_months: int | None = None
    max_instalments: int | None = None
    deferrals_allowed: int = 1
    allowed_within_months: int = 12
    max_days_past_due: int = 0
    interest_free: InterestFreeRule = field(default_factory=InterestFreeRule)
    instalments_go: InstalmentsGo = InstalmentsGo.PLAN_EXTENDS

    def __post_init__(self) -> None:
        if self.min_days < 1 or self.deferrals_allowed < 0 or self.allowed_within_months < 1 or self.max_days_past_due < 0:
            raise ValueError("deferral rules need min_days and allowed_within_months of at least 1 and no negative number")
        for name in ("max_days", "max_months", "max_instalments"):
            longest = getattr(self, name)
            if longest is not None and longest < 1:
                raise ValueError(f"{name} is {longest}; leave it out where such a deferral is not offered")

    def offered_on(self, today: date) -> bool:
        """Whether the product has deferrals on that day."""
        started = self.offered_from_date is None or self.offered_from_date <= today
        ended = self.offered_until_date is not None and self.offered_until_date < today
        lengths = (self.max_days, self.max_months, self.max_instalments)
        return self.offered and started and not ended and any(lengths)


def is_interest_free(
    rule: InterestFreeRule, days: int, reason_code: str | None = None, borrower_flags: frozenset[str] = frozenset()
) -> str | None:
    """Why a deferral of so many days is interest-free: the reason code, the flag, or `always`; None when it is not."""
    if rule.max_days is not None and days > rule.max_days:
        return None
    if rule.always:
        return "always"
    if reason_code in rule.reason_codes:
        return reason_code
    return min(rule.borrower_flags & borrower_flags, default=None)


def deferrals_used(rules: DeferralRules, deferred_on: Sequence[date], today: date) -> list[date]:
    """Days of earlier deferrals that still count against the limit, oldest first."""
    return sorted(day for day in deferred_on if add_months(day, rules.allowed_within_months) > today)

"""How much a borrower may draw of a product, whether it is suspended, and why. Pure functions over what the lender decided.

A lender decides some things (a limit, a hold); others follow from the loans (what is used, that something is past due). A line's
standing is both together, as of a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum


class LineStatus(str, Enum):
    """How a line stands."""

    OPEN = "open"
    SUSPENDED = "suspended"
    BLOCKED = "blocked"
    NOT_OPENED = "not_opened"
    CLOSED = "closed"
    REFUSED = "refused"

    @property
    def can_be_closed(self) -> bool:
        """Whether there is something to close."""
        return self in (LineStatus.OPEN, LineStatus.SUSPENDED, LineStatus.BLOCKED)


@dataclass(frozen=True)
class LineOnFile:
    """What the lender decided about one product for one borrower.

    Attributes:
        status: as decided; a suspension on file ends with `until_date`.
        limit_fen: how much may be owed at once.
        since_date: since when the status holds.
        reason_codes: why it is not open.
        until_date: last day of a suspension whose end is fixed.
        next_review_date: a day on which the lender looks at it again.
        temporary_limit_fen: how much more may be owed, up to and including `temporary_until_date`.
    """

    product_id: str
    status: LineStatus
    limit_fen: int
    since_date: date
    reason_codes: tuple[str, ...] = ()
    until_date: date | None = None
    next_review_date: date | None = None
    temporary_limit_fen: int = 0
    temporary_until_date: date | None = None


@dataclass(frozen=True)
class OpenLoan:
    """A loan of the borrower, as far as it touches her lines."""

    loan_id: str
    product_id: str
    outstanding_principal_fen: int
    overdue_fen: int
    days_past_due: int
    with_agency: bool = False


@dataclass(frozen=True)
class LineRules:
    """What the product says.

    Attributes:
        suspended_from_days_past_due: from how many days past due of any loan; None: never for that.
        reviewed_every_days: how often the lender looks again; None: only on the day on file.
    """

    suspended_from_days_past_due: int | None = 1
    reviewed_every_days: int | None = None


@dataclass(frozen=True)
class FraudBlock:
    """A block after a report of fraud: since when, and the report's number."""

    since_date: date
    request_id: str


@dataclass(frozen=True)
class LineReason:
    """Why a line is not open or nothing is left; the figures belong to `loan_id`, a block to the report `request_id`."""

    code: str
    loan_id: str | None = None
    amount_fen: int | None = None
    days_past_due: int | None = None
    since_date: date | None = None
    request_id: str | None = None


@dataclass(frozen=True)
class LineStanding:
    """A line as of a day; `available_fen` is 0 unless it is open."""

    product_id: str
    status: LineStatus
    since_date: date
    limit_fen: int
    temporary_limit_fen: int
    temporary_until_date: date | None
    used_fen: int
    available_fen: int
    reasons: tuple[LineReason, ...]
    until_date: date | None
    next_review_date: date | None


def line_standing(
    on_file: LineOnFile, loans: Sequence[OpenLoan], rules: LineRules, today: date, block: FraudBlock | None = None
) -> LineStanding:
    """How the line stands; a block comes first among the reasons, then what is past due, then what the lender put on file.

    A block outranks every other standing of a line that could be used one day: no money that is paid back lifts it.
    """
    used_fen = sum(loan.outstanding_principal_fen for loan in loans if loan.product_id == on_file.product_id)
    temporary_is_on = on_file.temporary_until_date is not None and today <= on_file.temporary_until_date
    temporary_fen = on_file.temporary_limit_fen if temporary_is_on else 0
    hold_is_over = on_file.status is LineStatus.SUSPENDED and on_file.until_date is not None and today > on_file.until_date
    status, since_date, until_date = on_file.status, on_file.since_date, on_file.until_date
    codes = on_file.reason_codes
    if hold_is_over:
        assert on_file.until_date is not None
        status, since_date, until_date, codes = LineStatus.OPEN, on_file.until_date + timedelta(days=1), None, ()
    late = _late_reasons(loans, rules, today) if status is not LineStatus.CLOSED else []
    if late and status is LineStatus.OPEN:
        assert rules.suspended_from_days_past_due is not None
        first = min(reason.since_date for reason in late if reason.since_date)
        # On the day that the rule is met; a line opened later than that was never open.
        since_date = max(since_date, first + timedelta(days=rules.suspended_from_days_past_due))
        status = LineStatus.SUSPENDED
    if late:
        until_date = None  # a fixed day does not lift what is past due
    reasons = [*late, *(LineReason(code) for code in codes)]
    if block is not None and status in (LineStatus.OPEN, LineStatus.SUSPENDED):
        # Its own hold may end by itself; the block does not.
        status, since_date, until_date = LineStatus.BLOCKED, block.since_date, None
        reasons.insert(0, LineReason("fraud_block", since_date=block.since_date, request_id=block.request_id))
    available_fen = max(0, on_file.limit_fen + temporary_fen - used_fen) if status is LineStatus.OPEN else 0
    if status is LineStatus.OPEN and not available_fen:
        reasons.append(LineReason("used_up" if used_fen else "no_limit_set"))
    return LineStanding(
        product_id=on_file.product_id,
        status=status,
        since_date=since_date,
        limit_fen=on_file.limit_fen,
        temporary_limit_fen=temporary_fen,
        temporary_until_date=on_file.temporary_until_date if temporary_is_on else None,
        used_fen=used_fen,
        available_fen=available_fen,
        reasons=tuple(reasons),
        until_date=until_date,
        next_review_date=_next_review(on_file.next_review_date, rules.reviewed_every_days, today),
    )


def _late_reasons(loans: Sequence[OpenLoan], rules: LineRules, today: date) -> list[LineReason]:
    """A reason for each loan that is so late that the line is suspended for it, the longest late first."""
    threshold = rules.suspended_from_days_past_due
    if threshold is None:
        return []
    late = sorted((loan for loan in loans if loan.days_past_due >= max(1, threshold)), key=lambda loan: -loan.days_past_due)
    return [
        LineReason(
            "overdue_with_agency" if loan.with_agency else "overdue",
            loan.loan_id,
            loan.overdue_fen,
            loan.days_past_due,
            today - timedelta(days=loan.days_past_due),
        )
        for loan in late
    ]


def _next_review(on_file: date | None, every_days: int | None, today: date) -> date | None:
    """The next day on which the lender looks again, rolled on from the one on file; None when none is set."""
    if on_file is None or on_file >= today:
        return on_file
    if every_days is None:
        return None
    passed = (today - on_file).days
    return on_file + timedelta(days=-(-passed // every_days) * every_days)

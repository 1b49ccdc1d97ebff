"""What of a loan is unpaid, and where a payment goes.

Order: fee, interest with penalty, principal (Civil Code art. 561), instalment by instalment, the oldest first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.loans.schedule import Instalment


@dataclass(frozen=True)
class AmountDue:
    """What of one instalment is still unpaid, whether its day has come or not."""

    instalment_number: int
    due_date: date
    principal_fen: int
    interest_fen: int = 0
    fee_fen: int = 0
    penalty_fen: int = 0

    def __post_init__(self) -> None:
        if min(self.principal_fen, self.interest_fen, self.fee_fen, self.penalty_fen) < 0:
            raise ValueError(f"instalment {self.instalment_number} cannot owe less than nothing")

    @property
    def outstanding_fen(self) -> int:
        """All four together."""
        return self.principal_fen + self.interest_fen + self.fee_fen + self.penalty_fen


@dataclass(frozen=True)
class Allocation:
    """What a payment settles of one instalment."""

    instalment_number: int
    fee_fen: int
    interest_fen: int
    penalty_fen: int
    principal_fen: int

    @property
    def amount_fen(self) -> int:
        """All four together."""
        return self.fee_fen + self.interest_fen + self.penalty_fen + self.principal_fen


@dataclass(frozen=True)
class AllocatedPayment:
    """A payment taken apart.

    Attributes:
        allocations: one for each instalment that got something, oldest first.
        remaining: what is still unpaid, settled instalments left out, oldest first.
        unallocated_fen: what was paid too much.
    """

    allocations: tuple[Allocation, ...]
    remaining: tuple[AmountDue, ...]
    unallocated_fen: int


def amounts_due(instalments: Sequence[Instalment], paid_instalments: int = 0) -> tuple[AmountDue, ...]:
    """The schedule as unpaid amounts, without the first `paid_instalments`."""
    return tuple(
        AmountDue(row.instalment_number, row.due_date, row.principal_fen, row.interest_fen, row.fee_fen)
        for row in instalments[paid_instalments:]
    )


def allocate(amount_fen: int, dues: Iterable[AmountDue]) -> AllocatedPayment:
    """Where a payment goes over the unpaid instalments, oldest due date first; interest comes before its penalty.

    Raises:
        ValueError: an amount of zero or less.
    """
    if amount_fen <= 0:
        raise ValueError(f"a payment must be above zero, not {amount_fen} fen")
    left_fen = amount_fen
    allocations: list[Allocation] = []
    remaining: list[AmountDue] = []
    for due in sorted(dues, key=lambda due: (due.due_date, due.instalment_number)):
        allocation = _settle(left_fen, due)
        left_fen -= allocation.amount_fen
        if allocation.amount_fen:
            allocations.append(allocation)
        if allocation.amount_fen < due.outstanding_fen:
            remaining.append(_less(due, allocation))
    return AllocatedPayment(tuple(allocations), tuple(remaining), left_fen)


def _settle(left_fen: int, due: AmountDue) -> Allocation:
    fee_fen = min(left_fen, due.fee_fen)
    interest_fen = min(left_fen - fee_fen, due.interest_fen)
    penalty_fen = min(left_fen - fee_fen - interest_fen, due.penalty_fen)
    principal_fen = min(left_fen - fee_fen - interest_fen - penalty_fen, due.principal_fen)
    return Allocation(due.instalment_number, fee_fen, interest_fen, penalty_fen, principal_fen)


def _less(due: AmountDue, settled: Allocation) -> AmountDue:
    return replace(
        due,
        principal_fen=due.principal_fen - settled.principal_fen,
        interest_fen=due.interest_fen - settled.interest_fen,
        fee_fen=due.fee_fen - settled.fee_fen,
        penalty_fen=due.penalty_fen - settled.penalty_fen,
    )

"""What time it is for the ledger: in Shanghai, never before what is already recorded."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def _wall_clock() -> datetime:
    return datetime.now(SHANGHAI)


class Clock:
    """The ledger's time.

    A machine's clock can be set back, and a ledger whose next record lies before its last is not a ledger. So the
    clock runs on from the latest recorded moment until the machine's clock has caught up.

    Args:
        fixed_today: the calendar day to show whatever the machine says; the time of day runs on.
        wall_clock: the machine's clock, an aware datetime; tests hand in their own.
        stopwatch: seconds that only ever grow.
    """

    def __init__(
        self,
        fixed_today: date | None = None,
        wall_clock: Callable[[], datetime] = _wall_clock,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fixed_today = fixed_today
        self._wall_clock = wall_clock
        self._stopwatch = stopwatch
        # Whole days between the fixed day and the real one at the start; past midnight the moments run on.
        self._shift = (fixed_today - wall_clock().date()) if fixed_today else timedelta(0)
        self._floor: datetime | None = None
        self._floor_set_at = 0.0
        self._latest_day: date | None = None
        self._lock = threading.Lock()

    def observe(self, latest_at: datetime | None, latest_day: date | None) -> None:
        """Takes in the latest moment and business day that the ledger holds."""
        with self._lock:
            if latest_at is not None and latest_at > self._now():
                self._floor, self._floor_set_at = latest_at, self._stopwatch()
            if latest_day is not None:
                self._latest_day = max(latest_day, self._latest_day or latest_day)

    def now(self) -> datetime:
        """This moment, aware, in Shanghai; at least the latest one observed or told before."""
        with self._lock:
            moment = self._now()
            self._floor, self._floor_set_at = moment, self._stopwatch()
            return moment

    def today(self) -> date:
        """The calendar day in Shanghai by which the ledger counts; at least the latest one recorded."""
        day = self._fixed_today or self.now().date()
        return max(day, self._latest_day or day)

    def _now(self) -> datetime:
        machine = self._wall_clock().astimezone(SHANGHAI) + self._shift
        if self._floor is None:
            return machine
        run_on = self._floor.astimezone(SHANGHAI) + timedelta(seconds=self._stopwatch() - self._floor_set_at)
        return max(machine, run_on)

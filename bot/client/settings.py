"""Calls about the borrower's own wishes: reminders, large letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.client.door import Door


@dataclass(frozen=True)
class ReminderPreferences:
    """Whether, where and how many days before a due date the borrower is reminded."""

    enabled: bool
    channel: str
    days_before: tuple[int, ...]
    as_of: datetime
    quiet_until_date: date | None = None


class OwnSettings(Door):
    """Reads and changes what the borrower wishes; either way takes one call, and the same wish again changes nothing."""

    def reminder_preferences(self) -> ReminderPreferences:
        """The reminders in force.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read(ReminderPreferences, self._get("/reminder-preferences"))

    def change_reminders(self, wanted: ReminderPreferences) -> ReminderPreferences:
        """The reminders as they are from now on; `wanted` is what they were, with the change in it.

        Raises:
            BackendUnavailable: no usable answer; as it is a wish and no filing, it can simply be said again.
        """
        body: dict[str, Any] = {
            "enabled": wanted.enabled,
            "channel": wanted.channel,
            "days_before": list(wanted.days_before),
            "quiet_until_date": wanted.quiet_until_date.isoformat() if wanted.quiet_until_date else None,
        }
        return self._read(ReminderPreferences, self._call("PUT", f"{self._path}/reminder-preferences", body))

    def switch_care_mode(self, *, enabled: bool) -> None:
        """Large letters and short sentences, on or off, wherever the borrower speaks next.

        Raises:
            BackendUnavailable: no usable answer.
        """
        self._call("PUT", f"{self._path}/care-mode", {"enabled": enabled})

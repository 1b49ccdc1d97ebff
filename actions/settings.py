"""The borrower's own wishes: reminders (intent `manage_reminders`) and large letters (intent `switch_care_mode`)."""

from __future__ import annotations

import dataclasses
from datetime import date

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, NotLoggedIn, aspects_of, entities_of, say, show, text_of, today
from bot import formats
from bot.client.errors import LoanBackendError
from bot.client.settings import ReminderPreferences
from bot.loans.days import add_months
from bot.nlu.days_before import days_before

_CHANNEL_OF_ASPECT = {"reminders_by_sms": "sms", "reminders_by_wechat": "wechat", "reminders_by_phone": "phone"}
_MOST_DAYS_BEFORE = 30


class ActionManageReminders(BorrowerAction):
    """Shows when and how the borrower is reminded, or changes it as they say."""

    general_response = "utter_reminders_in_general"
    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "action_manage_reminders"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """A change is carried out at once, as it can be taken back at once; a question only shows what is in force."""
        loans = self.loans_of(tracker)
        now = loans.reminder_preferences()
        if complains_of_many(entities_of(tracker), aspects_of(tracker), text_of(tracker)) and now.enabled:
            self._say_how_many(dispatcher, now)
            return []
        wanted = wished(now, entities_of(tracker), aspects_of(tracker), text_of(tracker))
        if wanted == now:
            self._say(dispatcher, now, "utter_reminders" if now.enabled else "utter_reminders_off")
            return []
        changed = loans.change_reminders(wanted)
        if not changed.enabled:
            say(dispatcher, "utter_reminders_stopped")
        elif changed.quiet_until_date and changed.quiet_until_date != now.quiet_until_date:
            say(dispatcher, "utter_reminders_quiet", quiet_until_date=changed.quiet_until_date)
        else:
            self._say(dispatcher, changed, "utter_reminders_changed")
        return []

    def _say_how_many(self, dispatcher: CollectingDispatcher, reminders: ReminderPreferences) -> None:
        say(dispatcher, "utter_reminders_too_many", days_before=_listed(reminders))

    def _say(self, dispatcher: CollectingDispatcher, reminders: ReminderPreferences, response: str) -> None:
        quiet = reminders.quiet_until_date
        say(
            dispatcher,
            response,
            days_before=_listed(reminders),
            as_of_at=reminders.as_of,
        )
        if reminders.enabled:
            say(dispatcher, f"utter_reminders_by_{reminders.channel}")
            if quiet and quiet >= today():
                say(dispatcher, "utter_reminders_quiet", quiet_until_date=quiet)


def _listed(reminders: ReminderPreferences) -> str:
    return formats.listed(str(days) for days in sorted(reminders.days_before, reverse=True))


def complains_of_many(entities: dict[str, object], aspects: list[str], text: str) -> bool:
    """Whether a message finds the reminders too many without saying what it wants instead; that is asked, and not guessed."""
    says_what = "reminder" in entities or {"reminders_stop", "reminders_quiet", "reminders_start"} & set(aspects)
    return "reminders_too_many" in aspects and not says_what and days_before(text) is None


def wished(now: ReminderPreferences, entities: dict[str, object], aspects: list[str], text: str) -> ReminderPreferences:
    """The reminders as a message wishes them; unchanged when it only asks.

    A button names its wish (`{"reminder": "off"}`); words name a channel, a stop, a pause, or how many days before.
    """
    button = entities.get("reminder")
    if button == "off" or (button is None and "reminders_stop" in aspects):
        return dataclasses.replace(now, enabled=False)
    if button == "quiet" or "reminders_quiet" in aspects:
        return dataclasses.replace(now, quiet_until_date=_until(entities.get("period"), entities.get("date")))
    changed = now
    if button == "on" or "reminders_start" in aspects:
        changed = dataclasses.replace(changed, enabled=True, quiet_until_date=None)
    if button == "once":
        return dataclasses.replace(changed, enabled=True, days_before=(1,))
    if button in ("sms", "wechat", "phone"):
        return dataclasses.replace(changed, enabled=True, channel=str(button))
    if "reminders_asked" not in aspects or "reminders_start" in aspects:
        for aspect, channel in _CHANNEL_OF_ASPECT.items():
            if aspect in aspects:
                changed = dataclasses.replace(changed, enabled=True, channel=channel)
    number = days_before(text)
    if number is not None and number <= _MOST_DAYS_BEFORE:
        changed = dataclasses.replace(changed, enabled=True, days_before=(number,))
    return changed


def _until(period: object, day: object) -> date:
    """Until when no reminder comes: the day that was said, else a month."""
    if day is not None:
        return date.fromisoformat(str(day))
    return add_months(today(), 1, today().day)


class ActionSwitchCareMode(BorrowerAction):
    """Switches large letters and short sentences on or off, at once and for good."""

    def name(self) -> str:
        """As in the domain."""
        return "action_switch_care_mode"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The page changes by the card; the lender's system remembers it where it can."""
        on = "care_mode_off" not in aspects_of(tracker)
        try:
            self.loans_of(tracker).switch_care_mode(enabled=on)
        except (NotLoggedIn, LoanBackendError):
            pass  # it holds in this conversation all the same
        say(dispatcher, "utter_care_mode_on" if on else "utter_care_mode_off")
        show(dispatcher, {"type": "care_mode", "on": on})
        return [SlotSet("care_mode", on)]

"""Personal data: telephone, name, identity card, address, account (intent `update_personal_info`)."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BorrowerAction, Events, aspects_of, say
from actions.secure_links import hand_over
from bot.client.client import BorrowerLoans
from bot.client.errors import SecurePagesNotOffered

# What is changed on the lender's own secure page: the aspect and the purpose of the link.
_BY_LINK = {"data_phone": "update_phone", "data_name": "update_name", "data_id": "update_id"}
# What a word explains: nothing can be changed about it, or a person does.
_BY_WORD = ("data_address", "data_contact", "data_account", "data_forgotten", "data_face", "data_code")


class ActionChangePersonalData(BorrowerAction):
    """Hands over to the secure page; nothing of it is taken in the chat."""

    general_response = "utter_personal_data_in_general"
    unavailable_response = "utter_cannot_look_up"

    def name(self) -> str:
        """As in the domain."""
        return "action_change_personal_data"

    def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """What is to be changed where the message says it; else the choices."""
        asked = aspects_of(tracker)
        loans = self.loans_of(tracker)
        explained = [aspect for aspect in _BY_WORD if aspect in asked]
        to_change = [aspect for aspect in _BY_LINK if aspect in asked]
        if "data_account" in explained or "data_code" in explained:
            # "验证码发到旧号": the number is the matter, and the code the sign of it; an account is changed by no number.
            to_change = [aspect for aspect in to_change if aspect == "data_phone" and "data_code" in explained]
        for aspect in explained:
            say(dispatcher, f"utter_{aspect}")
        if to_change:
            self._hand_over(dispatcher, loans, to_change[0])
        elif not explained:
            say(dispatcher, "utter_which_personal_data")
        return []

    def _hand_over(self, dispatcher: CollectingDispatcher, loans: BorrowerLoans, aspect: str) -> None:
        if aspect == "data_phone":
            contact = loans.contact_on_file()
            say(dispatcher, "utter_phone_on_file", phone_masked=contact.phone_masked, as_of_at=contact.as_of)
        else:
            say(dispatcher, f"utter_before_{aspect}")
        try:
            hand_over(dispatcher, loans, _BY_LINK[aspect])
        except SecurePagesNotOffered:
            say(dispatcher, "utter_personal_data_by_people")

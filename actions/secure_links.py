"""Handing over to the lender's own secure page: what must not be typed in a chat, and paying itself, happen there."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from actions.base import say, show
from bot.client.client import BorrowerLoans


def hand_over(
    dispatcher: CollectingDispatcher,
    loans: BorrowerLoans,
    purpose: str,
    *,
    loan_id: str | None = None,
    quote_id: str | None = None,
    request_id: str | None = None,
) -> None:
    """Says a short-lived link (`utter_secure_link_<purpose>`) and shows it as a card, whose title is the purpose.

    Raises:
        LoanBackendError: as `secure_link` of the client.
    """
    link = loans.secure_link(purpose, loan_id=loan_id, quote_id=quote_id, request_id=request_id)
    say(dispatcher, f"utter_secure_link_{purpose}", url=link.url, expires_at=link.expires_at)
    card = {"url": link.url, "title": purpose, "expires_at": link.expires_at, "as_of_at": link.as_of}
    show(dispatcher, {"type": "secure_link", **card})

"""The client of the loan backend: `LoanClient` for the service, `BorrowerLoans` for one borrower.

`BorrowerLoans` is the one door to a borrower's data: whoever holds it can reach that borrower's loans and nobody else's. Each
topic's calls are in a module of their own.
"""

from __future__ import annotations

from functools import lru_cache

from bot import config
from bot.client.bindings import Bindings, OwnAccounts
from bot.client.connection import Connection
from bot.client.cost import Cost
from bot.client.credit_line import CreditLine
from bot.client.deferral import Deferral
from bot.client.difficulty import Difficulty
from bot.client.directory import Directory
from bot.client.evidence import Evidence
from bot.client.my_debt import MyDebt
from bot.client.overdue import Overdue
from bot.client.paying import Paying
from bot.client.people import People
from bot.client.privacy import Privacy
from bot.client.rights import Rights
from bot.client.settings import OwnSettings


class BorrowerLoans(
    MyDebt, Deferral, Paying, Difficulty, Overdue, Cost, CreditLine, Rights, Privacy, OwnSettings, People, Evidence, OwnAccounts
):
    """One borrower's loans and requests. Every method asks the backend anew; nothing is kept."""


class LoanClient(Connection):
    """The service's connection to a loan backend; safe to share between threads."""

    def loans_of(self, borrower_id: str) -> BorrowerLoans:
        """The door to one borrower's data; nothing is asked yet."""
        return BorrowerLoans(self, borrower_id)

    def directory(self) -> Directory:
        """What is the same for everybody; nothing is asked yet."""
        return Directory(self)

    def bindings(self, channel: str) -> Bindings:
        """The accounts of a messenger that speak for borrowers; nothing is asked yet."""
        return Bindings(self, channel)


@lru_cache(maxsize=1)
def default_client() -> LoanClient:
    """The client with the settings in force, made once a process."""
    settings = config.load()
    return LoanClient(
        settings.backend_url,
        settings.service_token,
        connect_timeout=settings.connect_timeout_seconds,
        read_timeout=settings.read_timeout_seconds,
        connections=settings.client_connections,
    )

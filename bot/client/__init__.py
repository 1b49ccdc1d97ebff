"""The one way to the loan backend: typed calls over HTTP, and errors that say what the borrower should hear."""

from bot.client.client import LoanClient, default_client

__all__ = ["LoanClient", "default_client"]

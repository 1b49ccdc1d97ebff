"""What is owed and when, what was paid, and what was filed."""

from __future__ import annotations

from bot.client.door import Door
from bot.client.results import Borrower, FiledRequest, Loan, Payment


class MyDebt(Door):
    """The borrower, the loans with their plans, payments and requests."""

    def borrower(self) -> Borrower:
        """Who this is.

        Raises:
            BorrowerNotFound: the lender does not know this borrower.
            BackendUnavailable: no usable answer.
        """
        return self._read(Borrower, self._get(""))

    def loans(self) -> list[Loan]:
        """All loans without their instalments, by next due date, closed ones last; empty when there are none.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read_list(Loan, self._get("/loans"), "loans")

    def plans(self) -> list[Loan]:
        """All loans with their instalments by number, in the order of `loans`; empty when there are none.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read_list(Loan, self._get("/plans"), "loans")

    def payments(self, loan_id: str) -> list[Payment]:
        """Payments of a loan, newest first; those under way and failed ones too.

        Raises:
            LoanNotFound: no such loan, or not this borrower's.
            BackendUnavailable: no usable answer.
        """
        return self._read_list(Payment, self._get(self._loan_path(loan_id, "/payments")), "payments")

    def requests(self) -> list[FiledRequest]:
        """Everything this borrower has filed, newest first.

        Raises:
            BackendUnavailable: no usable answer.
        """
        return self._read_list(FiledRequest, self._get("/requests"), "requests")

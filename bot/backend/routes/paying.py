"""How the borrower can pay: ways, what auto debit takes next, cards, and links to the lender's secure pages."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query

from bot.backend import debits, doors, secure_links
from bot.backend.lender_paying import RepaymentWay as WayRow
from bot.backend.problems import responses
from bot.backend.routes.common import BorrowerId, Call, LoanId, TheCall, router
from bot.backend.routes.preferences import PaymentMethods, payment_methods_of
from bot.backend.store import Reading, Writing
from bot.backend.wire import ID_PATTERN
from bot.backend.wire_paying import Debits, RepaymentWay, RepaymentWays, SecureLink, SecureLinkAsk, TransferAccount

routes = router("paying")

PaymentMethodId = Annotated[str, Path(regex=ID_PATTERN, example="PM1001B")]


def _ways(reading: Reading, call: Call, product_id: str | None, loan_id: str | None) -> RepaymentWays:
    """The ways that a product can be repaid in; those of every product when none is named."""
    rows = call.policy.lender.file.repayment_ways
    found = [_way(row, loan_id) for row in rows if not row.products or product_id in (None, *row.products)]
    return RepaymentWays(as_of=reading.now, loan_id=loan_id, ways=found)


def _way(row: WayRow, loan_id: str | None) -> RepaymentWay:
    account = row.transfer_account
    remark = loan_id if account and account.remark == "loan_id" else None
    return RepaymentWay(
        **row.dict(include={"way", "name", "steps", "arrives", "single_limit_fen", "daily_limit_fen", "payment_page"}),
        same_day_until=f"{row.same_day_until:%H:%M}" if row.same_day_until else None,
        transfer_account=TransferAccount(**account.dict(exclude={"remark"}), remark=remark) if account else None,
    )


@routes.get("/repayment-ways", operation_id="listWays", response_model=RepaymentWays, responses=responses())
def list_ways(
    call: TheCall,
    product_id: Annotated[str | None, Query(regex=ID_PATTERN, description="Only this product's.", example="QH-JIE")] = None,
) -> Any:
    """The lender's ways to repay, for everybody."""
    with call.store.read() as reading:
        return _ways(reading, call, product_id, None)


@routes.get(
    "/borrowers/{borrower_id}/loans/{loan_id}/repayment-ways",
    operation_id="listWaysOfLoan",
    response_model=RepaymentWays,
    responses=responses("borrower-not-found", "loan-not-found"),
)
def list_ways_of_loan(borrower_id: BorrowerId, loan_id: LoanId, call: TheCall) -> Any:
    """The ways to repay this loan; a transfer's remark is the loan's own."""
    with call.store.read() as reading:
        account = doors.account(reading, call.policy, borrower_id, loan_id)
        return _ways(reading, call, account.product.product_id, loan_id)


@routes.get(
    "/borrowers/{borrower_id}/debits",
    operation_id="listDebits",
    response_model=Debits,
    responses=responses("borrower-not-found"),
)
def list_debits(borrower_id: BorrowerId, call: TheCall) -> Any:
    """What auto debit takes next for each loan, and when; it draws on the payment methods in their order."""
    with call.store.read() as reading:
        return debits.upcoming(reading, call.policy, borrower_id)


@routes.delete(
    "/borrowers/{borrower_id}/payment-methods/{payment_method_id}",
    operation_id="removePaymentMethod",
    response_model=PaymentMethods,
    responses=responses("borrower-not-found", "payment-method-not-found", "last-payment-method"),
)
def remove_payment_method(borrower_id: BorrowerId, payment_method_id: PaymentMethodId, call: TheCall) -> Any:
    """Takes a card away; the others move up. The last one stays while auto debit draws on it for an open loan."""

    def work(writing: Writing) -> PaymentMethods:
        debits.remove_method(writing, call.policy, borrower_id, payment_method_id)
        return payment_methods_of(writing, call, borrower_id)

    return call.write("remove-payment-method", work)


@routes.post(
    "/borrowers/{borrower_id}/secure-links",
    operation_id="issueSecureLink",
    status_code=201,
    response_model=SecureLink,
    responses=responses(
        "borrower-not-found",
        "loan-not-found",
        "quote-not-found",
        "request-not-found",
        "loan-closed",
        "quote-expired",
        "quote-stale",
        "secure-pages-not-offered",
        "blocked-after-fraud",
    ),
)
def issue_secure_link(call: TheCall, ask: SecureLinkAsk, borrower_id: BorrowerId) -> Any:
    """A short-lived link to the lender's own page; it changes nothing, and asking again gives another."""

    def work(writing: Writing) -> SecureLink:
        issued = secure_links.issue(writing, call.policy, borrower_id, ask)
        return SecureLink(purpose=ask.purpose, url=issued.url, expires_at=issued.expires_at, as_of=writing.now)

    return call.write("issue-secure-link", work)

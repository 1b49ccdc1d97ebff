"""Credit lines, applications, refunds, closing a line, and what the lender says of its products."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Response

from bot.backend import credit_lines, doors
from bot.backend.filings import Filed
from bot.backend.problems import responses
from bot.backend.routes.common import REPLAYED, BorrowerId, Call, IdempotencyKey, TheCall, router
from bot.backend.routes.filings import mark_replayed, request_body
from bot.backend.store import Reading, Writing
from bot.backend.wire import ID_PATTERN
from bot.backend.wire_credit_line import (
    Closing,
    ClosingAsk,
    CreditLine,
    CreditLines,
    InUse,
    LimitChange,
    LineReason,
    LoanApplication,
    LoanApplications,
    ProductDescription,
    ProductDescriptions,
    Refund,
    Refunds,
)
from bot.backend.wire_filings import Request
from bot.loans.credit_line import LineStanding

routes = router("credit line")

ProductId = Annotated[str, Path(regex=ID_PATTERN, example="QH-JIE")]


@routes.get(
    "/borrowers/{borrower_id}/credit-lines",
    operation_id="listCreditLines",
    response_model=CreditLines,
    responses=responses("borrower-not-found"),
)
def list_credit_lines(borrower_id: BorrowerId, call: TheCall) -> Any:
    """Every line the borrower has, had or was refused: how it stands, why, and when it is looked at again."""
    with call.store.read() as reading:
        found = credit_lines.standings(reading, call.policy, borrower_id)
        return CreditLines(as_of=reading.now, credit_lines=[_line(reading, call, borrower_id, line) for line in found])


def _line(reading: Reading, call: Call, borrower_id: str, line: LineStanding) -> CreditLine:
    products = call.policy.products
    changes = [row for row in credit_lines.changes_of(reading, borrower_id) if row.product_id == line.product_id]
    owners = {account.row.loan_id: account.product.name for account in doors.accounts(reading, call.policy, borrower_id)}
    return CreditLine(
        product_id=line.product_id,
        product_name=products[line.product_id].name,
        kind=products[line.product_id].kind,
        status=line.status.value,
        since_date=line.since_date,
        limit_fen=line.limit_fen,
        temporary_limit_fen=line.temporary_limit_fen,
        temporary_until_date=line.temporary_until_date,
        used_fen=line.used_fen,
        available_fen=line.available_fen,
        reasons=[
            LineReason(**vars(reason), product_name=owners.get(reason.loan_id) if reason.loan_id else None)
            for reason in line.reasons
        ],
        suspended_until_date=line.until_date,
        next_review_date=line.next_review_date,
        changes=[LimitChange(**{name: row._mapping[name] for name in LimitChange.__fields__}) for row in changes],
        closing_request_id=credit_lines.pending_closing(reading, borrower_id, line.product_id),
    )


@routes.get(
    "/borrowers/{borrower_id}/loan-applications",
    operation_id="listLoanApplications",
    response_model=LoanApplications,
    responses=responses("borrower-not-found"),
)
def list_loan_applications(borrower_id: BorrowerId, call: TheCall) -> Any:
    """The borrower's applications for loans, the latest first."""
    with call.store.read() as reading:
        doors.borrower(reading, borrower_id)
        own = LoanApplication.__fields__.keys() - {"product_name", "on_hold"}
        blocked = credit_lines.fraud_block(reading, borrower_id) is not None
        found = [
            LoanApplication(
                **{name: row._mapping[name] for name in own},
                product_name=call.policy.products[row.product_id].name,
                on_hold=blocked and row.status in credit_lines.RUNNING,
            )
            for row in credit_lines.applications_of(reading, borrower_id)
            if row.product_id in call.policy.products
        ]
        return LoanApplications(as_of=reading.now, applications=found)


@routes.get(
    "/borrowers/{borrower_id}/refunds",
    operation_id="listRefunds",
    response_model=Refunds,
    responses=responses("borrower-not-found"),
)
def list_refunds(borrower_id: BorrowerId, call: TheCall) -> Any:
    """Refunds of what the borrower bought, the latest first, each with what is left of the bill."""
    with call.store.read() as reading:
        accounts = {account.row.loan_id: account for account in doors.accounts(reading, call.policy, borrower_id)}
        own = Refund.__fields__.keys() - {"product_name", "bill_due_date", "bill_outstanding_fen"}
        found = []
        for row in credit_lines.refunds_of(reading, borrower_id):
            unpaid = accounts[row.loan_id].unpaid(reading.today)
            billed = [due for due in unpaid if due.due_date == unpaid[0].due_date]
            found.append(
                Refund(
                    **{name: row._mapping[name] for name in own},
                    product_name=accounts[row.loan_id].product.name,
                    bill_due_date=unpaid[0].due_date if unpaid else None,
                    bill_outstanding_fen=sum(due.outstanding_fen for due in billed),
                )
            )
        return Refunds(as_of=reading.now, refunds=found)


@routes.get(
    "/borrowers/{borrower_id}/credit-lines/{product_id}/closing",
    operation_id="previewClosing",
    response_model=Closing,
    responses=responses("borrower-not-found", "credit-line-not-found"),
)
def preview_closing(borrower_id: BorrowerId, product_id: ProductId, call: TheCall) -> Any:
    """What is open before the line can be closed; it changes nothing."""
    with call.store.read() as reading:
        line = credit_lines.standing_of(reading, call.policy, borrower_id, product_id)
        accounts = doors.accounts(reading, call.policy, borrower_id)
        owed = credit_lines.owed_of(accounts, product_id, reading)
        application_id = credit_lines.running_application(reading, borrower_id, product_id)
        pending = credit_lines.pending_closing(reading, borrower_id, product_id)
        return Closing(
            as_of=reading.now,
            product_id=product_id,
            product_name=call.policy.products[product_id].name,
            status=line.status.value,
            limit_fen=line.limit_fen,
            can_be_filed=line.status.can_be_closed and not owed and application_id is None and pending is None,
            filing_key=credit_lines.closing_key(reading, borrower_id, line),
            loans_in_use=[
                InUse(
                    loan_id=account.row.loan_id,
                    outstanding_fen=owed_fen,
                    next_due_date=account.unpaid(reading.today)[0].due_date,
                )
                for account, owed_fen in owed
            ],
            outstanding_fen=sum(owed_fen for _, owed_fen in owed),
            running_application_id=application_id,
            running_refunds=len(credit_lines.running_refunds(reading, borrower_id, product_id)),
            pending_request_id=pending,
            decision_due_at=call.policy.decision_due_at("closing", reading.now),
        )


@routes.post(
    "/borrowers/{borrower_id}/credit-lines/{product_id}/closings",
    operation_id="fileClosing",
    status_code=201,
    response_model=Request,
    responses={
        200: {**REPLAYED, "model": Request},
        **responses(
            "borrower-not-found",
            "credit-line-not-found",
            "line-not-open",
            "line-in-use",
            "request-pending",
            "request-in-progress",
            "idempotency-key-missing",
            "idempotency-key-reused",
        ),
    },
)
def file_closing(
    call: TheCall,
    response: Response,
    ask: ClosingAsk,
    borrower_id: BorrowerId,
    product_id: ProductId,
    key: IdempotencyKey,
) -> Any:
    """Files the wish to close a line, once; a person decides, and only then it is closed."""

    def work(writing: Writing) -> tuple[Filed, Request]:
        filed = credit_lines.file_closing(writing, call.policy, borrower_id, product_id, key)
        return filed, Request(**request_body(filed.row, writing))

    filed, body = call.write_once("file-closing", key, work)
    mark_replayed(response, filed.replayed)
    return body


@routes.get(
    "/product-descriptions",
    operation_id="listProductDescriptions",
    response_model=ProductDescriptions,
    responses=responses(),
)
def list_product_descriptions(call: TheCall) -> Any:
    """What the lender says of its products; the same for everybody."""
    lender = call.policy.lender.file.lender
    with call.store.read() as reading:
        found = [
            ProductDescription(
                **{**product.about.dict(), "lent_by": product.about.lent_by or lender.name},
                product_id=product.product_id,
                product_name=product.name,
                kind=product.kind,
                repayment_method=product.repayment_method and product.repayment_method.value,
            )
            for product in call.policy.products.values()
            if product.about is not None
        ]
        return ProductDescriptions(as_of=reading.now, lender_name=lender.name, products=found)

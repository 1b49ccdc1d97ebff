"""`python -m bot desk`: the people who decide, at a terminal. It talks HTTP to the backend, like any other desk."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests

from bot import config

_TIMEOUT_SECONDS = (3, 10)
_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/heic": ".heic", "application/pdf": ".pdf"}


class DeskError(Exception):
    """What went wrong, and what to do about it, in a sentence."""


def main(argv: list[str] | None = None) -> int:
    """Lists requests, shows one, saves a proof, approves or refuses; 1 when the backend refuses, 2 when the call is wrong."""
    arguments = _parser().parse_args(argv)
    try:
        settings = config.load()
        desk = Desk(arguments.url or settings.backend_url, settings.desk_token)
        if arguments.command in (None, "list"):
            print(desk.listed(getattr(arguments, "status", "pending")))
        elif arguments.command == "export":
            raise DeskError("the bot holds a part of it; `./huanban desk export BORROWER` makes the file.")
        elif arguments.command == "blocks":
            print(desk.blocks())
        elif arguments.command == "outbox":
            print(desk.outbox())
        elif arguments.command == "lift":
            print(desk.lifted(arguments.safety_block_id, arguments.reason, arguments.by))
        elif arguments.command == "show":
            print(desk.shown(arguments.request_id))
        elif arguments.command == "proof":
            print(desk.saved(arguments.evidence_id, arguments.to))
        else:
            granted_fen = getattr(arguments, "granted_fen", None)
            print(desk.decided(arguments.request_id, arguments.command, arguments.reason, arguments.by, granted_fen))
    except (DeskError, config.ConfigurationError) as error:
        print(f"huanban desk: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="huanban desk", description="Decide on what borrowers asked for.")
    parser.add_argument("--url", help="the loan backend (HUANBAN_BACKEND_URL, else the embedded one)")
    commands = parser.add_subparsers(dest="command")
    listing = commands.add_parser("list", help="requests that wait for a decision (the default)")
    listing.add_argument("--status", default="pending", choices=["pending", "approved", "refused", "undone"])
    commands.add_parser("blocks", help="blocks after a report of fraud that nobody has lifted")
    commands.add_parser("outbox", help="one-time codes that a text message gateway would have sent (for a demo)")
    lift = commands.add_parser("lift", help="lift a block, after having made sure who asks")
    lift.add_argument("safety_block_id")
    lift.add_argument("--reason", required=True, help="why; it is kept in the ledger")
    lift.add_argument("--by", default=getpass.getuser(), help="who lifts it (default: the user logged in here)")
    export = commands.add_parser("export", help="everything held of a borrower, in one file")
    export.add_argument("borrower_id")
    show = commands.add_parser("show", help="one request with all its terms, and the proofs handed in for it")
    show.add_argument("request_id")
    proof = commands.add_parser("proof", help="save a proof; that you looked at it is kept on the borrower's audit trail")
    proof.add_argument("evidence_id")
    proof.add_argument("--to", type=Path, default=Path(), help="folder to save it in (default: this one)")
    for verb in ("approve", "refuse"):
        decide = commands.add_parser(verb, help=f"{verb} a request, with a reason the borrower can read")
        decide.add_argument("request_id")
        decide.add_argument("--reason", required=True, help="why; the borrower is told")
        decide.add_argument("--by", default=getpass.getuser(), help="who decides (default: the user logged in here)")
        if verb == "approve":
            decide.add_argument("--granted-fen", type=int, help="of a waiver granted in part: how much is waived, in fen")
    return parser


class Desk:
    """The desk's calls.

    Args:
        url: of the backend, without `/v1`.
        token: the desk's.
        person: who it is, for the audit trail; the user logged in here when empty.
    """

    def __init__(self, url: str, token: str, person: str = "") -> None:
        self._url = url.rstrip("/") + "/v1/desk"
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy of the environment has no business between desk and ledger
        self._session.headers["Authorization"] = f"Bearer {token}"
        # For the audit trail: who it is that reads.
        self._session.headers["X-Desk-Person"] = quote(person or getpass.getuser())

    def listed(self, status: str) -> str:
        """The requests that stand so, a line each."""
        found = self._call("GET", f"/requests?status={status}")["requests"]
        if not found:
            return f"No {status} requests."
        return "\n".join(_line(row) for row in found)

    def shown(self, request_id: str) -> str:
        """One request with its terms and the proofs handed in for it."""
        row = self._call("GET", f"/requests/{request_id}")
        terms = [f"  {name}: {value}" for name, value in row["terms"].items()]
        proofs = [
            f"  proof {proof['evidence_id']}: {proof['name']}, {proof['kind']}, {proof['size_bytes']:,} bytes, "
            f"received {_moment(proof['received_at'])}"
            for proof in self._call("GET", f"/requests/{request_id}/evidence")["evidence"]
        ]
        return "\n".join([_line(row), *terms, *(proofs or ["  no proofs"])])

    def saved(self, evidence_id: str, folder: Path) -> str:
        """Saves a proof under its own id, never under the name a borrower gave it, and says where it lies."""
        answer = self._answer("GET", f"/evidence/{evidence_id}/content")
        if not answer.ok:
            raise DeskError(_refusal(_read(answer)))
        path = folder / f"{evidence_id}{_ENDINGS.get(answer.headers['Content-Type'].split(';')[0], '.bin')}"
        try:
            path.write_bytes(answer.content)
        except OSError as error:
            raise DeskError(f"{path} cannot be written: {error.strerror}.") from error
        return f"Saved {path}, {len(answer.content):,} bytes."

    def export(self, borrower_id: str) -> dict[str, Any]:
        """Everything the ledger holds of a borrower: `borrower_id`, `lender_name`, `as_of`, `tables`.

        Raises:
            DeskError: there is no such borrower, or no backend.
        """
        found: dict[str, Any] = self._call("GET", f"/borrowers/{borrower_id}/export")
        return found

    def proof(self, evidence_id: str) -> bytes:
        """The content of a proof.

        Raises:
            DeskError: there is none.
        """
        answer = self._answer("GET", f"/evidence/{evidence_id}/content")
        if not answer.ok:
            raise DeskError(_refusal(_read(answer)))
        return answer.content

    def blocks(self) -> str:
        """The blocks in force, a line each."""
        found = self._call("GET", "/safety-blocks")["blocks"]
        rows = [
            f"{row['safety_block_id']}  {row['borrower_name']} ({row['borrower_id']})  {', '.join(row['blocked'])}  "
            f"since {_moment(row['blocked_at'])}, report {row['request_id']}"
            for row in found
        ]
        return "\n".join(rows) or "No blocks."

    def outbox(self) -> str:
        """The codes on their way to borrowers' phones, a line each."""
        found = self._call("GET", "/outbox")["messages"]
        rows = [
            f"{row['code']}  for {row['phone_masked']} ({row['borrower_name']}), sent {_moment(row['sent_at'])}, "
            f"good until {_moment(row['expires_at'])}"
            for row in found
        ]
        return "\n".join(rows) or "No codes on their way."

    def lifted(self, safety_block_id: str, reason: str, lifted_by: str) -> str:
        """Lifts a block, and says whose it was."""
        row = self._call("POST", f"/safety-blocks/{safety_block_id}/lift", {"reason": reason, "lifted_by": lifted_by})
        return f"{row['safety_block_id']} of {row['borrower_name']} is lifted."

    def decided(self, request_id: str, decision: str, reason: str, decided_by: str, granted_fen: int | None = None) -> str:
        """Decides, and says how the request stands then."""
        body: dict[str, Any] = {"decision": decision, "reason": reason, "decided_by": decided_by}
        if granted_fen is not None:
            body["granted_fen"] = granted_fen
        row = self._call("POST", f"/requests/{request_id}/decision", body)
        return f"{row['request_id']} is {row['status']}."

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self._answer(method, path, body)
        said = _read(answer)
        if answer.ok:
            return said
        raise DeskError(_refusal(said))

    def _answer(self, method: str, path: str, body: dict[str, Any] | None = None) -> requests.Response:
        try:
            return self._session.request(method, self._url + path, json=body, timeout=_TIMEOUT_SECONDS)
        except requests.RequestException as error:
            raise DeskError(f"the loan backend at {self._url} does not answer; start it with `./huanban up`.") from error


def _read(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except requests.RequestException as error:
        raise DeskError(f"what answers at {answer.url} is no loan backend.") from error


def _refusal(problem: dict[str, Any]) -> str:
    """A problem document in a person's words."""
    kind = str(problem.get("type", "")).rpartition("/")[2]
    if kind == "undo-window-open":
        return f"the borrower can undo until {_moment(problem['undo_until_at'])}; decide after that."
    if kind == "already-decided":
        return f"it is {problem['request_status']} already."
    if kind == "blocked-after-fraud":
        return f"report {problem['request_id']} blocks what this would lend; refuse it, or lift the block first."
    if kind == "safety-block-not-found":
        return "there is no such block; `huanban desk blocks` lists them."
    if kind == "evidence-not-found":
        return "there is no such proof; `huanban desk show REQUEST` lists those of a request."
    if kind == "borrower-not-found":
        return "there is no such borrower."
    if kind == "request-not-found":
        return "there is no such request; `huanban desk` lists them."
    if kind == "unauthorized":
        return "the desk token is not the backend's; HUANBAN_DESK_TOKEN must be the same for both."
    errors = "; ".join(f"{row['pointer']} {row['detail']}" for row in problem.get("errors", []))
    return f"{problem.get('title', 'refused')}: {errors or problem.get('detail', '')}"


def _line(row: dict[str, Any]) -> str:
    terms = row["terms"]
    if row["kind"] == "deferral":
        what = f"{terms['old_due_date']} → {terms['new_due_date']}, {_yuan(terms['deferred_fen'])}"
        what += ", interest-free" if terms["interest_free"] else f", extra interest {_yuan(terms['extra_interest_fen'])}"
    elif row["kind"] == "due_date_change":
        first = f"{terms['first_old_due_date']} → {terms['first_new_due_date']}"
        what = f"due day {terms['old_due_day']} → {terms['due_day']}, first {first}"
    elif row["kind"] == "restructure":
        what = f"{_yuan(terms['old_payment_fen'])} → {_yuan(terms['new_payment_fen'])} a month, {terms['new_term']} instalments"
    elif row["kind"] == "fee_waiver":
        what = f"{terms['programme_name']}, {_yuan(terms['waived_fen'])} of {_yuan(terms['penalty_fen'])} penalty"
        what += f", {terms['text']}" if terms["text"] else ""
    elif row["kind"] == "credit_dispute":
        entry = f"late since {terms['since_date']}" if terms["since_date"] else "no entry named"
        words = (terms["what_is_wrong"], terms["text"], terms["wish"] and f"wants: {terms['wish']}")
        what = " / ".join([entry, *(str(word) for word in words if word)])[:160]
    elif row["kind"] == "assistance":
        what = f"call at {_moment(terms['callback_at'])}" if terms.get("callback_at") else f"seat: {terms['event_name']}"
    elif row["kind"] == "rebuild_credit":
        what = f"{terms['name']} {_yuan(terms['amount_fen'])} over {terms['term']} instalments, interest-free"
    else:
        names = ("ticket_kind", "dispute_code", "payment_id", "topic", "summary", "text", "product_name")
        what = " / ".join(str(terms[name]) for name in names if terms.get(name))[:120]
    reason = f" ({terms['reason_code']})" if terms.get("reason_code") else ""
    product = f" {row['product_name']}" if row["product_name"] else ""
    blocked = f"  blocked by {row['safety_block_id']}: ask back on the number on file" if row["safety_block_id"] else ""
    return (
        f"{row['request_id']}  {row['status']}  {row['borrower_name']}{product}  {row['kind']}: {what}{reason}  "
        f"decide by {_moment(row['decision_due_at'])}, not before {_moment(row['can_be_decided_from_at'])}{blocked}"
    )


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M")


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}元"


if __name__ == "__main__":
    sys.exit(main())

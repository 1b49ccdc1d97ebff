"""`python -m bot desk`: the people who decide, at a terminal. It talks HTTP to the backend, like any other desk."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import datetime
from typing import Any

import requests

from bot import config

_TIMEOUT_SECONDS = (3, 10)


class DeskError(Exception):
    """What went wrong, and what to do about it, in a sentence."""


def main(argv: list[str] | None = None) -> int:
    """Lists pending requests, approves or refuses one; 1 when the backend refuses, 2 when the call is wrong."""
    arguments = _parser().parse_args(argv)
    try:
        settings = config.load()
        desk = Desk(arguments.url or settings.backend_url, settings.desk_token)
        if arguments.command in (None, "list"):
            print(desk.listed(getattr(arguments, "status", "pending")))
        elif arguments.command == "blocks":
            print(desk.blocks())
        elif arguments.command == "lift":
            print(desk.lifted(arguments.safety_block_id, arguments.reason, arguments.by))
        elif arguments.command == "show":
            print(desk.shown(arguments.request_id))
        else:
            print(desk.decided(arguments.request_id, arguments.command, arguments.reason, arguments.by))
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
    lift = commands.add_parser("lift", help="lift a block, after having made sure who asks")
    lift.add_argument("safety_block_id")
    lift.add_argument("--reason", required=True, help="why; it is kept in the ledger")
    lift.add_argument("--by", default=getpass.getuser(), help="who lifts it (default: the user logged in here)")
    show = commands.add_parser("show", help="one request with all its terms")
    show.add_argument("request_id")
    for verb in ("approve", "refuse"):
        decide = commands.add_parser(verb, help=f"{verb} a request, with a reason the borrower can read")
        decide.add_argument("request_id")
        decide.add_argument("--reason", required=True, help="why; the borrower is told")
        decide.add_argument("--by", default=getpass.getuser(), help="who decides (default: the user logged in here)")
    return parser


class Desk:
    """The desk's calls.

    Args:
        url: of the backend, without `/v1`.
        token: the desk's.
    """

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/") + "/v1/desk"
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy of the environment has no business between desk and ledger
        self._session.headers["Authorization"] = f"Bearer {token}"

    def listed(self, status: str) -> str:
        """The requests that stand so, a line each."""
        found = self._call("GET", f"/requests?status={status}")["requests"]
        if not found:
            return f"No {status} requests."
        return "\n".join(_line(row) for row in found)

    def shown(self, request_id: str) -> str:
        """One request with its terms."""
        row = self._call("GET", f"/requests/{request_id}")
        terms = "\n".join(f"  {name}: {value}" for name, value in row["terms"].items())
        return f"{_line(row)}\n{terms}"

    def blocks(self) -> str:
        """The blocks in force, a line each."""
        found = self._call("GET", "/safety-blocks")["blocks"]
        rows = [
            f"{row['safety_block_id']}  {row['borrower_name']} ({row['borrower_id']})  {', '.join(row['blocked'])}  "
            f"since {_moment(row['blocked_at'])}, report {row['request_id']}"
            for row in found
        ]
        return "\n".join(rows) or "No blocks."

    def lifted(self, safety_block_id: str, reason: str, lifted_by: str) -> str:
        """Lifts a block, and says whose it was."""
        row = self._call("POST", f"/safety-blocks/{safety_block_id}/lift", {"reason": reason, "lifted_by": lifted_by})
        return f"{row['safety_block_id']} of {row['borrower_name']} is lifted."

    def decided(self, request_id: str, decision: str, reason: str, decided_by: str) -> str:
        """Decides, and says how the request stands then."""
        body = {"decision": decision, "reason": reason, "decided_by": decided_by}
        row = self._call("POST", f"/requests/{request_id}/decision", body)
        return f"{row['request_id']} is {row['status']}."

    def _call(self, method: str, path: str, body: dict[str, str] | None = None) -> Any:
        try:
            answer = self._session.request(method, self._url + path, json=body, timeout=_TIMEOUT_SECONDS)
            said = answer.json()
        except requests.RequestException as error:
            raise DeskError(f"the loan backend at {self._url} does not answer; start it with `./huanban up`.") from error
        if answer.ok:
            return said
        raise DeskError(_refusal(said))


def _refusal(problem: dict[str, Any]) -> str:
    """A problem document in a person's words."""
    kind = str(problem.get("type", "")).rpartition("/")[2]
    if kind == "undo-window-open":
        return f"the borrower can undo until {_moment(problem['undo_until_at'])}; decide after that."
    if kind == "already-decided":
        return f"it is {problem['request_status']} already."
    if kind == "safety-block-not-found":
        return "there is no such block; `huanban desk blocks` lists them."
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
    elif row["kind"] == "assistance":
        what = f"call at {_moment(terms['callback_at'])}" if terms.get("callback_at") else f"seat: {terms['event_name']}"
    elif row["kind"] == "rebuild_credit":
        what = f"{terms['name']} {_yuan(terms['amount_fen'])} over {terms['term']} instalments, interest-free"
    else:
        names = ("ticket_kind", "dispute_code", "payment_id", "topic", "summary", "text", "product_name")
        what = " / ".join(str(terms[name]) for name in names if terms.get(name))[:120]
    reason = f" ({terms['reason_code']})" if terms.get("reason_code") else ""
    product = f" {row['product_name']}" if row["product_name"] else ""
    return (
        f"{row['request_id']}  {row['status']}  {row['borrower_name']}{product}  {row['kind']}: {what}{reason}  "
        f"decide by {_moment(row['decision_due_at'])}, not before {_moment(row['can_be_decided_from_at'])}"
    )


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M")


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}元"


if __name__ == "__main__":
    sys.exit(main())

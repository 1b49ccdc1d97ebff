"""What was promised, held against one conversation: what the borrower heard, what the proxy saw, what the ledger has."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.bench.faults.proxy import Posted
from bot.bench.faults.words import (
    FILED,
    FILED_ALREADY,
    NO_SUCH_FILING,
    NONE_THERE,
    NOT_FILED,
    OF_THE_LAST,
    OF_WHAT_WAS_SAID,
    OLD_BUTTON,
    SHOWN_ANEW,
    STANDS,
    outcome_of,
    words,
)

PROMISES = {
    "lost": "said to be filed, and the ledger has nothing of it",
    "twice": "the ledger has it more than once",
    "unconfirmed": "filed without a confirmation",
    "across": "another borrower's name, sum or number was heard, or a row lies under another borrower",
    "said_filed": "said to be filed when it was not, or under a number that is not its own",
    "said_not_filed": "said not to be filed when it was",
    "silence": "a message, or a confirmation, was answered by nothing that can be called an outcome",
    "not_settled": "asking later, when nothing fails any more, did not tell how it stands",
}
_NUMBER = re.compile(r"[A-Z]{2}\d{8}")
_SUM = re.compile(r"[\d,]+\.\d{2}(?=元)")
_NAME = re.compile(r"借款人(\d+)号")
_CALLS = re.compile(r"挂了我(\d+)次电话")


@dataclass(frozen=True)
class Spoken:
    """One message of a conversation; `at` is of `time.time`."""

    at: float
    by: str
    text: str
    confirms: bool = False


@dataclass(frozen=True)
class Row:
    """A request as it lies in the ledger."""

    request_id: str
    kind: str
    borrower_id: str
    loan_id: str | None
    status: str
    text: str = ""


@dataclass(frozen=True)
class Ledger:
    """What the judge knows of everybody.

    Attributes:
        owners: whose each request is, by its number.
        payments: whose each monthly payment is, as it is written ("965.94"); only those that are one borrower's alone.
    """

    owners: Mapping[str, str] = field(default_factory=dict)
    payments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """One conversation.

    Attributes:
        number: of the plan; the borrower's name and complaint have it in them.
        kind: of the requests that it is about.
        spoken: both sides, in order.
        posts: filings that went by the proxy, in order.
        rows: the borrower's requests in the ledger.
    """

    number: int
    borrower_id: str
    loan_id: str
    kind: str
    spoken: Sequence[Spoken]
    posts: Sequence[Posted]
    rows: Sequence[Row]


@dataclass(frozen=True)
class Violation:
    """A broken promise and what shows it."""

    promise: str
    because: str


@dataclass(frozen=True)
class Turn:
    """What the borrower said, without an answer in between, and what they heard then."""

    said: Sequence[Spoken]
    heard: Sequence[Spoken]
    ends: float

    @property
    def begins(self) -> float:
        """When the first of it was accepted."""
        return self.said[0].at

    @property
    def confirms(self) -> bool:
        """Whether something was confirmed."""
        return any(spoken.confirms for spoken in self.said)

    @property
    def says(self) -> set[str]:
        """What was heard says of a filing."""
        return {says for spoken in self.heard for says in words().says(spoken.text)}


def turns(spoken: Sequence[Spoken]) -> list[Turn]:
    """A conversation cut where the borrower speaks; what the bot says before that is passed over."""
    cut: list[tuple[list[Spoken], list[Spoken]]] = []
    for one in spoken:
        if one.by == "borrower":
            if not cut or cut[-1][1]:
                cut.append(([], []))
            cut[-1][0].append(one)
        elif cut:
            cut[-1][1].append(one)
    ends = [said[0].at for said, _ in cut[1:]] + [float("inf")]
    return [Turn(said, heard, end) for (said, heard), end in zip(cut, ends, strict=True)]


def creators(posts: Sequence[Posted]) -> list[Posted]:
    """The filings that made a row: those the backend called new, else the first that it was given and did not answer."""
    made = [post for post in posts if post.status == 201]
    return made or [post for post in posts if post.passed_on_at is not None and post.status is None][:1]


def filed_at(posts: Sequence[Posted]) -> float | None:
    """When the filing that made the row had surely come by; None when none did.

    Of several that the backend did not answer nobody saw which one it was. The last has the benefit of the doubt, unless the
    backend has called one before it a repetition.
    """
    made = [post.received_at for post in posts if post.status == 201]
    if made:
        return min(made)
    unanswered = [post.received_at for post in posts if post.passed_on_at is not None and post.status is None]
    known_already = [post.received_at for post in posts if post.status == 200]
    return min([max(unanswered), *known_already]) if unanswered else None


def judged(case: Case, ledger: Ledger) -> list[Violation]:
    """Every promise that was broken in this conversation."""
    found: list[Violation] = []
    took = turns(case.spoken)
    own = [row for row in case.rows if row.kind == case.kind]
    made = creators(case.posts) if own else []
    found += _rows(case, own)
    found += _confirmations(took, own, made)
    had_at = filed_at(case.posts) if own else None
    heard_of_it = others_shown = False
    for turn in took:
        found += _claims(turn, own, made, heard_of_it=heard_of_it)
        denials, others_shown = _denials(turn, made, had_at, others_shown=others_shown)
        found += denials
        heard_of_it = heard_of_it or bool(turn.says & {FILED, FILED_ALREADY})
        found += _strangers(case, turn, ledger)
    found += _end(took, own)
    return found


def _rows(case: Case, own: Sequence[Row]) -> list[Violation]:
    found = []
    if len(own) > 1:
        found.append(Violation("twice", ", ".join(row.request_id for row in own)))
    for row in case.rows:
        told = _CALLS.search(row.text)
        if row.borrower_id != case.borrower_id or row.loan_id not in (None, case.loan_id):
            found.append(Violation("across", f"{row.request_id} lies under {row.borrower_id}, loan {row.loan_id}"))
        elif told and int(told.group(1)) != case.number + 1:
            found.append(Violation("across", f"{row.request_id} holds another's words"))
        if row.kind != case.kind:
            found.append(Violation("unconfirmed", f"nobody asked for {row.request_id} ({row.kind})"))
    return found


def _confirmations(took: Sequence[Turn], own: Sequence[Row], made: Sequence[Posted]) -> list[Violation]:
    if own and not made:
        return [Violation("unconfirmed", f"{own[0].request_id} came about and no filing went by")]
    return [
        Violation("unconfirmed", "a filing went out in a turn in which nothing was confirmed")
        for post in made
        if not any(turn.confirms and turn.begins <= post.received_at < turn.ends for turn in took)
    ]


def _claims(turn: Turn, own: Sequence[Row], made: Sequence[Posted], *, heard_of_it: bool) -> list[Violation]:
    """Whoever has heard that it is filed, and taps the button once more, need not hear it again.

    A button whose question a killed server has taken along is answered by how the requests stand.
    """
    found = []
    said = turn.says
    if not turn.heard:
        found.append(Violation("silence", f"after {turn.said[-1].text!r}"))
    elif turn.confirms and outcome_of(said) is None and OLD_BUTTON not in said and not heard_of_it:
        found.append(Violation("silence", f"no outcome after {turn.said[-1].text!r}"))
    numbers = {row.request_id for row in own}
    for spoken in turn.heard:
        if not words().says(spoken.text) & {FILED, FILED_ALREADY, STANDS}:
            continue
        if not own:
            found.append(Violation("lost", spoken.text))
        elif not set(_NUMBER.findall(spoken.text)) & numbers:
            found.append(Violation("said_filed", spoken.text))
        elif made and min(post.received_at for post in made) > spoken.at:
            found.append(Violation("said_filed", f"before it was: {spoken.text}"))
    if NONE_THERE in said and any((post.answered_at or post.passed_on_at or turn.ends) < turn.begins for post in made):
        found.append(Violation("said_not_filed", "asked how it stands, the borrower heard that nothing is there"))
    return found


def _denials(turn: Turn, made: Sequence[Posted], had_at: float | None, *, others_shown: bool) -> tuple[list[Violation], bool]:
    """Each way to say "not filed", held against a filing of this turn or of an earlier one (`words.py` has what each is about).

    Args:
        turn: in which it is said.
        made: see `creators`.
        had_at: see `filed_at`.
        others_shown: whether other terms were shown between the filing and this turn.

    Returns:
        what is untrue, and `others_shown` for the next turn.
    """
    in_this_turn = any(turn.begins <= post.received_at < turn.ends for post in made)
    had = had_at is not None and had_at < turn.ends
    untrue = in_this_turn and bool(turn.says & NO_SUCH_FILING)
    for spoken in turn.heard:
        says = words().says(spoken.text)
        of_the_last = OF_THE_LAST in says or (OF_WHAT_WAS_SAID in says and turn.confirms)
        untrue = untrue or (had and (NOT_FILED in says or (of_the_last and not others_shown)))
        # In the order of speech, not by the clock: one answer may say that the old terms are gone and show new ones.
        others_shown = others_shown or (SHOWN_ANEW in says and had_at is not None and had_at < spoken.at)
    because = " / ".join(spoken.text for spoken in turn.heard)
    return [Violation("said_not_filed", because)] if untrue else [], others_shown


def _strangers(case: Case, turn: Turn, ledger: Ledger) -> list[Violation]:
    found = []
    for spoken in turn.heard:
        for number in _NUMBER.findall(spoken.text):
            if ledger.owners.get(number, case.borrower_id) != case.borrower_id:
                found.append(Violation("across", f"{number} is another's: {spoken.text}"))
        for amount in _SUM.findall(spoken.text):
            if ledger.payments.get(amount, case.borrower_id) != case.borrower_id:
                found.append(Violation("across", f"{amount} is another's: {spoken.text}"))
        if any(int(name) != case.number for name in _NAME.findall(spoken.text)):
            found.append(Violation("across", f"another's name: {spoken.text}"))
        if any(int(calls) != case.number + 1 for calls in _CALLS.findall(spoken.text)):
            found.append(Violation("across", f"another's words: {spoken.text}"))
    return found


def _end(took: Sequence[Turn], own: Sequence[Row]) -> list[Violation]:
    """The last question is how it stands, when no fault is left."""
    last = took[-1].says if took else set()
    if own and STANDS not in last:
        return [Violation("not_settled", "it is in the ledger, and asking how it stands did not tell so")]
    if not own and STANDS not in last and NONE_THERE not in last:
        return [Violation("not_settled", "asking how it stands told neither this nor that")]
    if not own:
        return [Violation("not_settled", "it was never filed, although nothing failed any more")]
    return []

"""What goes wrong in which conversation: a table of faults, and for each number of a run one plan, the same for the same seed."""

from __future__ import annotations

import random
from dataclasses import dataclass

# How often each is drawn, and what it is. Those of `ON_THE_WIRE` happen between action server and backend.
ON_THE_WIRE: dict[str, tuple[int, str]] = {
    "refused": (4, "nobody listens where the backend was"),
    "reset_before_commit": (6, "the line is cut, and the backend never saw the call"),
    "reset_after_commit": (8, "the backend did it, and the line is cut instead of its answer"),
    "answer_lost": (6, "the backend did it, and no answer ever comes"),
    "error_500_then_200": (6, "a server error, after the call was carried out or before, and then all is well"),
    "conflict_409": (5, "409, as a problem of the contract or as something else"),
    "too_many_429": (5, "429 with Retry-After"),
    "slow_before_commit": (4, "the call arrives only after every time-out"),
    "slow_after_commit": (4, "the backend did it at once, and its answer comes after every time-out"),
    "half_answer": (6, "the line is cut in the middle of the answer"),
    "wrong_type": (6, "a page of HTML, or JSON of another shape"),
    "another_borrowers_answer": (7, "the whole answer of another borrower's call"),
    "another_borrowers_body": (7, "another borrower's body under this call's own header"),
    "clock_jump": (5, "the backend's moments are hours or a day away"),
}
KILLS: dict[str, tuple[int, str]] = {
    "killed_actions": (2, "the action server is killed (-9) and started again"),
    "killed_rasa": (2, "Rasa is killed (-9) and started again"),
    "killed_backend": (2, "the backend is killed (-9) and started again"),
    "backend_of_another_day": (1, "the backend is killed (-9), and its machine's day is another when it is back"),
}
CHANNEL: dict[str, tuple[int, str]] = {
    "repeated": (5, "the confirmation is sent again under its id when it has been answered"),
    "doubled": (5, "the confirmation comes in two copies at once, under one id"),
    "two_devices": (5, "it is tapped on two devices at once"),
}
NONE = {"none": (5, "nothing goes wrong")}
FAULTS = {**ON_THE_WIRE, **KILLS, **CHANNEL, **NONE}

TOPICS = ("deferral", "restructure", "complaint")
MOMENTS = ("before_commit", "after_commit", "after_the_confirmation", "at_the_beginning")
PLACES = ("filing", "filing_and_reading_back", "anywhere")
MANY = 1000


@dataclass(frozen=True)
class Plan:
    """One conversation.

    Attributes:
        number: counts from 0; with the seed it says all the rest.
        topic: what is asked for.
        fault: a name of `FAULTS`.
        place: which calls of the borrower it hits, for a fault on the wire.
        times: how many of them; `MANY`: until the first confirmation has been answered.
        moment: when a process is killed.
        channel: what the channel does to the confirmation, beside the fault; "once" for nothing.
        typed: the confirmation is typed and not tapped.
        seed: of all further choices.
    """

    number: int
    topic: str
    fault: str
    place: str
    times: int
    moment: str
    channel: str
    typed: bool
    seed: str

    @property
    def borrower_id(self) -> str:
        """Whose conversation it is; every plan has a borrower of its own."""
        return borrower_of(self.number)

    def chooser(self) -> random.Random:
        """Further choices, the same each time."""
        return random.Random(self.seed)


def borrower_of(number: int) -> str:
    """The borrower of a plan."""
    return f"B{700000 + number}"


def plan(seed: int, number: int, fault: str | None = None) -> Plan:
    """The plan of a number; `fault` takes the place of the drawn one."""
    chooser = random.Random(f"{seed}:{number}")
    names = list(FAULTS)
    drawn = chooser.choices(names, weights=[FAULTS[name][0] for name in names])[0]
    fault = fault or drawn
    place = chooser.choices(PLACES, weights=[6, 3, 2])[0]
    channel = fault if fault in CHANNEL else chooser.choices(["once", *CHANNEL], weights=[12, 1, 1, 1])[0]
    return Plan(
        number=number,
        topic=chooser.choice(TOPICS),
        fault=fault,
        place=place,
        times=chooser.choice([1, 1, 2, 3, MANY]),
        moment=chooser.choice(MOMENTS),
        channel=channel,
        typed=channel == "once" and chooser.random() < 0.2,
        seed=f"{seed}:{number}:{fault}",
    )


def one_of_each(seed: int, runs: int) -> list[Plan]:
    """So many plans in which every fault but a kill occurs, as often as any other, and each topic in turn."""
    names = [name for name in FAULTS if name not in KILLS]
    return [plan(seed, number, names[number % len(names)]) for number in range(runs)]

"""One readable file sets up lender, rules and situations; a mistake in it is named by line and key."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml

from bot.backend import lender_file, seed
from bot.backend.clock import Clock
from bot.backend.policy import Policy
from bot.backend.store import Store
from bot.config import ConfigurationError
from bot.demo import demo_borrowers
from tests.backend.helpers import Loan, problem
from tests.support.backend import DEMO_LENDER_FILE, ROOT, backend_in_a_thread

DEMO = DEMO_LENDER_FILE.read_text(encoding="utf-8")


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a lender file."""

    def write(text: str) -> Path:
        path = tmp_path / "lender.yml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def planted(path: Path, folder: Path, today: str = "2026-11-24") -> Store:
    """A ledger filled from a file, as of a day."""
    store = Store(f"sqlite:///{folder / 'planted.db'}", Clock(date.fromisoformat(today)))
    seed.plant(store, Policy(lender_file.read(path), undo_minutes=10, quote_minutes=30))
    return store


def test_the_demo_has_every_situation_of_the_issue() -> None:
    names = {row.name for row in lender_file.read(DEMO_LENDER_FILE).file.borrowers}
    assert names >= {
        "on_time",
        "due_in_three_days",
        "in_grace",
        "overdue_12_days",
        "overdue_95_days",
        "several_loans",
        "minimum_payment",
        "deferral_pending",
        "with_agency",
        "illness",
        "no_loan",
        "deferral_used_up",
    }


@pytest.mark.parametrize(
    "today",
    ["2026-01-01", "2026-02-28", "2026-03-31", "2026-05-30", "2026-08-31", "2027-03-01", "2027-12-31", "2028-02-29"],
)
def test_the_demo_can_be_told_from_any_day(tmp_path: Path, today: str) -> None:
    store = planted(DEMO_LENDER_FILE, tmp_path, today)
    with store.read() as reading:
        from bot.backend import doors

        policy = Policy(lender_file.read(DEMO_LENDER_FILE), 10, 30)
        (late,) = doors.accounts(reading, policy, "B1005")
        assert (late.status(reading.today).value, late.days_past_due(reading.today)) == ("overdue", 95)
        (grace,) = doors.accounts(reading, policy, "B1003")
        assert grace.status(reading.today).value == "in_grace"
    store.close()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("grace_period_days: 3", "grace_days: 3", r"line \d+, `products\.1\.grace_days`: extra fields not permitted"),
        ("repayment_method: equal_payment", "repayment_method: equal", r"line \d+, `products\.1\.repayment_method`"),
        ('annual_rate: "0.1460"', 'annual_rate: "14.60"', r"line \d+, `products\.1\.annual_rate`: .*less than or equal to 1"),
        ("next_due: today+18d", "next_due: in 18 days", r"line \d+, .*next_due`: 'in 18 days' is not a day; write 2026-12-15"),
        ("product: QH-KUAI", "product: QH-WEG", r"loan L1004: there is no product 'QH-WEG'"),
        ("borrower_id: B1002", "borrower_id: B1001", r"borrower_id 'B1001' is given twice"),
        ("phone_masked: 138****1001", "phone_masked: 13800001001", r"line \d+, `borrowers\.1\.phone_masked`"),
        ("paid_instalments: 5", "paid_instalments: 15", r"line \d+, .*paid_instalments is 15, but the loan has 12"),
        ("deferral: 3, restructure: 7", "deferral: 3", r"line \d+, `lender\.decision_days`: give 1 to 60 days for each"),
        ("display_name: 王女士", "display_name: [王女士", r"line \d+: not YAML"),
    ],
)
def test_a_mistake_is_one_sentence_with_line_and_key(write: Callable[[str], Path], old: str, new: str, said: str) -> None:
    changed = DEMO.replace(old, new, 1)
    assert changed != DEMO
    with pytest.raises(ConfigurationError, match=said) as caught:
        lender_file.read(write(changed))
    message = str(caught.value)
    assert "\n" not in message and "lender.yml" in message and "Traceback" not in message
    number = re.search(r"line (\d+)", message)
    assert number
    if "`" in message.split(":")[0]:
        key = message.split("`")[1].rpartition(".")[2]
        assert key in changed.splitlines()[int(number[1]) - 1]


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "must hold"), ("- a\n", "must hold"), ("lender: {name: x}\n", "decision_days"), ("\ufffe\x00", "not YAML")],
)
def test_a_file_of_something_else_is_refused(write: Callable[[str], Path], content: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        lender_file.read(write(content))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.yml cannot be read: No such file"):
        lender_file.read(tmp_path / "nowhere.yml")


@pytest.mark.parametrize(
    ("loan", "said"),
    [
        ("paid_instalments: 4, next_due: today+60d", "L1, paying instalment 4 on 2026-12-23 is still to come"),
        (
            "paid_instalments: 4, next_due: today+3d, deferrals: [{filed: today-5d, period: P99D, status: pending}]",
            "L1, deferral on 2026-11-19: deferral-too-long",
        ),
        (
            "paid_instalments: 0, next_due: today+3d, payments: [{date: today-1d, amount_fen: 99999999}]",
            "L1, paying on 2026-11-23: payment-exceeds-outstanding",
        ),
        ("paid_instalments: 0, next_due: today+3d, disbursed: today+4d", "loan L1 on 2026-11-28 is still to come"),
        ("paid_instalments: 0, next_due: today-3d, disbursed: today-1d", "loan L1 on 2026-11-23"),
    ],
)
def test_a_past_that_cannot_have_been_is_refused_as_a_whole(
    write: Callable[[str], Path], tmp_path: Path, loan: str, said: str
) -> None:
    text = DEMO.split("borrowers:\n")[0] + (
        "borrowers:\n"
        "  - {name: a, borrower_id: B1, situation: s, display_name: 王女士, city: 成都, phone_masked: 138****0001}\n"
        "  - name: b\n    borrower_id: B2\n    situation: s\n    display_name: 李先生\n    city: 成都\n"
        "    phone_masked: 138****0002\n    loans:\n"
        f"      - {{loan_id: L1, product: QH-JIE, principal_fen: 1000000, term: 12, {loan}}}\n"
    )
    with pytest.raises(ConfigurationError, match=re.escape(said)):
        planted(write(text), tmp_path)
    store = Store(f"sqlite:///{tmp_path / 'planted.db'}", Clock())
    with store.read() as reading:
        from bot.backend import schema

        assert reading.connection.execute(schema.borrowers.select()).all() == []
    store.close()


def test_the_rules_of_a_product_are_rows_of_the_file(write: Callable[[str], Path], tmp_path: Path) -> None:
    looser = DEMO.replace("max_days: 60", "max_days: 100", 1).replace("max_days_past_due: 30", "max_days_past_due: 120", 1)
    with backend_in_a_thread(tmp_path / "looser", HUANBAN_LENDER_FILE=write(looser)) as backend:
        assert Loan(backend, "B1002", "L1002").quote("P99D")["new_due_date"] == "2027-03-06"
        assert Loan(backend, "B1005", "L1005").quote("P15D")["new_due_date"] == "2026-12-09"


def test_interest_free_begins_and_ends_on_the_days_of_the_file(write: Callable[[str], Path], tmp_path: Path) -> None:
    ended = DEMO.replace("until_date: 2028-12-31", "until_date: today-1d", 1)
    coming = DEMO.replace("from_date: 2026-01-01", "from_date: today+1d", 1)
    today = DEMO.replace("from_date: 2026-01-01", "from_date: today", 1).replace("until_date: 2028-12-31", "until_date: today", 1)
    for number, (text, free) in enumerate([(ended, False), (coming, False), (today, True)]):
        with backend_in_a_thread(tmp_path / str(number), HUANBAN_LENDER_FILE=write(text)) as backend:
            assert Loan(backend, "B1010", "L1010").quote("P15D")["interest_free"] is free


def test_a_product_without_deferral_has_none(write: Callable[[str], Path], tmp_path: Path) -> None:
    content = yaml.safe_load(DEMO)
    del content["products"][0]["deferral"]
    for row in content["borrowers"]:
        for loan in row.get("loans", []):
            loan.pop("deferrals", None)
    path = write(yaml.safe_dump(content, allow_unicode=True))
    with backend_in_a_thread(tmp_path / "none", HUANBAN_LENDER_FILE=path) as backend:
        answer = backend.call("POST", "/borrowers/B1001/loans/L1001/deferral-quotes", {"period": "P15D"})
        problem(answer, "deferral-not-offered", 409)


def test_deferred_instalments_go_behind_the_last_where_the_row_says_so(write: Callable[[str], Path], tmp_path: Path) -> None:
    text = re.sub(r"(instalments_go: after_last\n      deferrals_allowed:) 1", r"\1 2", DEMO)
    env = {"HUANBAN_LENDER_FILE": write(text), "HUANBAN_UNDO_MINUTES": 0}
    with backend_in_a_thread(tmp_path / "more", **env) as backend:
        loan = Loan(backend, "B1012", "L1012")
        quote = loan.quote("P1I")
        assert [row["instalment_number"] for row in quote["changes"]] == [7]
        last = loan.instalment(12)["due_date"]
        assert quote["new_due_date"] > last
        loan.decide(loan.file(quote))
        assert loan.read()["next_instalment_number"] == 8


def test_the_situation_the_page_shows_can_be_set_up(write: Callable[[str], Path], tmp_path: Path) -> None:
    page = (ROOT / "docs/loan-backend.md").read_text(encoding="utf-8")
    shown = page.split("```yaml\n")[1].split("```")[0]
    path = write(DEMO.split("borrowers:\n")[0] + shown)
    with backend_in_a_thread(tmp_path / "shown", HUANBAN_LENDER_FILE=path) as backend:
        loan = Loan(backend, "B2001", "L2001").read()
        assert (loan["status"], loan["days_past_due"]) == ("in_grace", 3)
        late = backend.get("/borrowers/B2001/loans/L2001/payments")["payments"]
        assert [row["status"] for row in late][:1] == ["failed"]


def test_borrowers_added_to_the_file_are_added_and_known_ones_keep_their_books(
    write: Callable[[str], Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    head, _, rest = DEMO.partition("  - name: due_in_three_days")
    store = planted(write(head), tmp_path)
    store.close()
    changed = (head + _ + rest).replace("next_due: today+18d", "next_due: today+10d", 1)
    store = planted(write(changed), tmp_path)
    from bot.backend import doors, schema

    with store.read() as reading:
        assert len(reading.rows(schema.borrowers.select())) == len(demo_borrowers())
        (known,) = doors.accounts(reading, Policy(lender_file.read(write(changed)), 10, 30), "B1001")
        assert known.unpaid(reading.today)[0].due_date == date(2026, 12, 12)
    assert "on_time: the lender file tells otherwise than the ledger" in caplog.text
    store.close()


def test_a_ledger_with_loans_of_a_product_that_is_gone_is_refused(write: Callable[[str], Path], tmp_path: Path) -> None:
    planted(DEMO_LENDER_FILE, tmp_path).close()
    content = yaml.safe_load(DEMO)
    content["products"] = [row for row in content["products"] if row["product_id"] != "QH-HUA"]
    content["borrowers"] = []
    with pytest.raises(ConfigurationError, match="The ledger has loans of QH-HUA"):
        planted(write(yaml.safe_dump(content, allow_unicode=True)), tmp_path)

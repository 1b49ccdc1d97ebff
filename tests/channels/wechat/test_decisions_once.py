"""Every decision is told, and told once: however many come at a time, and whatever is deleted of the telling."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from bot.channels.wechat.decisions import Decisions
from bot.channels.wechat.deliveries import KEEP_SECONDS, Deliveries
from bot.channels.wechat.said import Said
from bot.channels.wechat.store import Store, deliveries
from bot.client import LoanClient
from bot.privacy.keep_wechat import WeChatKeeper
from bot.privacy.whose import Whose
from tests.backend.test_bindings import bound
from tests.backend.test_decisions_feed import decided
from tests.support.backend import SERVICE_TOKEN, BackendCalls, backend_in_a_thread

NOON = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)
Row = tuple[datetime, str, str]  # when, which request, which account: the list's own order


class Lender:
    """The lender's list of decisions over `call`, with a clock that tests set."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.rows: list[Row] = []
        self.pages = 0
        self.reads_on = True
        self._clock = clock

    def decides(self, at: float, request_id: str, openid: str = "o-1") -> None:
        self.rows.append((NOON + timedelta(seconds=at), request_id, openid))

    def call(self, method: str, path: str) -> tuple[Any, dict[str, str]]:
        self.pages += 1
        asked = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        since = datetime.fromisoformat(asked["since"])
        after = (since, asked.get("after_request_id", ""), asked.get("after_openid", ""))
        behind = sorted(row for row in self.rows if (row > after if self.reads_on else row[0] >= since))
        found = [
            {
                "request_id": request_id,
                "kind": "deferral",
                "status": "approved",
                "decided_at": at.isoformat(),
                "decision_reason": "材料齐全",
                "openid": openid,
            }
            for at, request_id, openid in behind[: int(asked["limit"])]
        ]
        now = datetime.fromtimestamp(self._clock(), timezone.utc)
        return {"as_of": now.isoformat(), "decisions": found}, {}


class Scene:
    """Decisions before such a lender; what they tell is sent at once."""

    def __init__(self, url: str, client: Any = None) -> None:
        self.now = NOON.timestamp()
        self.url = url
        self.store = Store(url, lambda: self.now)
        self.rows = Deliveries(self.store)
        self.lender = Lender(lambda: self.now)
        self.told: list[str] = []
        words = SimpleNamespace(said=lambda *_, request_id, **__: Said(request_id), text=lambda *_: "")
        sending: Any = SimpleNamespace(allowed=True, soon=self._sent)
        consents: Any = SimpleNamespace(spend=lambda _: False)
        parts: Any = (SimpleNamespace(template_id=""), self.store, self.rows, sending, None)
        self.watching = Decisions(*parts, client or self.lender, words, consents)  # type: ignore[arg-type]

    def _sent(self, number: int, openid: str) -> None:
        claimed = self.rows.claim_service(number)
        assert claimed is not None
        self.told += [f"{said.text} {openid}" for said in claimed[2]]
        self.rows.sent(number, [])

    def looks(self, times: int = 1, every: float = 10.0) -> None:
        for _ in range(times):
            asyncio.run(self.watching.look())
            self.now += every

    def keys(self) -> list[str]:
        query = sa.select(deliveries.c.delivery_key).where(deliveries.c.purpose == "decision")
        return self.store.read(lambda c: list(c.execute(query).scalars()))


@contextmanager
def scene_at(url: str, client: Any = None) -> Iterator[Scene]:
    made = Scene(url, client)
    try:
        yield made
    finally:
        made.store.close()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with scene_at(f"sqlite:///{tmp_path / 'wechat.db'}") as made:
        made.looks()
        yield made


def erase(scene: Scene) -> None:
    keeper = WeChatKeeper(scene.url, lambda: scene.now)
    of = Whose("B1", (), {"wechat": ["o-1"]})
    keeper.erase(of)
    assert keeper.left(of) == 0
    keeper.engine.dispose()


def test_it_is_not_told_again_when_its_row_is_a_week_old(scene: Scene) -> None:
    scene.lender.decides(9, "DF1")
    scene.looks(20)
    assert scene.told == ["DF1 o-1"]
    for _ in range(3):
        scene.now += KEEP_SECONDS + 86400
        scene.rows.forget_old()
        scene.looks(2)
    assert scene.keys() == [] and scene.told == ["DF1 o-1"]
    scene.lender.decides((scene.now - NOON.timestamp()) - 1, "DF2")
    scene.looks(2)
    assert scene.told == ["DF1 o-1", "DF2 o-1"]


def test_it_is_not_told_again_when_what_was_said_is_deleted(scene: Scene) -> None:
    scene.lender.decides(9, "DF1")
    scene.looks(1)
    for _ in range(12):  # at any moment: before the row may go, and after
        erase(scene)
        scene.looks(1)
    assert scene.keys() == ["d:DF1:o-1"] and scene.told == ["DF1 o-1"]


def test_a_bot_that_was_away_keeps_the_row_until_the_list_has_gone_past_it(scene: Scene) -> None:
    scene.lender.decides(9, "DF1")
    scene.looks(1)  # and ends before the half minute is over
    scene.now += KEEP_SECONDS + 86400
    scene.rows.forget_old()  # the first thing that a server does when it starts
    assert scene.keys() == ["d:DF1:o-1"]
    scene.looks(2)
    scene.rows.forget_old()
    assert scene.keys() == [] and scene.told == ["DF1 o-1"]


def test_what_cannot_go_yet_has_no_words_after_a_week(scene: Scene) -> None:
    scene.rows.put_to_wait("o-1", [Said("材料齐全")], key="d:DF1:o-1", purpose="decision", way="sending")
    scene.now += KEEP_SECONDS + 1
    scene.store.write(lambda c: c.execute(sa.text("DELETE FROM wechat_cursors")))
    scene.rows.forget_old()
    kept = scene.store.read(lambda c: c.execute(sa.select(deliveries)).one())
    assert (kept.delivery_key, kept.answer, kept.way) == ("d:DF1:o-1", None, "sent")


def test_one_that_closes_late_is_told_although_a_later_one_was(scene: Scene) -> None:
    scene.lender.decides(25, "DF2")
    scene.now += 16
    scene.looks(2)
    scene.lender.decides(2, "DF1")  # was being written all the time
    scene.looks(5)
    assert scene.told == ["DF2 o-1", "DF1 o-1"]


def test_a_clock_of_the_lenders_that_is_set_back_loses_none(scene: Scene) -> None:
    scene.lender.decides(9, "DF1")
    scene.looks(1)
    scene.now += 3 * 86400
    scene.looks(5)
    # The ledger's clock does not go before what it holds, but it may go before what it has told.
    scene.now -= 3 * 86400 - 600
    scene.lender.decides(15, "DF2")
    scene.looks(2)
    assert scene.told == ["DF1 o-1", "DF2 o-1"]


def test_a_process_that_is_behind_does_not_take_another_one_back(scene: Scene) -> None:
    scene.lender.decides(9, "DF1")
    scene.looks(6)
    far = scene.watching._since()
    assert far is not None
    scene.watching._seen_until(far - timedelta(seconds=20))
    assert scene.watching._since() == far


@pytest.mark.parametrize("milliseconds", [0, 1, 50], ids=["at one moment", "within a second", "within half a minute"])
@pytest.mark.parametrize("number", [200, 201, 450])
def test_any_number_at_a_time_is_told_in_one_look(scene: Scene, number: int, milliseconds: int) -> None:
    for place in range(number):
        scene.lender.decides(1 + place * milliseconds / 1000, f"DF{place:04d}", f"o-{place % 7}")
    scene.now += 60
    scene.looks(1)
    assert len(scene.told) == number == len(set(scene.told))
    scene.lender.decides(95, "DF9999")
    scene.now += 60
    scene.looks(3)
    assert scene.told[number:] == ["DF9999 o-1"]


def test_a_page_that_cannot_be_read_is_read_again_and_nothing_twice(scene: Scene) -> None:
    for place in range(450):
        scene.lender.decides(1 + place / 100, f"DF{place:04d}")
    good, pages = scene.lender.call, []

    def sometimes(method: str, path: str) -> Any:
        pages.append(path)
        if len(pages) == 2:
            raise ConnectionError
        return good(method, path)

    scene.lender.call = sometimes  # type: ignore[method-assign]
    with pytest.raises(ConnectionError):
        scene.looks(1)
    assert len(scene.told) == 200
    scene.looks(1)
    assert len(scene.told) == 450 == len(set(scene.told))


def test_a_lender_that_cannot_read_on_inside_a_moment_is_not_asked_for_ever(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.lender.reads_on = False
    for place in range(300):
        scene.lender.decides(1 + place // 250, f"DF{place:04d}")
    before = scene.lender.pages
    scene.looks(1)
    assert scene.lender.pages - before == 2 and "does not go on" in caplog.text
    for place in range(300):  # spread over moments it does without
        scene.lender.rows[place] = (NOON + timedelta(seconds=20 + place / 100), *scene.lender.rows[place][1:])
    scene.looks(1)
    assert len(set(scene.told)) == 300 == len(scene.told)


def test_three_hundred_rows_of_the_real_lender_at_one_moment(tmp_path: Path, seeded_ledger: Path) -> None:
    with backend_in_a_thread(tmp_path / "ledger", template=seeded_ledger, HUANBAN_UNDO_MINUTES=0) as backend:
        client = LoanClient(backend.url, SERVICE_TOKEN, connect_timeout=1, read_timeout=10)
        with scene_at(f"sqlite:///{tmp_path / 'wechat.db'}", client) as scene:
            scene.looks(1)
            bound(backend, "o-first-phone", "B1002")
            many_accounts(backend, 320)
            request_id = decided(backend, "B1002")
            scene.looks(1)
            assert len(scene.told) == 321 == len(set(scene.told))
            scene.looks(2)
            assert len(scene.told) == 321 and {told.split()[0] for told in scene.told} == {request_id}


def many_accounts(backend: BackendCalls, number: int) -> None:
    """As many accounts more as speak for whom the first one speaks for, straight into the database."""
    (first,) = backend.rows("bindings")
    rows = ", ".join(
        f"('BI{uuid.uuid4().hex[:20]}', 'wechat', 'o-more-{place:04d}', '{first['borrower_id']}', '{first['bound_at']}')"
        for place in range(number)
    )
    backend.execute(f"INSERT INTO bindings (binding_id, channel, openid, borrower_id, bound_at) VALUES {rows}")  # noqa: S608

"""Decisions of the desk, told to the borrower once.

By the subscribe message they consented to, else by the customer-service message that is kept back for it, else with their next
word. The lender's list of decisions is read every few seconds from where it was read last, which the database remembers: what was
decided while the bot was away is told when it is back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa
import yaml
from sqlalchemy.engine import Connection

from bot.channels.wechat.consents import Consents
from bot.channels.wechat.deliveries import DECISIONS_OVER, Deliveries
from bot.channels.wechat.platform import NoConsent, NotAllowed, Platform, PlatformError
from bot.channels.wechat.said import Said
from bot.channels.wechat.sending import Sending
from bot.channels.wechat.store import Store, cursors
from bot.channels.wechat.words import WeChatWords
from bot.client import LoanClient
from bot.client.decisions import PAGE, Decision, decisions_since
from bot.client.errors import LoanBackendError
from bot.config import ROOT, WeChatSettings

log = logging.getLogger(__name__)

POLL_SECONDS = 10.0
# Of two moments that close, the later one may be in the lender's database first.
OVERLAP = timedelta(seconds=30)
_NEXT_MOMENT = timedelta(microseconds=1)
TEMPLATE_FILE = ROOT / "data" / "wechat" / "decision_template.yml"
_CURSOR = "decisions"


class Decisions:
    """Reads what was decided, and tells it.

    Args:
        account: its template, if it has one.
        store: the database.
        rows: where each telling is written down, once.
        sending: customer-service messages.
        platform: subscribe messages.
        client: the lender.
        words: what is said.
        consents: to subscribe messages.
        channel: whose accounts are told, as the lender calls it.
    """

    def __init__(
        self,
        account: WeChatSettings,
        store: Store,
        rows: Deliveries,
        sending: Sending,
        platform: Platform,
        client: LoanClient,
        words: WeChatWords,
        consents: Consents,
        channel: str = "wechat",
    ) -> None:
        self._account = account
        self._store = store
        self._rows = rows
        self._sending = sending
        self._platform = platform
        self._client = client
        self._words = words
        self._template: Mapping[str, str] = yaml.safe_load(TEMPLATE_FILE.read_text(encoding="utf-8"))["fields"]
        self._consents = consents
        self._channel = channel

    async def watch(self) -> None:
        """Looks again and again."""
        while True:
            seconds = POLL_SECONDS
            try:
                await self.look()
            except LoanBackendError as error:
                log.info("what was decided could not be read: %s", error)
                seconds = 3 * POLL_SECONDS
            except Exception:
                log.exception("what was decided could not be told")
            await asyncio.sleep(seconds)

    async def look(self) -> None:
        """Tells what was decided since the last look.

        Raises:
            LoanBackendError: the lender could not be asked.
        """
        began = self._store.clock()
        since = await self._store.soon(self._since)
        known = since - OVERLAP if since else datetime.now(timezone.utc)
        found = await asyncio.to_thread(decisions_since, self._client, self._channel, known)
        # What was still being written at the first page may stand before what the second one shows.
        as_of, last = found.as_of, None
        while found.decisions:
            for decision in found.decisions:
                await self._tell(decision)
            if found.decisions[-1] == last:
                log.error("the lender's list of decisions does not go on after a full page; what follows was not told")
                return
            last = found.decisions[-1]
            if len(found.decisions) < PAGE:
                break
            await self._store.soon(self._seen_until, last.decided_at)
            found = await asyncio.to_thread(decisions_since, self._client, self._channel, last.decided_at, last)
        if last is None:
            await self._store.soon(self._seen_until, since or as_of, began)
        elif as_of - last.decided_at <= OVERLAP:
            await self._store.soon(self._seen_until, last.decided_at)
        else:
            # Nothing can come before it any more, so it is not read again: its row, which keeps it from being told twice, goes
            # one day. It is left behind by its own moment and not by the lender's clock, which may be set back, but never
            # before what has been decided.
            await self._store.soon(self._seen_until, last.decided_at + OVERLAP + _NEXT_MOMENT, began)

    async def _tell(self, decision: Decision) -> None:
        response = "utter_wechat_approved" if decision.status == "approved" else "utter_wechat_refused"
        said = self._words.said(response, request_id=decision.request_id, reason=decision.decision_reason or "")
        key = f"d:{decision.request_id}:{decision.openid}"
        number = await self._store.soon(
            self._rows.put_to_wait, decision.openid, [said], key=key, purpose="decision", way="sending"
        )
        if not number:
            return  # told, or being told by another process
        if await asyncio.to_thread(self._by_subscription, decision, said):
            await self._store.soon(self._rows.sent, number, [])
            return
        way = "service" if self._sending.allowed else "waiting"
        await self._store.soon(self._rows.goes, number, way)
        if way == "service":
            self._sending.soon(number, decision.openid)

    def _by_subscription(self, decision: Decision, said: Said) -> bool:
        """Whether it went as a subscribe message. Blocks."""
        if not self._consents.spend(decision.openid):
            return False
        names = {
            "request_id": decision.request_id,
            "result": self._words.text(f"utter_wechat_result_{decision.status}"),
            "decided_at": f"{decision.decided_at:%Y-%m-%d %H:%M}",
            "reason": decision.decision_reason or "-",
        }
        data: dict[str, dict[str, Any]] = {field: {"value": text.format(**names)[:20]} for field, text in self._template.items()}
        try:
            self._platform.send_subscribe_message(decision.openid, self._account.template_id, data)
            return True
        except NoConsent:
            self._consents.none_left(decision.openid)
        except NotAllowed as error:
            log.error("the account cannot send subscribe messages: %s", error)
        except PlatformError as error:
            log.warning("a subscribe message was not sent: %s", error)
        except Exception:
            log.exception("a subscribe message was not sent")
        return False

    def _since(self) -> datetime | None:
        query = sa.select(cursors.c.position).where(cursors.c.name == _CURSOR)
        kept = self._store.read(lambda c: c.execute(query).scalar())
        return datetime.fromisoformat(kept) if kept else None

    def _seen_until(self, moment: datetime, over: float | None = None) -> None:
        """The next look begins there; what was told before `over` (our clock's seconds) will not be found by it."""

        def work(connection: Connection) -> None:
            query = sa.select(cursors.c.position).where(cursors.c.name == _CURSOR).with_for_update()
            known = connection.execute(query).scalar()
            # Another process may have been further already, and let go of what keeps its decisions from being told twice.
            if known is None or datetime.fromisoformat(known) < moment:
                _put(connection, _CURSOR, moment.isoformat())
            if over is not None:
                _put(connection, DECISIONS_OVER, repr(over))

        self._store.write(work)


def _put(connection: Connection, name: str, position: str) -> None:
    if not connection.execute(sa.update(cursors).where(cursors.c.name == name).values(position=position)).rowcount:
        connection.execute(sa.insert(cursors).values(name=name, position=position))

"""One subscribe message for each consent: asked for when a request is filed, spent on its decision."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.channels.wechat.incoming import Incoming
from bot.channels.wechat.said import Said
from bot.channels.wechat.store import Store, consents, one_at_a_time
from bot.channels.wechat.words import WeChatWords
from bot.config import WeChatSettings


class Consents:
    """Consents to one subscribe message each, as the platform reports them; calls block.

    Args:
        store: the database.
        account: its template, and where a consent is given.
        words: how it is asked for.
    """

    def __init__(self, store: Store, account: WeChatSettings, words: WeChatWords) -> None:
        self._store = store
        self._template_id = account.template_id
        self._url = account.consent_url
        self._words = words

    def asked_with(self, said: Sequence[Said], openid: str) -> list[Said]:
        """What was said, and behind the news that a request is filed the question whether its decision may be told."""
        filed = any((one.card or {}).get("type") == "undo" for one in said)
        if not filed or not self._template_id or not self._url or self._unspent(openid):
            return list(said)
        return [*said, self._words.said("utter_wechat_consent", url=self._url)]

    def noted(self, incoming: Incoming) -> None:
        """Writes down what the borrower chose when the account asked."""
        given = sum(1 for template, choice in incoming.consents if template == self._template_id and choice == "accept")
        if not given:
            return

        def work(connection: Connection) -> None:
            one_at_a_time(connection, incoming.openid)
            mine = (consents.c.openid == incoming.openid, consents.c.template_id == self._template_id)
            changed = connection.execute(sa.update(consents).where(*mine).values(remaining=consents.c.remaining + given))
            if not changed.rowcount:
                row = {"openid": incoming.openid, "template_id": self._template_id, "remaining": given}
                connection.execute(sa.insert(consents).values(**row))

        self._store.write(work)

    def _unspent(self, openid: str) -> bool:
        mine = (consents.c.openid == openid, consents.c.template_id == self._template_id, consents.c.remaining > 0)
        return bool(self._store.read(lambda c: c.execute(sa.select(sa.func.count()).where(*mine)).scalar()))

    def spend(self, openid: str) -> bool:
        """Takes one; False when there is none."""
        mine = (consents.c.openid == openid, consents.c.template_id == self._template_id, consents.c.remaining > 0)
        spent = self._store.write(
            lambda c: c.execute(sa.update(consents).where(*mine).values(remaining=consents.c.remaining - 1)).rowcount
        )
        return bool(spent)

    def none_left(self, openid: str) -> None:
        """The platform says so."""
        self._store.write(lambda c: c.execute(sa.update(consents).where(consents.c.openid == openid).values(remaining=0)))

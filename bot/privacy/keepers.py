"""The stores that hold what was said, behind the same four questions.

A keeper says what it holds of a borrower, deletes it, forgets what is too old, and reads back that nothing is left. Keepers work
on the databases themselves, so any process can do it that reaches them; calls block.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.config import Settings
from bot.privacy.whose import Whose

Counts = dict[str, int]
SESSION_GAP_SECONDS = 240 * 60.0  # as in domain.yml: after so long a silence a conversation begins anew

# So long a message that waits for its turn, or is in it, is somebody's present and not what was said before.
OPEN_SECONDS = 60.0


class Keeper(Protocol):
    """A store that holds something of conversations.

    Attributes:
        name: as in the file that leaves.
        engine: its database.
        tables: of it, those that may be sealed.
        setting: names the database.
    """

    name: str
    engine: Engine
    tables: tuple[sa.Table, ...]
    setting: str

    def held(self, of: Whose) -> Mapping[str, list[dict[str, Any]]]:
        """What is held of a borrower, in clear, by kind."""

    def erase(self, of: Whose) -> Counts:
        """Deletes it; how many of which kind."""

    def left(self, of: Whose) -> int:
        """How much of it is still there."""

    def forget_idle(self, before: float, *, pretend: bool = False, stopped: Callable[[], bool] = lambda: False) -> Counts:
        """Deletes, in small transactions, what ended before a moment; how many of which kind.

        Args:
            before: seconds since 1970.
            pretend: counts and deletes nothing.
            stopped: is asked between two transactions.
        """


def keepers_of(settings: Settings) -> list[Keeper]:
    """The keepers of everything these settings use.

    Raises:
        ConfigurationError: a database cannot be opened.
    """
    from bot.privacy.keep_chat import ChatKeeper
    from bot.privacy.keep_conversations import ConversationsKeeper
    from bot.privacy.keep_wechat import WeChatKeeper, WeComKeeper

    found: list[Keeper] = [ConversationsKeeper(settings.tracker_db), ChatKeeper(settings.chat_db)]
    if settings.wechat.app_id:
        found.append(WeChatKeeper(settings.wechat.db, can_send=settings.wechat.service_messages))
    if settings.wecom.corp_id:
        found.append(WeComKeeper(settings.wecom.db))
    return found

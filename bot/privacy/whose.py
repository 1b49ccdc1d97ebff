"""What of the stores is a borrower's: her conversations' ids and her messengers' accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.channels.wechat.speaking import guest_id
from bot.client.client import BorrowerLoans
from bot.identity import Speaker

CHANNELS = ("web", "wechat", "wecom")


@dataclass(frozen=True)
class Whose:
    """A borrower, as the stores know her.

    Attributes:
        borrower_id: to the lender.
        conversation_ids: of all channels, those of her messengers' accounts before they were bound as well.
        accounts: her messengers' accounts, by channel.
    """

    borrower_id: str
    conversation_ids: tuple[str, ...]
    accounts: Mapping[str, Sequence[str]] = field(default_factory=dict)


def whose(loans: BorrowerLoans, secret: str) -> Whose:
    """The borrower behind a door.

    Raises:
        BackendUnavailable: her accounts could not be asked for.
    """
    borrower_id = loans.borrower_id
    accounts: dict[str, list[str]] = {}
    for account in loans.bound_accounts():
        accounts.setdefault(account.channel, []).append(account.openid)
    ids = [Speaker(channel, borrower_id).conversation_id(secret) for channel in CHANNELS]
    for channel, openids in accounts.items():
        ids += [Speaker(channel, None, guest_id(openid, channel)).conversation_id(secret) for openid in openids]
    return Whose(borrower_id, tuple(ids), accounts)

"""What the chat's sockets and calls share: made once for a server."""

from __future__ import annotations

from dataclasses import dataclass

from sanic.request import Request

from bot.channels.chat.history import History
from bot.channels.chat.rates import Rates
from bot.channels.chat.visitors import Visitor, address_of, bearer_token, visitor_of
from bot.channels.chat.words import ChannelWords
from bot.channels.origins import Origins
from bot.channels.problems import ChannelProblem
from bot.client import LoanClient
from bot.config import Settings
from bot.identity import NotVerified


@dataclass(frozen=True)
class ChatParts:
    """What the chat's sockets and calls share."""

    settings: Settings
    history: History
    words: ChannelWords
    origins: Origins
    per_borrower: Rates
    per_address: Rates
    per_origin: Rates
    client: LoanClient

    @classmethod
    def of(cls, settings: Settings) -> ChatParts:
        """The parts for these settings.

        Raises:
            ConfigurationError: the database of the messages cannot be opened.
        """
        return cls(
            settings=settings,
            history=History(settings.chat_db),
            words=ChannelWords(),
            origins=Origins(settings.web_origins),
            per_borrower=Rates(settings.messages_per_minute),
            per_address=Rates(settings.address_calls_per_minute),
            per_origin=Rates(settings.origin_calls_per_minute),
            client=LoanClient(
                settings.backend_url,
                settings.service_token,
                connect_timeout=settings.connect_timeout_seconds,
                read_timeout=settings.read_timeout_seconds,
                connections=settings.client_connections,
            ),
        )

    def visitor(self, token: object) -> Visitor:
        """The visitor that a token names.

        Raises:
            ChannelProblem: `token-not-valid`.
        """
        try:
            return visitor_of(token, self.settings.web_secret, self.settings.conversation_secret)
        except NotVerified as error:
            detail = "The web token is missing, altered or expired; sign a new one."
            raise ChannelProblem("token-not-valid", detail) from error

    def must_be_allowed(self, request: Request) -> None:
        """Lets the calls of the lender's pages pass.

        Raises:
            ChannelProblem: `origin-not-allowed`.
        """
        origin = request.headers.get("origin")
        if not self.origins.allow(origin, request.headers.get("host")):
            raise ChannelProblem("origin-not-allowed", "Add the page's origin to HUANBAN_WEB_ORIGINS.")

    def admit(self, request: Request) -> None:
        """Lets a call of an allowed page pass, as long as neither its address nor its page calls too often.

        Raises:
            ChannelProblem: `origin-not-allowed`, `too-many-messages`.
        """
        self.must_be_allowed(request)
        self.count_call(request)

    def admitted_visitor(self, request: Request) -> Visitor:
        """The visitor of a call with a bearer token.

        Raises:
            ChannelProblem: `token-not-valid`, or what `admit` refuses.
        """
        self.admit(request)
        return self.visitor(bearer_token(request.headers))

    def count_call(self, request: Request) -> None:
        """Counts a call for its address and, where a browser tells it, for the origin of its page.

        Raises:
            ChannelProblem: `too-many-messages`.
        """
        self.count_again(self.address(request), self.origin(request))

    def count_again(self, address: str, origin: str) -> None:
        """Counts one more event of a line.

        Raises:
            ChannelProblem: `too-many-messages`.
        """
        self.count(self.per_address, address)
        if origin:
            self.count(self.per_origin, origin)

    @staticmethod
    def origin(request: Request) -> str:
        """Where the page is from; empty when the caller is no browser's page."""
        return (request.headers.get("origin") or "").lower()

    def address(self, request: Request) -> str:
        """The IP address of a call."""
        return address_of(request.ip, request.headers.get("x-forwarded-for"), self.settings.proxies)

    @staticmethod
    def count(rates: Rates, key: str) -> None:
        """Counts one call.

        Raises:
            ChannelProblem: `too-many-messages`, with when it is worth trying again.
        """
        wait = rates.take(key)
        if wait:
            raise ChannelProblem("too-many-messages", "Slow down.", retry_after_seconds=wait)

"""Which numbers, sites and staff numbers a message names, and whose they are. Pure functions over text and lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.client.rights import Handler, OwnContact

# Mobile numbers are masked before anybody here reads them; what is left are service numbers and numbers of offices.
_NUMBER = re.compile(r"(?<![\d*])(?:400[ -]?\d{3}[ -]?\d{4}|\d(?:-?\d){3,14})(?![\d*])")
_SITE = re.compile(r"(?:https?://)?((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})(?:[/?#][^\s\u4e00-\u9fff]*)?")
_STAFF = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{1,4}-?\d{2,6}(?!\d)")
_SHORTEST = 5
# Amounts, years and days are numbers too: a number shorter than this, or one followed by a unit, is not dialled.
_NOT_DIALLED = re.compile(r"[\d.]*\s*(?:\u5143|\u5757|\u4e07|\u5929|\u5e74|\u6708|\u53f7(?!\u7801)|\u671f|\u6b21|%)")


@dataclass(frozen=True)
class Named:
    """A number, site or staff number that a message names, as it is written there, and as it is compared."""

    text: str
    compared: str
    is_site: bool = False


def named_contacts(text: str) -> list[Named]:
    """What a message names, in its order, each once; empty when it names none.

    >>> [named.text for named in named_contacts("95188 http://qinghe-demo.example/pay RX-0317 2000")]
    ['95188', 'qinghe-demo.example', 'RX-0317']
    """
    found: dict[tuple[int, int], Named] = {}
    for site in _SITE.finditer(text):
        found[site.span()] = Named(site[1], site[1].lower(), is_site=True)
    for number in _NUMBER.finditer(text):
        digits = re.sub(r"\D", "", number[0])
        dialled = len(digits) >= _SHORTEST and not _NOT_DIALLED.match(text, number.end())
        if dialled and not _inside(number.span(), found):
            found[number.span()] = Named(number[0], digits)
    for staff in _STAFF.finditer(text):
        if not _inside(staff.span(), found):
            found[staff.span()] = Named(staff[0], compared(staff[0]))
    unique = {named.compared: named for _, named in sorted(found.items())}
    return list(unique.values())


def own_contact(named: Named, contacts: Iterable[OwnContact]) -> OwnContact | None:
    """The lender's own contact that is named; None when it is none of them. A page of an own site is the lender's too."""
    for contact in contacts:
        own = compared(contact.value)
        if named.compared == own or named.is_site and named.compared.endswith("." + own):
            return contact
    return None


def handler_of(named: Named, handlers: Sequence[Handler]) -> Handler | None:
    """Who handles a loan under this number or staff number; None when nobody does."""
    for handler in handlers:
        if named.compared in {compared(value) for value in (*handler.phones, *handler.staff_numbers)}:
            return handler
    return None


def compared(value: str) -> str:
    """A number or site without what people write in between, in small letters."""
    return value.strip().lower() if "." in value else re.sub(r"[^a-z0-9\u4e00-\u9fff]", "", value.lower())


def _inside(span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in others)

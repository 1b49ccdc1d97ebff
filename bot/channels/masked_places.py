"""Postal addresses: down to the house wherever they stand, and down to the street where they are said to be one's own.

A town or a street alone stays: a borrower who asks for a counter near by has to be understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_NO_PART = "我你他她住在是的到去搬说叫址了来从往寄给离于和、"
_HAN = rf"(?:(?![{_NO_PART}])[\u4e00-\u9fff])"
# A "village and town bank" is no village. Who walks, or is half-way, is in no street of that name.
_STREET = (
    "大道|(?<![走一上半赶跑迷问思套销网线电铁公马绝])路|街|巷|胡同|小区|花园|家园|佳园|新村|公寓|大厦|广场|公馆|名苑|豪庭|宿舍|产业园|工业园|园区|社区"
    "|村(?!镇)|(?<!村)镇|乡"
)
_LOOSE_STREET = rf"{_STREET}|弄|苑|府|城|湾|庭|轩|里|坊|庄|屯|寨"
_NUMBER = r"(?:\d{1,5}|[一二三四五六七八九十]{1,3})"
_UNIT = "号院|号楼|号附\\d+|号|弄|栋|幢|座|单元|室|楼|层|组|社|队|门|户"
_ONLY_UNIT = "号院|号楼|弄|栋|幢|座|单元|室|组|社"
_ROOM = r"(?:\d{2,4}(?:室|房|号房)?(?!\d|元|块|万|天|期|年))?"
_DASHED = r"\d{1,3}[-—#]\d{1,3}(?:[-—#]\d{1,4}){0,2}(?!\d|[-—]\d)"
# A day of the month looks like the number of a house; what is done on a day stands after it.
_NO_DAY = (
    "(?!发|还|到|才|前|之|以前|后|以后|左右|那天|扣|出|可以|能|再|的|工资|就"
    "|我|要|交|结|去|开|回|来|上|下|过|动|办|打|早|晚|中午|[,，]?(?:发|还))"
)
_MIDDLE = r"(?:[东南西北中上下]?(?:[一二三四五六七八九十]|\d{1,2})?(?:段|里|巷|区|期|支路|横街|环)){0,3}"
_GO_ON = rf"(?:附?{_HAN}{{0,6}}{_NUMBER}(?:{_UNIT}))*{_ROOM}"

_TO_THE_HOUSE = re.compile(rf"{_HAN}{{1,20}}(?:{_LOOSE_STREET})(?!银行){_HAN}{{0,6}}{_NUMBER}(?:{_ONLY_UNIT}){_GO_ON}")
_STREET_AND_NUMBER = re.compile(
    rf"{_HAN}{{1,20}}(?:{_STREET})(?!银行){_MIDDLE}(?:{_NUMBER}号(?!院|楼){_GO_ON}(?:{_NUMBER}(?:{_UNIT}){_GO_ON})"
    rf"|\d{{3,5}}号{_ROOM}|{_NUMBER}号{_NO_DAY}{_ROOM})"
)
_STREET_OF_A_TOWN = re.compile(
    rf"{_HAN}{{1,12}}(?:省|市|区|县|州|镇){_HAN}{{1,16}}(?:{_STREET})(?!银行){_HAN}{{0,8}}(?:{_NUMBER}|[A-Z]\d?)(?:-?[A-Z\d]{{1,3}})?(?:{_UNIT}){_NO_DAY}{_GO_ON}"
)
# Town, district and street in a row are somebody's address, unless they are asked about.
_ASKED_ABOUT = "(?!附近|旁边|边上|这边|那边|周围|哪|有|的?网点|的?营业|的?银行|怎么)"
_TOWN_DISTRICT_STREET = re.compile(
    rf"{_HAN}{{2,8}}(?:省|市|州){_HAN}{{1,10}}(?:区|县|旗|镇)(?:{_HAN}{{1,10}}(?:街道|镇|社区|乡))?{_HAN}{{1,10}}(?:大道|路|街|巷|村|小区|花园|社区){_ASKED_ABOUT}"
)
_STREET_AND_ROOM = re.compile(rf"{_HAN}{{1,20}}(?:{_LOOSE_STREET}){_MIDDLE}(?:{_DASHED}|[A-Z]座{_ROOM})")
_PLACE = r"[\u4e00-\u9fff\dA-Za-z#()\-—]"
_SAID_TO_BE_ONE = re.compile(
    rf"((?:(?:家庭|收货|户籍|居住|现居|身份证|单位|公司|联系)?(?:住址|地址)|户籍地?|户口(?:所?在地)?)"
    rf"(?:就?是|在|为|填|写|改成|换成|搬到|[：:]| |(?=[\u4e00-\u9fff]{{2,8}}(?:省|市|区|县)))"
    rf"(?:在|了)? ?)"
    rf"(?=[^，。,；;\n]{{0,20}}(?:[省市区县镇乡村]|街道|路|街|巷|小区|苑|园|号|栋))"
    rf"(?!(?:在)?(?:哪|什么|怎么|不|错|对|空)){_PLACE}{{4,40}}"
)
_WHERE_SHE_LIVES = re.compile(
    rf"((?:家?住(?:在|到|的是)?|家在|搬到了?|老家在?|寄到了?|送到) ?)([\u4e00-\u9fff]{{1,12}}(?:省|市|区|县|镇|乡|州|旗)"
    rf"[\u4e00-\u9fff\d]{{1,14}}(?:路|街|街道|巷|村|组|屯|小区|花园|社区|苑|公寓|家园|乡)){_ASKED_ABOUT}"
)
_TRIGGERS = re.compile(r"\d|[一二三四五六七八九十]|址|户|住|家|搬|寄|送|路|街|村|镇|区")

_STEPS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (_SAID_TO_BE_ONE, r"\1[地址]"),
    (_TO_THE_HOUSE, "[地址]"),
    (_STREET_OF_A_TOWN, "[地址]"),
    (_STREET_AND_NUMBER, "[地址]"),
    (_TOWN_DISTRICT_STREET, "[地址]"),
    (_STREET_AND_ROOM, "[地址]"),
    (_WHERE_SHE_LIVES, r"\1[地址]"),
)


def mask_places(text: str) -> str:
    """The text with postal addresses replaced."""
    if not _TRIGGERS.search(text):
        return text
    for pattern, replacement in _STEPS:
        text = pattern.sub(replacement, text)
    return text

"""Forged, stale, repeated and malformed calls: refused with 403, and without a trace in the conversation."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.wechat.incoming import NotReadable, read_incoming
from bot.channels.wechat.passive import passive_reply
from bot.channels.wechat.said import Piece
from bot.channels.wechat.signature import Door, Refused
from bot.config import ConfigurationError, WeChatSettings
from tests.support.wechat.account import Account
from tests.support.wechat.calls import Calls, signature
from tests.support.wechat.running import RunningWeChat, running_channel, weixin_of

HER = "oBorrower"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
TEXT = {"MsgType": "text", "Content": "我欠多少"}


@contextlib.asynccontextmanager
async def channel(folder: Path, mode: str = "plain") -> AsyncIterator[RunningWeChat]:
    account = Account(aes_key="" if mode == "plain" else AES_KEY, mode=mode)
    async with weixin_of(account) as weixin, running_channel(folder, weixin) as wechat:
        yield wechat


async def refused(wechat: RunningWeChat, query: dict[str, str], body: str | bytes) -> None:
    """The call is refused, says nothing, and nobody heard of it."""
    wechat.calls.hang_up_seconds = 5
    before = list(wechat.bot.texts)
    assert await wechat.calls.post(wechat.url, query, body) == (403, ""), (query, body)
    assert wechat.bot.texts == before
    assert wechat.front.heard == []


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
def test_a_signed_call_is_answered_in_every_mode(tmp_path: Path, mode: str) -> None:
    async def scene() -> None:
        async with channel(tmp_path, mode) as wechat:
            assert (await wechat.calls.say(HER, "我欠多少😀 <b>&]]>")).text == "听到：我欠多少😀 <b>&]]>"
            assert (await wechat.calls.say(HER, "/affirm")).text == "听到：／affirm"

    asyncio.run(scene())


@pytest.mark.parametrize("mode", ["plain", "safe"])
def test_a_call_signed_with_another_token_or_for_another_message_is_refused(tmp_path: Path, mode: str) -> None:
    async def scene() -> None:
        async with channel(tmp_path, mode) as wechat:
            calls = wechat.calls
            xml = calls.message(HER, TEXT)
            await refused(wechat, *calls.query(xml, token="another-token"))
            query, body = calls.query(xml)
            await refused(wechat, {**query, "nonce": "1"}, body)
            await refused(wechat, {**query, "timestamp": str(int(query["timestamp"]) + 1)}, body)
            await refused(wechat, {**query, "signature": "", "msg_signature": ""}, body)
            await refused(wechat, {name: value for name, value in query.items() if "signature" not in name}, body)
            await refused(wechat, {}, body)

    asyncio.run(scene())


def test_in_aes_mode_the_signature_of_the_address_does_not_stand_for_that_of_the_message(tmp_path: Path) -> None:
    async def scene() -> None:
        async with channel(tmp_path, "safe") as wechat:
            calls = wechat.calls
            xml = calls.message(HER, TEXT)
            query, body = calls.query(xml)
            await refused(wechat, {**query, "msg_signature": query["signature"]}, body)
            await refused(wechat, query, xml)  # in clear, under a signature that is good for the address
            other, _ = calls.query(calls.message("oOther", TEXT))
            await refused(wechat, other, body)

    asyncio.run(scene())


def test_in_compatible_mode_only_what_is_encrypted_counts(tmp_path: Path) -> None:
    async def scene() -> None:
        async with channel(tmp_path, "compatible") as wechat:
            query, body = wechat.calls.query(wechat.calls.message(HER, TEXT))
            tampered = body.replace("<FromUserName><![CDATA[oBorrower]]>", "<FromUserName><![CDATA[oVictim]]>")
            assert "oVictim" in tampered
            await wechat.calls.post(wechat.url, query, tampered)
            assert [incoming.openid for incoming in wechat.front.heard] == [HER]

    asyncio.run(scene())


@pytest.mark.parametrize("mode", ["plain", "safe"])
@pytest.mark.parametrize("seconds", [-301, -86400, 302])
def test_a_call_of_another_time_is_refused(tmp_path: Path, mode: str, seconds: int) -> None:
    async def scene() -> None:
        async with channel(tmp_path, mode) as wechat:
            moment = int(wechat.weixin.account.clock()) + seconds
            await refused(wechat, *wechat.calls.query(wechat.calls.message(HER, TEXT), timestamp=moment))

    asyncio.run(scene())


def test_nobody_can_put_another_message_under_a_signature_that_was_used(tmp_path: Path) -> None:
    async def scene() -> None:
        async with channel(tmp_path) as wechat:
            query, body = wechat.calls.query(wechat.calls.message(HER, TEXT))
            status, answer = await wechat.calls.post(wechat.url, query, body)
            assert status == 200 and "听到" in answer
            forged = wechat.calls.message("oVictim", {"MsgType": "text", "Content": "我是别人"})
            assert await wechat.calls.post(wechat.url, query, forged) == (403, "")
            assert wechat.bot.texts == ["我欠多少"]

    asyncio.run(scene())


def test_a_call_repeated_later_gets_nothing(tmp_path: Path) -> None:
    async def scene() -> None:
        async with channel(tmp_path) as wechat:
            calls = wechat.calls
            xml = calls.message(HER, TEXT)
            query, body = calls.query(xml)
            first = await calls.post(wechat.url, query, body)
            assert await calls.post(wechat.url, query, body) == first  # WeChat's own second try
            now = wechat.parts.store.clock()
            wechat.parts.store.clock = lambda: now + 90
            assert await calls.post(wechat.url, query, body) == (403, "")
            assert await calls.post(wechat.url, *calls.query(xml)) == (403, "")  # signed anew, and still long ago
            assert wechat.bot.texts == ["我欠多少"]

    asyncio.run(scene())


def test_somebody_who_repeats_a_call_over_and_over_is_refused(tmp_path: Path) -> None:
    async def scene() -> None:
        async with channel(tmp_path) as wechat:
            query, body = wechat.calls.query(wechat.calls.message(HER, TEXT))
            answers = [(await wechat.calls.post(wechat.url, query, body))[0] for _ in range(10)]
            assert answers[:3] == [200] * 3 and answers[-3:] == [403] * 3

    asyncio.run(scene())


def corpus() -> list[tuple[str, bytes]]:
    """Bodies that WeChat does not send, each with a name."""
    openid = "<FromUserName><![CDATA[oA]]></FromUserName>"
    return [
        ("nothing", b""),
        ("an empty message", b"<xml></xml>"),
        ("no XML", b"hello"),
        ("JSON", b'{"xml": {}}'),
        ("an open tag", b"<xml><MsgType>text"),
        ("another root", b"<html><body/></html>"),
        ("no UTF-8", b"<xml>\xff\xfe</xml>"),
        ("an entity", b'<!DOCTYPE x [<!ENTITY a "b">]><xml><MsgType>&a;</MsgType></xml>'),
        (
            "a file",
            b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><MsgType>text</MsgType><Content>&a;</Content></xml>',
        ),
        ("no sender", b"<xml><MsgType>text</MsgType><CreateTime>1</CreateTime><MsgId>1</MsgId></xml>"),
        ("no time", f"<xml>{openid}<MsgType>text</MsgType><MsgId>1</MsgId></xml>".encode()),
        ("a time that is none", f"<xml>{openid}<MsgType>text</MsgType><CreateTime>now</CreateTime></xml>".encode()),
        ("an event without a name", f"<xml>{openid}<MsgType>event</MsgType><CreateTime>1</CreateTime></xml>".encode()),
        ("two senders", f"<xml>{openid}{openid}<MsgType>text</MsgType><CreateTime>1</CreateTime></xml>".encode()),
        ("a type with children", f"<xml>{openid}<MsgType><a/></MsgType><CreateTime>1</CreateTime></xml>".encode()),
        ("a sender without end", f"<xml><FromUserName>{'o' * 5000}</FromUserName><MsgType>text</MsgType></xml>".encode()),
        ("a body without end", b"<xml><Content>" + b"a" * 70_000 + b"</Content></xml>"),
        ("deep", b"<xml>" + b"<a>" * 3000 + b"</a>" * 3000 + b"</xml>"),
        ("nothing encrypted", b"<xml><Encrypt></Encrypt></xml>"),
        ("no base64", "<xml><Encrypt>不是密文</Encrypt></xml>".encode()),
        ("half a block", b"<xml><Encrypt>" + base64.b64encode(b"x" * 15) + b"</Encrypt></xml>"),
        ("a block of noise", b"<xml><Encrypt>" + base64.b64encode(b"x" * 64) + b"</Encrypt></xml>"),
        ("two things encrypted", b"<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>"),
    ]


@pytest.mark.parametrize("mode", ["plain", "safe"])
def test_no_malformed_body_reaches_the_conversation_even_when_it_is_signed(tmp_path: Path, mode: str) -> None:
    async def scene() -> None:
        async with channel(tmp_path, mode) as wechat:
            for name, body in corpus():
                query = signed(wechat.calls, body, mode)
                wechat.calls.hang_up_seconds = 5
                status, answer = await wechat.calls.post(wechat.url, query, body)
                assert (status, answer) == (403, ""), name
            assert wechat.bot.texts == [] and wechat.front.heard == []
            assert (await wechat.calls.say(HER, "还在吗")).text == "听到：还在吗"

    asyncio.run(scene())


def signed(calls: Calls, body: bytes, mode: str) -> dict[str, str]:
    """A query with the right signature for whatever body."""
    query, _ = calls.query(calls.message(HER, TEXT))
    if mode == "safe":
        with contextlib.suppress(Exception):
            encrypted = body.decode().split("<Encrypt>")[1].split("</Encrypt>")[0]
            query["msg_signature"] = signature(calls.account.token, query["timestamp"], query["nonce"], encrypted)
    return query


def door(aes_key: str = "") -> Door:
    return Door(WeChatSettings("wx0123456789abcdef", "token", aes_key, "", "", False, "", "", ""), clock=lambda: 1_800_000_000)


NAMES = st.sampled_from(["signature", "msg_signature", "timestamp", "nonce", "echostr", "encrypt_type"])
QUERIES = st.dictionaries(NAMES, st.lists(st.text(max_size=60) | st.just("1800000000"), max_size=2))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(query=QUERIES, body=st.binary(max_size=300), aes=st.booleans())
def test_whatever_comes_without_the_token_is_refused_and_raises_nothing_else(
    query: dict[str, list[str]], body: bytes, aes: bool
) -> None:
    for attempt in (lambda: door(AES_KEY if aes else "").opened(query, body), lambda: door().echo(query)):
        with pytest.raises(Refused):
            attempt()


XML = st.text(alphabet="<>/![]CDATA xmlMsgType&;\"'=", max_size=80).map(lambda text: f"<xml>{text}</xml>") | st.text(max_size=80)


@settings(max_examples=150, deadline=None)
@given(xml=XML)
def test_whatever_is_signed_is_read_or_refused(xml: str) -> None:
    with contextlib.suppress(NotReadable):
        read_incoming(xml)


@settings(max_examples=150, deadline=None)
@given(text=st.text(st.characters(exclude_characters="\r"), max_size=200))
def test_every_text_comes_back_from_a_passive_reply_as_it_was_but_for_what_no_xml_may_hold(text: str) -> None:
    import xmltodict

    xml = passive_reply(Piece("text", text=text), HER, "gh_1", lambda png: "", lambda: 0.0)
    kept = "".join(c for c in text if c in "\n\t" or (ord(c) >= 32 and c not in "\ufffe\uffff" and not 0xD800 <= ord(c) < 0xE000))
    found = xmltodict.parse(xml, strip_whitespace=False)["xml"]["Content"] or ""
    assert found == kept


def test_the_address_is_verified_with_the_echo_and_with_nothing_else(tmp_path: Path) -> None:
    async def scene() -> None:
        async with channel(tmp_path) as wechat:
            query, _ = wechat.calls.query("")
            assert await wechat.calls.get({**query, "echostr": "5837397520665436492"}) == (200, "5837397520665436492")
            assert await wechat.calls.get({**query, "echostr": "<script>"}) == (403, "")
            assert await wechat.calls.get({**query, "signature": "0" * 40, "echostr": "1"}) == (403, "")

    asyncio.run(scene())


def test_a_configuration_that_cannot_work_is_one_sentence() -> None:
    with pytest.raises(ConfigurationError, match="43"):
        door("too-short")
    with pytest.raises(ConfigurationError, match="TOKEN"):
        Door(WeChatSettings("wx1", "", "", "", "", False, "", "", ""))


def test_what_wechatpy_seals_is_opened() -> None:
    account = WeChatSettings(
        "wx49f0ab532d5d035a", "123456", "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR", "", "", False, "", "", ""
    )
    from wechatpy.crypto import WeChatCrypto

    crypto = WeChatCrypto(account.token, account.aes_key, account.app_id)
    xml = "<xml><ToUserName><![CDATA[toUser]]></ToUserName></xml>"
    import xmltodict

    sealed: dict[str, Any] = xmltodict.parse(crypto.encrypt_message(xml, "xxxxxx", "1409735669"))["xml"]
    query = {"timestamp": ["1409735669"], "nonce": ["xxxxxx"], "msg_signature": [sealed["MsgSignature"]]}
    body = f"<xml><Encrypt><![CDATA[{sealed['Encrypt']}]]></Encrypt></xml>".encode()
    assert Door(account, clock=lambda: 1409735669).opened(query, body).xml == xml

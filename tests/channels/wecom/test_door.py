"""Forged, stale and malformed callbacks of WeCom's: refused with 403, and nothing is pulled for them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import rasa.core.channels.channel as rasa_channels
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa.core.run import _create_app_without_api

from bot.channels.wechat.incoming import NotReadable
from bot.channels.wechat.signature import Refused
from bot.channels.wecom import WeComChannel
from bot.channels.wecom.door import News, WeComDoor
from bot.channels.wecom.received import read_received
from bot.config import ConfigurationError, WeComSettings
from tests.support.chat import ScriptedBot, chat_settings
from tests.support.wecom.running import WeCom, running_channel, wecom_environment, wecom_of
from tests.support.wecom.service import ACCOUNT, Service


def settings_of(service: Service, **changed: str) -> WeComSettings:
    values = {"corp_id": service.corp_id, "token": service.token, "aes_key": service.aes_key, "secret": service.secret}
    return WeComSettings(**{**values, "api_url": "http://127.0.0.1:1", "db": "", **changed})


def test_without_a_corp_id_there_are_no_addresses(tmp_path: Path) -> None:
    app = _create_app_without_api(None)
    rasa_channels.register([WeComChannel(chat_settings(tmp_path, {}))], app, route="/webhooks/")
    assert [route.path for route in app.router.routes_all.values() if "wecom" in route.path] == []
    assert not (tmp_path / "wecom.db").exists()


@pytest.mark.parametrize("missing", ["TOKEN", "AES_KEY", "SECRET"])
def test_a_setting_that_is_missing_is_named(tmp_path: Path, missing: str) -> None:
    environment = {**wecom_environment(Service(), "http://127.0.0.1:1"), f"HUANBAN_WECOM_{missing}": ""}
    with pytest.raises(ConfigurationError, match=f"HUANBAN_WECOM_{missing}"):
        WeComChannel(chat_settings(tmp_path, environment)).blueprint(ScriptedBot().handle_message)


def test_a_key_that_is_none_is_named() -> None:
    with pytest.raises(ConfigurationError, match="HUANBAN_WECOM_AES_KEY"):
        WeComDoor(settings_of(Service(), aes_key="too short"))


def test_the_address_is_verified_by_what_was_encrypted(tmp_path: Path) -> None:
    async def scene() -> None:
        async with wecom_of(Service()) as wecom, running_channel(tmp_path, wecom):
            assert await wecom.verifies("1616140317555161061") == (200, "1616140317555161061")
            assert await wecom.verifies("1616140317555161061", token="another") == (403, "")

    asyncio.run(scene())


def test_calls_that_are_not_wecoms_or_not_of_now_are_refused_and_nothing_is_pulled(tmp_path: Path) -> None:
    async def scene() -> None:
        service = Service()
        async with wecom_of(service) as wecom, running_channel(tmp_path, wecom) as parts:
            xml = wecom.xml()
            query, body = wecom.call(xml)
            now = int(service.clock())
            forged = [
                wecom.call(xml, token="another-token"),
                wecom.call(xml, corp_id="ww-another-corp"),
                wecom.call(wecom.xml(ToUserName="ww-another-corp")),
                wecom.call(xml, timestamp=now - 301),
                wecom.call(xml, timestamp=now + 302),
                ({**query, "nonce": "1"}, body),
                ({**query, "timestamp": str(now - 1)}, body),
                ({**query, "msg_signature": ""}, body),
                ({}, body),
                (query, xml),  # in clear
                (query, wecom.call(wecom.xml())[1]),  # another one's
                (query, "<xml></xml>"),
                (query, "x" * 70_000),
                wecom.call("<xml></xml>"),
                wecom.call("no xml"),
                wecom.call(wecom.xml(OpenKfId="../../etc")),
                wecom.call(wecom.xml(Token="t" * 500)),
            ]
            for each in forged:
                assert await wecom.post(*each) == (403, ""), each
            assert service.pulls == [] and parts.accounts.unread() == []
            # Another event of WeCom's is known and nothing is done about it.
            assert await wecom.post(*wecom.call(wecom.xml(Event="change_external_contact"))) == (200, "success")
            assert service.pulls == []
            assert await wecom.post(query, body) == (200, "success")

    asyncio.run(scene())


def test_a_callback_that_is_repeated_to_the_letter_only_has_it_looked_once_more(tmp_path: Path) -> None:
    async def scene() -> None:
        bot = ScriptedBot()
        async with wecom_of(Service()) as wecom, running_channel(tmp_path, wecom, bot):
            wecom.service.write("wm-customer", "text", {"content": "办延期"})
            query, body = wecom.call(wecom.xml())
            for _ in range(4):
                await wecom.post(query, body)
            await wecom.sees("听到：办延期", "wm-customer")
            assert bot.texts == ["办延期"]

    asyncio.run(scene())


SERVICE = Service()
DOOR = WeComDoor(settings_of(SERVICE))
WECOM = WeCom(SERVICE, "")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=80), st.sampled_from(["Token", "OpenKfId", "MsgType", "ToUserName"]))
def test_whatever_is_in_a_signed_callback_it_is_news_or_nothing_or_refused(value: str, name: str) -> None:
    query, body = WECOM.call(WECOM.xml(**{name: value}))
    try:
        news = DOOR.news({key: [value] for key, value in query.items()}, body.encode())
    except Refused:
        return
    assert news is None or (isinstance(news, News) and news.open_kfid.replace("-", "").replace("_", "").isalnum())


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_whatever_the_body_is_it_is_refused_without_a_signature(body: bytes) -> None:
    with pytest.raises(Refused):
        DOOR.news({"msg_signature": ["x"], "timestamp": [str(int(SERVICE.clock()))], "nonce": ["n"]}, body)


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=20), lambda inner: st.lists(inner, max_size=3))


@settings(max_examples=100, deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "msgid": JSON,
            "open_kfid": JSON | st.just(ACCOUNT),
            "external_userid": JSON,
            "origin": JSON,
            "send_time": JSON,
            "msgtype": st.sampled_from(["text", "event", "image"]) | JSON,
            "text": JSON | st.fixed_dictionaries({"content": JSON, "menu_id": JSON}),
            "event": JSON | st.fixed_dictionaries({"event_type": JSON}),
        },
    )
    | JSON
)
def test_whatever_a_page_holds_it_is_a_message_or_passed_over(message: object) -> None:
    try:
        incoming = read_received(message).incoming()
    except NotReadable:
        return
    assert incoming.account and isinstance(incoming.text, str)

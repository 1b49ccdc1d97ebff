"""The widget's files and the demo page: what is served, how, and to whom."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from bot import config
from bot.identity import Speaker, speaker_of_web_token
from tests.support.backend import BackendCalls, backend_in_a_thread
from tests.support.chat import SECRETS, chat_settings, running_chat


async def get(url: str, **options: Any) -> requests.Response:
    return await asyncio.to_thread(lambda: requests.request(options.pop("method", "GET"), url, timeout=30, **options))


def problem(answer: requests.Response) -> tuple[str, int]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.json()["type"].removeprefix("/problems/"), answer.status_code


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built widget and a demo page, as far as serving them goes."""
    for name, constant in (("dist", "channel.WIDGET_FOLDER"), ("demo", "demo.DEMO_FOLDER")):
        (tmp_path / name).mkdir()
        monkeypatch.setattr(f"bot.channels.chat.{constant}", tmp_path / name)
    return tmp_path


@pytest.fixture
def lender(seeded_ledger: Path, tmp_path: Path) -> Iterator[BackendCalls]:
    with backend_in_a_thread(tmp_path / "ledger", template=seeded_ledger) as backend:
        yield backend


def test_the_widget_is_served_packed_checked_by_its_hash_and_for_any_page(tmp_path: Path, folder: Path) -> None:
    script = "customElements.define('huanban-chat', class extends HTMLElement {});\n" * 50
    (folder / "dist/huanban-chat.js").write_text(script)
    (folder / "dist/huanban-chat-3f9a1c2b.js").write_text(script)

    async def scene() -> None:
        async with running_chat(tmp_path) as chat:
            url = f"{chat.url}/widget/huanban-chat.js"
            first = await get(url)
            assert first.text == script
            assert first.headers["Content-Type"] == "text/javascript; charset=utf-8"
            assert first.headers["Content-Encoding"] == "gzip" and int(first.headers["Content-Length"]) < 500
            assert first.headers["Access-Control-Allow-Origin"] == "*"
            assert first.headers["X-Content-Type-Options"] == "nosniff"
            assert first.headers["Cache-Control"] == "no-cache"
            plain = await get(url, headers={"Accept-Encoding": "identity"})
            assert plain.text == script and "Content-Encoding" not in plain.headers
            known = await get(url, headers={"If-None-Match": first.headers["ETag"]})
            assert known.status_code == 304 and known.content == b""
            (folder / "dist/huanban-chat.js").write_text(script + "// newer\n")
            newer = await get(url, headers={"If-None-Match": first.headers["ETag"]})
            assert newer.status_code == 200 and newer.text.endswith("// newer\n")
            hashed = await get(f"{chat.url}/widget/huanban-chat-3f9a1c2b.js")
            assert "immutable" in hashed.headers["Cache-Control"]

    asyncio.run(scene())


def test_a_widget_that_is_not_built_says_how_to_build_it(tmp_path: Path, folder: Path) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path) as chat:
            missing = await get(f"{chat.url}/widget/huanban-chat.js")
            assert missing.status_code == 404 and "bot.widget.build" in missing.text

    asyncio.run(scene())


@pytest.mark.parametrize(
    "name",
    ["../secrets.json", "%2e%2e%2fsecrets.json", "..%5csecrets.json", ".hidden.js", "x.py", "sub/x.js", "secrets.json%00.js"],
)
def test_nothing_else_of_the_disk_can_be_reached(tmp_path: Path, folder: Path, name: str) -> None:
    (folder / "dist/huanban-chat.js").write_text("1")
    (folder / "dist/.hidden.js").write_text("TREASURE")
    (folder / "dist/x.py").write_text("TREASURE")
    (folder / "secrets.json").write_text("TREASURE")

    async def scene() -> None:
        async with running_chat(tmp_path) as chat:
            for place in ("widget", "demo"):
                answer = await get(f"{chat.url}/{place}/{name}")
                assert answer.status_code in (400, 404) and "TREASURE" not in answer.text

    asyncio.run(scene())


def test_the_demo_speaks_as_a_demo_borrower_and_shows_what_the_lender_has(
    tmp_path: Path, folder: Path, lender: BackendCalls
) -> None:
    (folder / "demo/index.html").write_text("<!doctype html><title>demo</title>")

    async def scene() -> None:
        async with running_chat(
            tmp_path, HUANBAN_BACKEND_URL=lender.url, HUANBAN_BACKEND_PORT=lender.url.rpartition(":")[2]
        ) as chat:
            page = await get(f"{chat.url}/demo/")
            policy = page.headers["Content-Security-Policy"]
            assert page.ok and "default-src 'none'" in policy and "unsafe" not in policy
            assert f"ws://{chat.url.removeprefix('http://')}" in policy
            assert (await get(f"{chat.url}/demo")).text == page.text
            listed = (await get(f"{chat.url}/demo/borrowers")).json()["borrowers"]
            hers = next(row for row in listed if row["name"] == "on_time")
            token = await get(f"{chat.url}/demo/token", method="POST", json={"borrower_id": hers["borrower_id"]})
            assert speaker_of_web_token(token.json()["token"], chat.settings.web_secret) == Speaker("web", hers["borrower_id"])
            assert token.headers["Cache-Control"] == "no-store"
            quote = lender.post("/borrowers/B1001/loans/L1001/deferral-quotes", {"period": "P15D"})
            body = {"quote_id": quote["quote_id"]}
            filed = lender.post("/borrowers/B1001/loans/L1001/deferrals", body, key=quote["filing_key"])
            state = (await get(f"{chat.url}/demo/state?borrower_id=B1001")).json()
            assert state["borrower"]["borrower_id"] == "B1001"
            assert [row["request_id"] for row in state["requests"]] == [filed["request_id"]]
            assert state["loans"][0]["pending_request_id"] == filed["request_id"] and state["loans"][0]["instalments"]
            assert {payment["loan_id"] for payment in state["payments"]} == {"L1001"}
            assert state["proofs"] == []
            content = {"name": "证明.pdf", "content_base64": "JVBERi0xLjcK"}
            lender.post(f"/borrowers/B1001/requests/{filed['request_id']}/evidence", content)
            [proof] = (await get(f"{chat.url}/demo/state?borrower_id=B1001")).json()["proofs"]
            assert (proof["request_id"], proof["name"]) == (filed["request_id"], "证明.pdf")
            # One speaks only as somebody who is there, and nothing private comes along.
            assert problem(await get(f"{chat.url}/demo/token", method="POST", json={"borrower_id": "B9999"})) == (
                "not-found",
                404,
            )
            for body in ({}, {"borrower_id": "../desk"}, {"borrower_id": 7}, []):
                assert problem(await get(f"{chat.url}/demo/token", method="POST", json=body)) == ("message-malformed", 400)
            assert "desk-token" not in json.dumps(state) + json.dumps(listed)

    asyncio.run(scene())


def test_a_secure_link_of_the_demo_leads_to_a_page_that_says_what_it_is(tmp_path: Path, lender: BackendCalls) -> None:
    issued = [
        lender.post("/borrowers/B1001/secure-links", {"purpose": purpose, **more})["url"]
        for purpose, more in (("pay", {"loan_id": "L1001"}), ("add_card", {}), ("update_phone", {}), ("update_name", {}))
    ]

    async def scene() -> None:
        async with running_chat(
            tmp_path, HUANBAN_BACKEND_URL=lender.url, HUANBAN_BACKEND_PORT=lender.url.rpartition(":")[2]
        ) as chat:
            for url in issued:
                page = await get(chat.url + url[url.index("/demo/") :])
                assert page.ok and "放款机构自己的安全页面" in page.text
                assert "<form" not in page.text and "<input" not in page.text
                assert "$" not in page.text and page.headers["Cache-Control"] == "no-store"
                assert "default-src 'none'" in page.headers["Content-Security-Policy"]
            assert problem(await get(f"{chat.url}/demo/secure/gift/abc")) == ("not-found", 404)

    asyncio.run(scene())


def test_the_demo_gives_nothing_to_another_sites_page_or_under_a_strange_name(
    tmp_path: Path, folder: Path, lender: BackendCalls
) -> None:
    async def scene() -> None:
        async with running_chat(
            tmp_path, HUANBAN_BACKEND_URL=lender.url, HUANBAN_BACKEND_PORT=lender.url.rpartition(":")[2]
        ) as chat:
            strange: list[dict[str, str]] = [
                {"Origin": "https://evil.test"},
                {"Host": "evil.test"},
                {"Host": "evil.test", "Origin": "http://evil.test"},
                {"Host": "127.0.0.1.evil.test"},
            ]
            for headers in strange:
                asked = await get(f"{chat.url}/demo/token", method="POST", json={"borrower_id": "B1001"}, headers=headers)
                assert problem(asked) == ("origin-not-allowed", 403)
                assert problem(await get(f"{chat.url}/demo/state?borrower_id=B1001", headers=headers)) == (
                    "origin-not-allowed",
                    403,
                )

    asyncio.run(scene())


def test_without_the_demo_there_is_no_page_and_no_token(tmp_path: Path, folder: Path) -> None:
    (folder / "demo/index.html").write_text("demo")

    async def scene() -> None:
        async with running_chat(tmp_path, HUANBAN_DEMO="off") as chat:
            for path in ("", "borrowers", "state?borrower_id=B1001", "index.html"):
                assert (await get(f"{chat.url}/demo/{path}")).status_code == 404
            assert (await get(f"{chat.url}/demo/token", method="POST", json={"borrower_id": "B1001"})).status_code == 404

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("env", "is_open"),
    [
        ({}, True),
        ({"HUANBAN_DEMO": "off"}, False),
        ({"HUANBAN_HOST": "0.0.0.0"}, False),
        ({"HUANBAN_HOST": "0.0.0.0", "HUANBAN_DEMO": "on"}, True),
        ({"HUANBAN_LENDER_FILE": "/etc/huanban/lender.yml"}, False),
        ({"HUANBAN_BACKEND_DATABASE_URL": "postgresql://ledger"}, False),
        ({"HUANBAN_BACKEND_URL": "https://loans.bank.example"}, False),
        ({"HUANBAN_BACKEND_URL": "https://loans.bank.example", "HUANBAN_DEMO": "on"}, False),
    ],
)
def test_the_demo_is_open_before_the_demos_own_data_only(tmp_path: Path, env: dict[str, str], is_open: bool) -> None:
    assert chat_settings(tmp_path, env).demo_is_open is is_open


@pytest.mark.parametrize(
    "env",
    [
        {"HUANBAN_DEMO": "yes"},
        {"HUANBAN_WEB_ORIGINS": "bank.example"},
        {"HUANBAN_WEB_ORIGINS": "*"},
        {"HUANBAN_WEB_ORIGINS": "https://bank.example/page"},
        {"HUANBAN_PROXIES": "-1"},
        {"HUANBAN_MESSAGES_PER_MINUTE": "0"},
    ],
)
def test_a_setting_that_cannot_be_used_is_named(env: dict[str, str]) -> None:
    with pytest.raises(config.ConfigurationError, match=next(iter(env))):
        config.load({**SECRETS, **env})

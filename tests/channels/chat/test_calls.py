"""The calls beside the sockets: the upload before the real loan backend, the transcript, and which pages may read the answers."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from tests.support.backend import BackendCalls, backend_in_a_thread
from tests.support.chat import RunningChat, phone, running_chat

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40


@pytest.fixture
def lender(seeded_ledger: Path, tmp_path: Path) -> Iterator[BackendCalls]:
    """The loan backend over a fresh ledger."""
    with backend_in_a_thread(tmp_path / "ledger", template=seeded_ledger) as backend:
        yield backend


def file_deferral(lender: BackendCalls) -> str:
    """The id of a request of B1001 that waits for a decision."""
    path = "/borrowers/B1001/loans/L1001"
    quote = lender.post(f"{path}/deferral-quotes", {"period": "P15D"})
    request_id: str = lender.post(f"{path}/deferrals", {"quote_id": quote["quote_id"]}, key=quote["filing_key"])["request_id"]
    return request_id


def backend_of(lender: BackendCalls) -> dict[str, str]:
    return {"HUANBAN_BACKEND_URL": lender.url}


async def hand_in(chat: RunningChat, token: str, content: bytes, request_id: Any, **options: Any) -> requests.Response:
    """The answer to an upload."""

    def call() -> requests.Response:
        files = options.pop("files", {"file": (options.pop("name", "诊断证明.pdf"), content)})
        headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
        body = {"request_id": request_id} if request_id else {}
        return requests.post(f"{chat.url}/webhooks/chat/evidence", files=files, data=body, headers=headers, timeout=30)

    return await asyncio.to_thread(call)


async def get(url: str, **options: Any) -> requests.Response:
    return await asyncio.to_thread(lambda: requests.request(options.pop("method", "GET"), url, timeout=30, **options))


def problem(answer: requests.Response) -> tuple[str, int]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.json()["type"].removeprefix("/problems/"), answer.status_code


def test_a_proof_reaches_the_lender_and_the_same_one_again_is_kept_once(tmp_path: Path, lender: BackendCalls) -> None:
    async def scene() -> None:
        request_id = file_deferral(lender)
        async with running_chat(tmp_path, **backend_of(lender)) as chat:
            for _ in range(2):
                answer = await hand_in(chat, chat.token(), PDF, request_id)
                assert answer.status_code == 201, answer.text
                told = answer.json()
                assert (told["name"], told["size"], told["kind"]) == ("诊断证明.pdf", len(PDF), "application/pdf")
        kept = lender.rows("evidence")
        assert [row["evidence_id"] for row in kept] == [told["evidence_id"]]
        assert kept[0]["content"] == PDF and kept[0]["request_id"] == request_id

    asyncio.run(scene())


def a_photo_of_a_phone() -> bytes:
    """A picture that tells where it was taken, with what, and that it is held upright."""
    tags = Image.Exif()
    tags[0x010F] = "Huawei P60"
    tags[0x0112] = 6
    tags.get_ifd(0x8825)[2] = (31.0, 13.0, 56.0)
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(file, "JPEG", exif=tags)
    return file.getvalue()


def test_a_photo_loses_its_place_and_device_before_the_lender_has_it(tmp_path: Path, lender: BackendCalls) -> None:
    async def scene() -> None:
        photo, request_id = a_photo_of_a_phone(), file_deferral(lender)
        async with running_chat(tmp_path, **backend_of(lender)) as chat:
            for _ in range(2):  # the same photo again is the same file still
                told = (await hand_in(chat, chat.token(), photo, request_id, name="照片.jpg")).json()
            assert (told["name"], told["kind"]) == ("照片.jpg", "image/jpeg") and told["size"] < len(photo)
        [kept] = lender.rows("evidence")
        assert b"Huawei" in photo and b"Huawei" not in kept["content"]
        picture = Image.open(io.BytesIO(kept["content"]))
        assert dict(picture.getexif()) == {0x0112: 6} and picture.size == (60, 40)

    asyncio.run(scene())


def test_a_photo_that_was_cut_off_is_refused(tmp_path: Path, lender: BackendCalls) -> None:
    async def scene() -> None:
        photo, request_id = a_photo_of_a_phone(), file_deferral(lender)
        async with running_chat(tmp_path, **backend_of(lender)) as chat:
            cut = await hand_in(chat, chat.token(), photo[: len(photo) // 2], request_id, name="照片.jpg")
        assert problem(cut) == ("evidence-kind", 415)
        assert lender.rows("evidence") == []

    asyncio.run(scene())


def test_a_proof_for_anothers_request_by_a_guest_or_without_a_token_is_refused(tmp_path: Path, lender: BackendCalls) -> None:
    async def scene() -> None:
        request_id = file_deferral(lender)
        async with running_chat(tmp_path, **backend_of(lender)) as chat:
            assert problem(await hand_in(chat, chat.token("B1002"), PDF, request_id)) == ("request-not-found", 404)
            assert problem(await hand_in(chat, chat.token(None), PDF, request_id)) == ("request-not-found", 404)
            assert problem(await hand_in(chat, chat.token(seconds=-1), PDF, request_id)) == ("token-not-valid", 401)
            assert problem(await hand_in(chat, "", PDF, request_id)) == ("token-not-valid", 401)
            assert problem(await hand_in(chat, chat.token(), PDF, "../B1002")) == ("request-not-found", 404)
        assert lender.rows("evidence") == []

    asyncio.run(scene())


def test_what_is_no_picture_and_no_pdf_too_large_or_no_file_is_refused(tmp_path: Path, lender: BackendCalls) -> None:
    async def scene() -> None:
        request_id = file_deferral(lender)
        env = {**backend_of(lender), "HUANBAN_EVIDENCE_MAX_MB": "1"}
        async with running_chat(tmp_path, **env) as chat:
            token = chat.token()
            assert problem(await hand_in(chat, token, b"MZ\x90\x00", request_id, name="x.pdf")) == ("evidence-kind", 415)
            assert problem(await hand_in(chat, token, b"", request_id)) == ("evidence-kind", 415)
            assert problem(await hand_in(chat, token, PDF + b"\x00" * 1024 * 1024, request_id)) == ("evidence-too-large", 413)
            assert problem(await hand_in(chat, token, PDF * 300, request_id)) == ("evidence-too-large", 413)
            assert problem(await hand_in(chat, token, PDF, None)) == ("message-malformed", 400)
            two = [("file", ("a.pdf", PDF)), ("file", ("b.pdf", PDF))]
            assert problem(await hand_in(chat, token, PDF, request_id, files=two)) == ("message-malformed", 400)
            assert problem(await hand_in(chat, token, PDF, request_id, files={"other": ("a", PDF)})) == ("message-malformed", 400)
            no_form = await get(
                f"{chat.url}/webhooks/chat/evidence", method="POST", data=PDF, headers={"Authorization": f"Bearer {token}"}
            )
            assert problem(no_form) == ("message-malformed", 400)
        assert lender.rows("evidence") == []

    asyncio.run(scene())


def test_when_the_lender_does_not_answer_the_borrower_may_send_it_again(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path) as chat:  # nobody listens on the backend's port
            assert problem(await hand_in(chat, chat.token(), PDF, "DF00000001")) == ("bot-unavailable", 503)

    asyncio.run(scene())


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "C:\\x\\诊断.pdf", "a\r\nb: c.pdf", "13800138000.pdf", "", "长" * 300],
    ids=lambda name: f"{len(name)} characters",
)
def test_a_name_that_means_harm_is_only_a_name(tmp_path: Path, lender: BackendCalls, name: str) -> None:
    async def scene() -> None:
        request_id = file_deferral(lender)
        async with running_chat(tmp_path, **backend_of(lender)) as chat:
            answer = await hand_in(chat, chat.token(), PDF, request_id, name=name)
        kept = [row["name"] for row in lender.rows("evidence")]
        assert answer.status_code in (201, 400)  # a form with a broken name may be no form
        for kept_name in kept:
            assert not set("/\\\r\n") & set(kept_name) and len(kept_name) <= 100 and "13800138000" not in kept_name

    asyncio.run(scene())


def test_the_transcript_is_the_conversation_and_nobody_elses(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path) as chat, phone(chat) as hers:
            await hers.say("欠多少")
            await hers.hears("听到：欠多少")
            url = f"{chat.url}/webhooks/chat/transcript"
            mine = await get(url, headers={"Authorization": f"Bearer {chat.token()}"})
            assert mine.headers["Content-Type"].startswith("text/plain")
            assert mine.headers["Content-Disposition"].startswith("attachment")
            assert mine.headers["Cache-Control"] == "no-store"
            mine.encoding = "utf-8"
            assert "我\n欠多少" in mine.text and "还伴\n听到：欠多少\n［好］\n［不］" in mine.text
            assert chat.conversation() not in mine.text and "~" not in mine.text
            others = await get(url, headers={"Authorization": f"Bearer {chat.token('B1002')}"})
            assert "欠多少" not in others.text
            assert problem(await get(url)) == ("token-not-valid", 401)
            assert problem(await get(f"{url}?token={chat.token()}")) == ("token-not-valid", 401)

    asyncio.run(scene())


def test_pages_on_the_list_may_read_answers_and_others_may_not(tmp_path: Path) -> None:
    async def scene() -> None:
        async with running_chat(tmp_path, HUANBAN_WEB_ORIGINS="https://bank.example") as chat:
            for path in ("transcript", "evidence"):
                url = f"{chat.url}/webhooks/chat/{path}"
                asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
                allowed = await get(url, method="OPTIONS", headers={"Origin": "https://bank.example", **asked})
                assert allowed.status_code < 300
                assert allowed.headers["Access-Control-Allow-Origin"] == "https://bank.example"
                assert "Authorization" in allowed.headers["Access-Control-Allow-Headers"]
                assert "Access-Control-Allow-Credentials" not in allowed.headers
                strange = await get(url, method="OPTIONS", headers={"Origin": "https://evil.test", **asked})
                assert "Access-Control-Allow-Origin" not in strange.headers
            token = {"Authorization": f"Bearer {chat.token()}"}
            refused = await get(f"{chat.url}/webhooks/chat/transcript", headers={"Origin": "https://evil.test", **token})
            assert problem(refused) == ("origin-not-allowed", 403)
            guest = await get(f"{chat.url}/webhooks/web/guest", method="POST", headers={"Origin": "https://bank.example"})
            assert guest.json()["token"] and guest.headers["Access-Control-Allow-Origin"] == "https://bank.example"
            polling = f"{chat.url}/webhooks/chat/socket.io/?EIO=4&transport=polling"
            allowed = await get(polling, headers={"Origin": "https://bank.example"})
            assert allowed.ok and allowed.headers["Access-Control-Allow-Origin"] == "https://bank.example"
            strange = await get(polling, headers={"Origin": "https://evil.test"})
            assert "Access-Control-Allow-Origin" not in strange.headers

    asyncio.run(scene())

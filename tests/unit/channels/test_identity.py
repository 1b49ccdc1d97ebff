"""Nobody speaks for a borrower whom no channel has verified."""

from __future__ import annotations

import jwt
import pytest

from bot.identity import NotVerified, Speaker, speaker_of, speaker_of_web_token, web_token

SECRET = "a secret of the tests, long enough"


def test_a_conversation_id_leads_back_to_its_speaker_and_is_the_same_each_time() -> None:
    speaker = Speaker("web", "B1001")
    assert speaker.conversation_id(SECRET) == speaker.conversation_id(SECRET)
    assert speaker_of(speaker.conversation_id(SECRET), SECRET) == speaker


def test_two_guests_have_two_conversations_and_speak_for_nobody() -> None:
    one, two = Speaker("web", None, "a1"), Speaker("web", None, "b2")
    assert one.conversation_id(SECRET) != two.conversation_id(SECRET)
    assert speaker_of(one.conversation_id(SECRET), SECRET).borrower_id is None


@pytest.mark.parametrize(
    "forged",
    [
        "B1001",
        "web.B1001",
        "web.B1001.",
        "web.B1001." + "0" * 32,
        Speaker("web", "B1001").conversation_id("another secret"),
        Speaker("web", "B1001").conversation_id(SECRET).replace("B1001", "B1002"),
        Speaker("web", "B1001").conversation_id(SECRET).replace("web", "sms"),
        "",
    ],
)
def test_a_conversation_id_that_this_bot_did_not_make_speaks_for_nobody(forged: str) -> None:
    with pytest.raises(NotVerified):
        speaker_of(forged, SECRET)


def test_a_web_token_names_its_borrower() -> None:
    assert speaker_of_web_token(web_token("B1001", SECRET), SECRET) == Speaker("web", "B1001")


def test_an_expired_token_is_refused() -> None:
    with pytest.raises(NotVerified, match="expired"):
        speaker_of_web_token(web_token("B1001", SECRET, seconds=-1), SECRET)


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "B1001", "aud": "huanban"},
        {"sub": "B1001", "exp": 9999999999},
        {"sub": "B1001", "aud": "another service", "exp": 9999999999},
        {"aud": "huanban", "exp": 9999999999},
        {"sub": "../B1002", "aud": "huanban", "exp": 9999999999},
        {"sub": "guest-1", "aud": "huanban", "exp": 9999999999},
    ],
    ids=["no expiry", "no audience", "another audience", "nobody", "a path", "a guest in a borrower's place"],
)
def test_a_token_that_says_too_little_or_too_much_is_refused(claims: dict[str, object]) -> None:
    with pytest.raises(NotVerified):
        speaker_of_web_token(jwt.encode(claims, SECRET, algorithm="HS256"), SECRET)


def test_an_unsigned_token_and_one_of_another_site_are_refused() -> None:
    claims = {"sub": "B1001", "aud": "huanban", "exp": 9999999999}
    for token in (jwt.encode(claims, None, algorithm="none"), jwt.encode(claims, "x" * 40, algorithm="HS256"), "a.b.c", ""):
        with pytest.raises(NotVerified):
            speaker_of_web_token(token, SECRET)

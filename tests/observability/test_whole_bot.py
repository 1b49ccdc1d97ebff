"""The public port, seen by a stranger and by an operator; one id from the channel to the audit trail."""

from __future__ import annotations

from collections.abc import Callable

import requests

from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot


def test_the_public_port_shows_metrics_to_the_token_only(bot: WholeBot, talk: Callable[[str], Talk]) -> None:
    talk("on_time").says("我欠多少钱")
    url = bot.settings.bot_url
    assert requests.get(f"{url}/metrics", timeout=10).status_code == 404
    shown = requests.get(f"{url}/metrics", headers={"Authorization": f"Bearer {bot.settings.metrics_token}"}, timeout=10)
    assert shown.status_code == 200
    for stage in ("load", "understand", "decide", "act", "store", "whole"):
        assert f'huanban_stage_seconds_count{{stage="{stage}"}}' in shown.text
    assert 'huanban_messages_total{channel="web",outcome="answered"}' in shown.text
    assert "huanban_queue_recent_seconds" in shown.text
    assert "B1001" not in shown.text and "欠多少" not in shown.text


def test_ready_says_which_part_is_missing_to_the_token_only(bot: WholeBot, ledger: BackendCalls) -> None:
    url = bot.settings.bot_url
    assert requests.get(f"{url}/health", timeout=10).json() == {"status": "ok"}
    assert requests.get(f"{url}/ready", timeout=10).json() == {"status": "ready"}
    shown = requests.get(f"{url}/ready", headers={"Authorization": f"Bearer {bot.settings.metrics_token}"}, timeout=10)
    assert shown.json()["parts"] == {"model": True, "conversations": True, "chat": True, "actions": True}


def test_the_action_server_shows_actions_by_name(bot: WholeBot, talk: Callable[[str], Talk]) -> None:
    talk("on_time").says("我欠多少钱")
    url = bot.settings.actions_url.removesuffix("/webhook")
    assert requests.get(f"{url}/ready", timeout=10).status_code == 200
    assert requests.get(f"{url}/metrics", timeout=10).status_code == 404
    shown = requests.get(f"{url}/metrics", headers={"Authorization": f"Bearer {bot.settings.metrics_token}"}, timeout=10).text
    assert 'huanban_action_seconds_count{action="action_' in shown


def test_one_id_goes_from_the_channel_to_the_audit_trail(
    bot: WholeBot, talk: Callable[[str], Talk], ledger: BackendCalls
) -> None:
    speaking = talk("due_in_three_days")
    speaking.says("我这个月还不上了，能晚半个月还吗").taps("不想说").hears("→ 12月12日")
    headers = {"Authorization": f"Bearer {speaking.token}", "X-Request-Id": "seen-by-the-channel"}
    body = {"payload": speaking.payload("提交")}
    answer = requests.post(f"{bot.settings.bot_url}/webhooks/web/messages", json=body, headers=headers, timeout=60)
    assert answer.headers["X-Request-Id"] == "seen-by-the-channel"
    assert "seen-by-the-channel" in {row["trace_id"] for row in ledger.rows("audit") if row["action"] == "deferral.filed"}
    for service in ("Rasa server", "action server"):
        assert "[seen-by-the-channel]" in bot.supervisor.log_of(service).read_text(encoding="utf-8")

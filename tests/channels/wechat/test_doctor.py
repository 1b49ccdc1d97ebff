"""`./huanban doctor wechat` names what is wrong, a sentence each."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.commands.doctor import Finding
from bot.commands.doctor_wechat import examine_wechat
from tests.support.chat import chat_settings
from tests.support.wechat.account import Account
from tests.support.wechat.running import RunningWeChat, running_channel, wechat_environment, weixin_of


def findings(wechat: RunningWeChat, folder: Path, **changed: str) -> list[Finding]:
    """What the doctor finds of a bot that runs, with some settings changed."""
    port = wechat.url.split(":")[2].split("/")[0]
    environment = {**wechat_environment(wechat.weixin.account, wechat.weixin.url), "HUANBAN_BOT_PORT": port, **changed}
    return list(examine_wechat(chat_settings(folder, environment)))


def wrong(found: list[Finding]) -> str:
    return "\n".join(f"{finding.what} {finding.mend}" for finding in found if not finding.well)


def test_a_good_configuration_is_well_and_each_mistake_is_named(tmp_path: Path) -> None:
    async def scene() -> None:
        async with weixin_of(Account(token="token1")) as weixin, running_channel(tmp_path, weixin) as wechat:

            async def look(**changed: str) -> str:
                folder = tmp_path / str(len(changed)) / "-".join(changed)
                return wrong(await asyncio.to_thread(findings, wechat, folder, **changed))

            assert await look() == ""
            assert "43" in await look(HUANBAN_WECHAT_AES_KEY="short")
            assert "403" in await look(HUANBAN_WECHAT_TOKEN="another")
            assert "HUANBAN_WECHAT_APP_ID" in await look(HUANBAN_WECHAT_APP_ID="gh_0123456789ab")
            assert "40125" in await look(HUANBAN_WECHAT_SECRET="wrong")
            assert "does not answer" in await look(HUANBAN_WECHAT_API_URL="http://127.0.0.1:1")
            assert "./huanban up" in await look(HUANBAN_BOT_PORT="1")
            assert "belong together" in await look(HUANBAN_WECHAT_TEMPLATE_ID="t")
            weixin.account.faults.append(("token", 40164))
            assert "白名单" in await look(HUANBAN_WECHAT_DB=f"sqlite:///{tmp_path}/fresh.db")
            assert "docs/wechat.md" in await look(HUANBAN_WECHAT_APP_ID="")

    asyncio.run(scene())

"""Nothing that comes over a port is unpickled, executed or read as YAML: what can make objects out of bytes is not there."""

from __future__ import annotations

import ast
import base64
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from bot.config import ROOT
from tests.support.backend import BackendCalls
from tests.support.whole_bot import Talk, WholeBot

MAKES_OBJECTS = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "jsonpickle"}
CALLS_TO_NAME = {"eval", "exec", "compile", "__import__"}
# What runs at the desk of whoever trains or measures, and takes nothing from a port.
NOT_SERVED = ("bot/bench/", "bot/evaluation/", "bot/commands/", "bot/widget/")
# These keep what they learned in the model's archive, as Rasa's own components do; the model comes from the image, over no port.
READS_THE_MODEL = {
    "bot/nlu/components/classifier.py",
    "bot/nlu/components/crisis_detector.py",
    "bot/nlu/components/featurizer.py",
}


def served() -> list[Path]:
    files = [path for top in ("bot", "actions") for path in (ROOT / top).rglob("*.py")]
    return [path for path in files if not str(path.relative_to(ROOT)).startswith(NOT_SERVED) and "node_modules" not in path.parts]


@pytest.mark.parametrize("path", served(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_that_serves_can_make_objects_out_of_bytes(path: Path) -> None:
    forbidden = MAKES_OBJECTS - ({"joblib"} if str(path.relative_to(ROOT)) in READS_THE_MODEL else set())
    source = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            assert not forbidden & {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] not in forbidden
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            assert name not in CALLS_TO_NAME, f"line {node.lineno}"
            of = ast.unparse(node.func)
            assert of not in ("yaml.unsafe_load", "yaml.full_load", "os.system"), f"line {node.lineno}"
            assert of != "yaml.load" or "SafeLoader" in source, f"line {node.lineno}"
            assert not any(keyword.arg == "shell" for keyword in node.keywords), f"line {node.lineno}"


class Trap:
    """Unpickled, it leaves a file."""

    def __init__(self, sprung: Path) -> None:
        self.sprung = sprung

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.sprung,)


@pytest.mark.parametrize("protocol", range(6))
def test_a_pickle_sent_to_any_door_is_never_opened(
    bot: WholeBot, talk: Callable[[str], Talk], ledger: BackendCalls, tmp_path: Path, protocol: int
) -> None:
    trap = pickle.dumps(Trap(tmp_path / "sprung"), protocol)
    packed = base64.b64encode(trap).decode()
    token = {"Authorization": f"Bearer {bot.borrower('B1001').token}"}
    url = bot.settings.bot_url
    for kind in ("application/json", "application/octet-stream", "application/x-python-pickle", "application/yaml", "text/xml"):
        headers = {**token, "Content-Type": kind}
        for path in ("/webhooks/web/messages", "/webhooks/web/guest", "/webhooks/chat/socket.io/?EIO=4&transport=polling"):
            requests.post(f"{url}{path}", data=trap, headers=headers, timeout=30)
        actions = {"Authorization": f"Bearer {bot.settings.actions_token}", "Content-Type": kind}
        assert requests.post(bot.settings.actions_url, data=trap, headers=actions, timeout=30).status_code == 400
    requests.post(
        f"{url}/webhooks/chat/evidence", files={"file": ("a.pkl", trap)}, data={"request_id": "x"}, headers=token, timeout=30
    )
    for text in (packed[:900], f"~{packed[:800]}~{'0' * 32}", f"!!python/object/apply:os.system ['touch {tmp_path / 'sprung'}']"):
        talk("on_time").says(text)
        requests.post(f"{url}/webhooks/web/messages", json={"payload": text}, headers=token, timeout=30)
    requests.get(f"{url}/webhooks/chat/transcript", headers={"Authorization": f"Bearer {packed}"}, timeout=30)
    assert not (tmp_path / "sprung").exists()
    # The trap works: opened, it springs.
    pickle.loads(trap)  # noqa: S301
    assert (tmp_path / "sprung").exists()

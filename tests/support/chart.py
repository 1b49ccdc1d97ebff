"""A Helm chart rendered without Helm: as much of Go's templates as `deploy/helm` uses, and an error for anything else.

Where Helm itself is at hand, `tests/deploy/test_chart.py` compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

_PLACE = re.compile(r"{{(-?)\s*(/\*.*?\*/|.*?)\s*(-?)}}", re.S)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\(|\)|\||[^\s()|]+')

Node = str | tuple[str, str, list["Node"], list["Node"]]  # text, or kind, pipeline, body, body of `else`


def rendered(chart: Path, values: Mapping[str, Any], release: str) -> list[dict[str, Any]]:
    """The objects that a release of the chart consists of.

    Args:
        chart: the chart's folder.
        values: in place of those of `values.yaml`.
        release: its name.

    Raises:
        NotImplementedError: a template uses something that is not known here.
    """
    about = yaml.safe_load((chart / "Chart.yaml").read_text(encoding="utf-8"))
    own = yaml.safe_load((chart / "values.yaml").read_text(encoding="utf-8"))
    root = {
        "Values": _merged(own, values),
        "Release": {"Name": release, "Service": "Helm"},
        "Chart": {key[0].upper() + key[1:]: value for key, value in about.items()},
    }
    files = {path.name: parse(path.read_text(encoding="utf-8")) for path in sorted((chart / "templates").iterdir())}
    templates = Templates(node for nodes in files.values() for node in nodes)
    found = []
    for name, nodes in files.items():
        if name.endswith(".yaml"):
            found += [thing for thing in yaml.safe_load_all(templates.text(nodes, root, {"$": root})) if thing]
    return found


def parse(text: str) -> list[Node]:
    """A template as a tree."""
    parts: list[str | tuple[str]] = []
    at, trims = 0, False
    for place in _PLACE.finditer(text):
        before = text[at : place.start()]
        before = before.lstrip() if trims else before
        parts.append(before.rstrip() if place[1] else before)
        if not place[2].startswith("/*"):
            parts.append((place[2],))
        at, trims = place.end(), bool(place[3])
    parts.append(text[at:].lstrip() if trims else text[at:])
    nodes, rest, _ = _block(parts)
    assert not rest, "an end too many"
    return nodes


def _block(parts: Sequence[str | tuple[str]]) -> tuple[list[Node], Sequence[str | tuple[str]], str]:
    nodes: list[Node] = []
    while parts:
        part, parts = parts[0], parts[1:]
        if isinstance(part, str):
            nodes.append(part)
            continue
        word, _, rest = part[0].partition(" ")
        if word in ("end", "else"):
            if rest:
                raise NotImplementedError(part[0])
            return nodes, parts, word
        if word in ("if", "with", "range", "define"):
            body, parts, ended = _block(parts)
            other: list[Node] = []
            if ended == "else":
                other, parts, _ = _block(parts)
            nodes.append((word, rest, body, other))
        else:
            nodes.append(("put", part[0], [], []))
    return nodes, parts, ""


class Templates:
    """Named templates, and what puts values into any."""

    def __init__(self, nodes: Iterator[Node]) -> None:
        self._named = {node[1].strip('"'): node[2] for node in nodes if not isinstance(node, str) and node[0] == "define"}

    def text(self, nodes: Sequence[Node], dot: Any, variables: dict[str, Any]) -> str:
        """What a template comes to."""
        return "".join(node if isinstance(node, str) else self._one(node, dot, variables) for node in nodes)

    def _one(self, node: tuple[str, str, list[Node], list[Node]], dot: Any, variables: dict[str, Any]) -> str:
        kind, pipeline, body, other = node
        if kind == "define":
            return ""
        if kind == "range":
            names, _, of = pipeline.partition(":=")
            key, value = (name.strip() for name in names.split(","))
            pairs = sorted(self._value(of, dot, variables).items())
            return "".join(self.text(body, v, {**variables, key: k, value: v}) for k, v in pairs)
        found = self._value(pipeline, dot, variables)
        if kind == "put":
            return "" if found is None else str(found).lower() if isinstance(found, bool) else str(found)
        if not found:
            return self.text(other, dot, variables)
        return self.text(body, found if kind == "with" else dot, variables)

    def _value(self, pipeline: str, dot: Any, variables: dict[str, Any]) -> Any:
        tokens = _TOKEN.findall(pipeline)
        found = self._pipe(tokens, dot, variables)
        assert not tokens, pipeline
        return found

    def _pipe(self, tokens: list[str], dot: Any, variables: dict[str, Any]) -> Any:
        found, is_first = None, True
        while tokens and tokens[0] != ")":
            if tokens[0] == "|":
                tokens.pop(0)
            words: list[Any] = []
            function = tokens.pop(0) if re.fullmatch(r"[a-zA-Z]+", tokens[0]) else None
            while tokens and tokens[0] not in ("|", ")"):
                words.append(self._word(tokens, dot, variables))
            words += [] if is_first else [found]
            found, is_first = self._call(function, words, variables) if function else words[0], False
        return found

    def _word(self, tokens: list[str], dot: Any, variables: dict[str, Any]) -> Any:
        word = tokens.pop(0)
        if word == "(":
            found = self._pipe(tokens, dot, variables)
            tokens.pop(0)
            return found
        if word.startswith('"'):
            return word[1:-1]
        if re.fullmatch(r"\d+", word):
            return int(word)
        start, *path = word.split(".")
        found = variables[start] if start else dot
        for name in path:
            found = found[name] if name else found
        return found

    def _call(self, function: str, words: list[Any], variables: dict[str, Any]) -> Any:
        if function == "include":
            return self.text(self._named[words[0]], words[1], {**variables, "$": words[1]})
        if function == "quote":
            return '"' + str(words[0]).replace("\\", "\\\\").replace('"', '\\"') + '"'
        if function == "default":
            return words[1] or words[0]
        if function == "not":
            return not words[0]
        if function == "printf":
            return str(words[0]).replace("%v", "%s") % tuple(words[1:])
        if function == "toYaml":
            return yaml.safe_dump(words[0], allow_unicode=True).rstrip("\n")
        if function == "nindent":
            return "\n" + "\n".join(" " * words[0] + line for line in str(words[1]).splitlines())
        raise NotImplementedError(function)


def _merged(own: Any, given: Any) -> Any:
    if isinstance(own, dict) and isinstance(given, Mapping):
        return {**own, **{key: _merged(own.get(key), value) for key, value in given.items()}}
    return given

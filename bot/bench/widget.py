"""How soon a borrower sees the opened chat widget, and a reply after it has arrived; measured in a browser.

The page is a plain one with the widget open from the start; the bot behind it follows a script, on loopback. Every page is
loaded by a fresh device with nothing cached. "Painted" is the first frame after the one in which it was drawn.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
from pathlib import Path
from typing import Any

from bot.widget.build import WidgetNotBuilt, ensure_widget
from bot.widget.test.scripted_chat import ScriptedChat, token_for

FIRST_PAINT_MS = 300
REPLY_MS = 30
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>page</title><link rel="icon" href="data:,">
<script src="/widget/huanban-chat.js" defer></script></head><body><main><h1>page</h1></main>
<huanban-chat open token="{token}"></huanban-chat></body></html>"""
# Runs before the page: notes when the panel is painted, when a frame with messages comes in, and when it is painted.
PROBE = """
window.marks = {panel: 0, replies: []};
const painted = done => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())));
const root = () => document.querySelector('huanban-chat')?.shadowRoot;
const watch = setInterval(() => { const panel = root()?.querySelector('dialog[open] textarea');
  if (panel) { clearInterval(watch); painted(at => (marks.panel = at)) } }, 1);
const Line = window.WebSocket;
window.WebSocket = class extends Line { constructor(...given) { super(...given);
  this.addEventListener('message', ({data}) => { if (!data.startsWith('42["messages"') || !data.includes('"bot"')) return;
    const came = performance.now(), text = JSON.parse(data.slice(2))[1].messages.at(-1).text;
    const see = () => { if (!root().querySelector('.scroller').textContent.includes(text)) return setTimeout(see);
      const drawn = performance.now() - came; requestAnimationFrame(() => { const next = new MessageChannel();
        next.port1.onmessage = () => marks.replies.push([drawn, performance.now() - came]); next.port2.postMessage(0) }) };
    see() }) } };
"""


def main(arguments: list[str]) -> int:
    """Prints the figures; the exit code is 1 when one is over its bound at the median."""
    parser = argparse.ArgumentParser(prog="./huanban bench widget", description=__doc__)
    parser.add_argument("--pages", type=int, default=15, help="how often the page is opened")
    parser.add_argument("--replies", type=int, default=40, help="how many replies are timed")
    parser.add_argument("--json", type=Path, help="write the figures into a file")
    options = parser.parse_args(arguments)
    try:
        from playwright.sync_api import sync_playwright  # noqa: F401 - asked for here, so that its absence is a sentence

        ensure_widget()
    except (ImportError, WidgetNotBuilt) as error:
        print(
            f"✗ {error}\n  → uv pip install --python .venv/bin/python playwright, and apt-get install chromium", file=sys.stderr
        )
        return 1
    paints, drawn, replies = measure(options.pages, options.replies)
    figures: dict[str, Any] = {
        "first_paint_p50_ms": round(statistics.median(paints)),
        "first_paint_max_ms": round(max(paints)),
        "reply_drawn_p50_ms": round(statistics.median(drawn), 1),
        "reply_painted_p50_ms": round(statistics.median(replies), 1),
        "reply_painted_p95_ms": round(sorted(replies)[int(len(replies) * 0.95)], 1),
        "pages": len(paints),
        "replies": len(replies),
        "cores": os.cpu_count(),
    }
    print("\n".join(f"  {name:<22} {value}" for name, value in figures.items()))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    slow = figures["first_paint_p50_ms"] >= FIRST_PAINT_MS or figures["reply_painted_p50_ms"] >= REPLY_MS
    print(f"{'✗' if slow else '✓'} first paint under {FIRST_PAINT_MS} ms, a reply on screen within {REPLY_MS} ms, at the median")
    return int(slow)


def measure(pages: int, replies: int) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds until the opened panel was painted, until replies were drawn, and until they were painted."""
    from playwright.sync_api import sync_playwright

    named = os.environ.get("CHROMIUM_PATH") or next((path for name in BROWSERS if (path := shutil.which(name))), None)
    paints: list[float] = []
    with ScriptedChat() as chat, sync_playwright() as playwright:
        flags = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=named, args=flags)
        chat.pages["bench"] = (PAGE.replace("{token}", token_for("B1")), {})
        for number in range(pages + 1):
            context = browser.new_context(viewport={"width": 1280, "height": 800})
            page = context.new_page()
            page.add_init_script(PROBE)
            page.goto(f"{chat.url}/pages/bench")
            page.wait_for_function("marks.panel > 0")
            if number:  # the first warms the browser up
                paints.append(float(page.evaluate("marks.panel")))
            if number < pages:
                context.close()
        page.wait_for_timeout(300)
        for number in range(replies):
            chat.say("B1", {"text": f"reply {number}: 还款日11月27日，965.94元。"})
            page.wait_for_function(f"marks.replies.length > {number}")
        marks = page.evaluate("marks.replies")
        browser.close()
    return paints, [mark[0] for mark in marks], [mark[1] for mark in marks]

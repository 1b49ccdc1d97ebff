"""A lender's page with the widget in it, as a borrower meets it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

from bot.config import ROOT
from bot.widget.test.scripted_chat import ScriptedChat, token_for

AXE = ROOT / "bot" / "widget" / "node_modules" / "axe-core" / "axe.min.js"
PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>贷款机构</title><link rel="icon" href="data:,"></head>
<body><main><h1>贷款机构的网页</h1><p><a href="#x" id="elsewhere">别处</a></p></main>
<script src="/widget/huanban-chat.js"></script><huanban-chat {attributes}></huanban-chat></body></html>"""
_numbers = itertools.count()


@dataclass
class WidgetPage:
    """The page and what is asked of it."""

    page: Page
    chat: ScriptedChat
    who: str
    errors: list[str] = field(default_factory=list)

    @classmethod
    def visit(
        cls,
        chat: ScriptedChat,
        context: BrowserContext,
        who: str | None,
        *,
        attributes: str,
        html: str | None,
        headers: dict[str, str],
    ) -> WidgetPage:
        """A page of the scripted bot's, with the widget for a borrower, or for a guest when `who` is None."""
        token = f'token="{token_for(who)}"' if who else ""
        name = f"p{next(_numbers)}"
        chat.pages[name] = ((html or PAGE).replace("{attributes}", f"{token} {attributes}"), headers)
        widget = cls(context.new_page(), chat, who or "guest")
        widget.page.on("pageerror", lambda error: widget.errors.append(str(error)))
        widget.page.on(
            "console", lambda line: widget.errors.append(line.text) if "Content Security Policy" in line.text else None
        )
        widget.page.goto(f"{chat.url}/pages/{name}")
        return widget

    @property
    def element(self) -> Locator:
        """The custom element; locators below it look into its shadow root."""
        return self.page.locator("huanban-chat")

    @property
    def launcher(self) -> Locator:
        """The button that floats."""
        return self.element.locator(".launcher")

    @property
    def panel(self) -> Locator:
        """The conversation's window."""
        return self.element.locator("dialog")

    @property
    def input(self) -> Locator:
        """Where one writes."""
        return self.element.locator("textarea.input")

    @property
    def log(self) -> Locator:
        """The conversation."""
        return self.element.locator(".scroller")

    def open(self) -> WidgetPage:
        """Taps the launcher."""
        self.launcher.click()
        expect(self.panel).to_be_visible()
        return self

    def says(self, text: str) -> WidgetPage:
        """Types and sends."""
        self.input.fill(text)
        self.input.press("Enter")
        return self

    def hears(self, *texts: str) -> WidgetPage:
        """Waits until the bot has said each of these."""
        for text in texts:
            expect(self.log.locator(".bot").filter(has_text=text).last).to_be_visible()
        return self

    def shows(self, kind: str) -> Locator:
        """Waits for a card of a kind."""
        card = self.element.locator(f".card-{kind}").last
        expect(card).to_be_visible()
        return card

    def button(self, name: str) -> Locator:
        """A button by what it says."""
        return self.element.get_by_role("button", name=name, exact=True)

    def notice(self) -> Locator:
        """What is said about the line."""
        return self.element.locator(".notices")

    def bubbles(self, side: str = "mine") -> list[str]:
        """What stands in the bubbles of one side, without what only screen readers hear."""
        texts: list[str] = self.log.locator(f".{side} > .bubble").evaluate_all(
            "list => list.map(b => [...b.querySelectorAll('p')].map(p => p.textContent).join('\\n'))"
        )
        return texts

    def evaluate(self, script: str, argument: Any = None) -> Any:
        """Runs a function with the element's shadow root."""
        return self.element.evaluate(f"(element, given) => ({script})(element.shadowRoot, given)", argument)

    def focused(self) -> str:
        """Class and text of what has the focus."""
        return str(
            self.page.evaluate(
                """() => { let a = document.activeElement; while (a?.shadowRoot?.activeElement) a = a.shadowRoot.activeElement;
                const name = a?.getAttribute('aria-label') ?? a?.textContent.trim().slice(0, 30);
                return a ? `${a.tagName.toLowerCase()}.${a.className} ${name}` : '' }"""
            )
        )

    def faults(self) -> list[str]:
        """What axe-core finds, each as `rule: element`; empty is good."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        # Axe looks through what is still fading in.
        self.evaluate(
            """async root => { await Promise.all(root.getAnimations().filter(a => a.effect.getComputedTiming().iterations < 99)
            .map(a => a.finished.catch(() => 0))) }"""
        )
        found: list[str] = self.page.evaluate(
            """async () => {
              const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
              const { violations } = await axe.run(document, {runOnly: rules});
              return violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target.flat().join(' ')} ${n.failureSummary}`)) }"""
        )
        return found

    def photograph(self, folder: Path, name: str) -> None:
        """A picture of the page."""
        folder.mkdir(parents=True, exist_ok=True)
        self.page.mouse.move(0, 0)
        self.page.screenshot(path=folder / f"{name}.png")

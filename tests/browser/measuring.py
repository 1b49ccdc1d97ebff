"""What is really on the screen: sizes, distances, colours, targets. Measured element by element."""

from __future__ import annotations

from typing import Any

from tests.browser.widget_page import WidgetPage

# Every state in which something else stands on the screen, by what brings it about.
STATES = (
    "原因",
    "我欠多少",
    "逾期",
    "计划",
    "对比",
    "换日子",
    "每月",
    "晚半个月",
    "file",
    "进度",
    "结果",
    "还款链接",
    "证明",
    "再见",
)

_SEEN = """
  const seen = e => { const b = e.getBoundingClientRect(); const s = getComputedStyle(e);
    return b.width > 1 && b.height > 1 && s.visibility !== 'hidden' && !e.closest('.sr') };
  const all = [...root.querySelectorAll('*')].filter(seen);
"""
_COLOURS = """
  const rgb = text => { const n = (text.match(/[\\d.]+/g) ?? []).map(Number);
    return text.startsWith('color(srgb') ? [n[0] * 255, n[1] * 255, n[2] * 255, n[3] ?? 1] : [n[0], n[1], n[2], n[3] ?? 1] };
  const linear = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => { const [x, y, z] = [r, g, b].map(linear);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z };
  const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05) };
  const behind = e => { for (let n = e; n; n = n.parentElement ?? n.getRootNode().host) {
    const c = rgb(getComputedStyle(n).backgroundColor); if (c[3] === 1) return c } return [255, 255, 255, 1] };
"""


def texts(widget: WidgetPage) -> list[dict[str, Any]]:
    """Every text on the screen: `text, size, line, contrast`; sizes in CSS px, `line` in multiples of the size."""
    found: list[dict[str, Any]] = widget.evaluate(
        "root => {"
        + _SEEN
        + _COLOURS
        + """
        return all.filter(e => !e.closest('svg') && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
          .map(e => { const s = getComputedStyle(e); const size = parseFloat(s.fontSize);
            return {text: e.textContent.trim().slice(0, 24), size, line: parseFloat(s.lineHeight) / size,
              contrast: contrast(rgb(s.color), behind(e))} }) }"""
    )
    return found


def icons(widget: WidgetPage) -> list[dict[str, Any]]:
    """Every icon on the screen and every bar of a picture: `what, contrast`."""
    found: list[dict[str, Any]] = widget.evaluate(
        "root => {"
        + _SEEN
        + _COLOURS
        + """
        const drawn = all.filter(e => e.matches('svg.icon')).map(e => ({what: e.parentElement.outerHTML.slice(0, 60),
          contrast: contrast(rgb(getComputedStyle(e).stroke), behind(e))}));
        const bars = [...root.querySelectorAll('.fill-principal, .fill-interest, .fill-fee')].map(e => ({
          what: e.className.baseVal, contrast: contrast(rgb(getComputedStyle(e).fill), behind(e.closest('.card')))}));
        return [...drawn, ...bars] }"""
    )
    return found


def targets(widget: WidgetPage) -> list[dict[str, Any]]:
    """Everything that can be tapped: `what, width, height`; a box to tick counts with the label around it."""
    found: list[dict[str, Any]] = widget.evaluate(
        "root => {"
        + _SEEN
        + """
        return all.filter(e => e.matches('button, a, textarea, label.button, label.score, input:not(label input)'))
          .filter(e => !e.disabled && !e.closest('[inert]'))
          .map(e => { const b = e.getBoundingClientRect(); return {what: (e.className || e.tagName) + ' ' +
            (e.getAttribute('aria-label') ?? e.textContent).trim().slice(0, 20), width: b.width, height: b.height} }) }"""
    )
    return found


def paragraph_gaps(widget: WidgetPage) -> list[dict[str, float]]:
    """For neighbouring paragraphs of a bubble: `gap` between them, `leading` between lines, `pitch` from line to line."""
    found: list[dict[str, float]] = widget.evaluate(
        """root => [...root.querySelectorAll('.bubble p + p')].map(p => { const s = getComputedStyle(p);
          const line = parseFloat(s.lineHeight), size = parseFloat(s.fontSize);
          const gap = p.getBoundingClientRect().top - p.previousElementSibling.getBoundingClientRect().bottom;
          return {gap, leading: line - size, pitch: line} })"""
    )
    return found


def sideways(widget: WidgetPage) -> list[str]:
    """What sticks out of the window to the side, or would have to be scrolled sideways."""
    found: list[str] = widget.evaluate(
        "root => {"
        + _SEEN
        + """
        const out = all.filter(e => { const b = e.getBoundingClientRect();
          return !e.closest('svg') && (b.right > innerWidth + 1 || b.left < -1) });
        const scrolls = all.filter(e => e.scrollWidth > e.clientWidth + 1
          && getComputedStyle(e).overflowX !== 'visible' && e.tagName !== 'TEXTAREA');
        return [...out, ...scrolls].map(e => e.tagName + '.' + e.className + ' ' + e.textContent.trim().slice(0, 20)) }"""
    )
    return found

"""The report: figures, the confusions that matter as a picture, the worst examples. One HTML file without outside parts."""

from __future__ import annotations

from html import escape

from bot.evaluation.evaluation import Evaluation, table

_CELL, _MARGIN, _MOST = 22, 190, 28


def html(evaluations: dict[str, Evaluation], data_name: str) -> str:
    """The whole page."""
    first = next(iter(evaluations.values()))
    rows = "".join(
        f"<tr><td>{escape(row.text)}</td><td>{row.intent}</td><td>{said.best}</td><td>{said.confidence:.2f}</td></tr>"
        for row, said in first.worst
    )
    return f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Huanban: how well it understands</title>
<style>body{{font:15px/1.5 sans-serif;margin:2em;max-width:70em}}pre{{background:#f4f4f4;padding:1em;overflow:auto}}
td,th{{padding:.2em .8em;text-align:left;border-bottom:1px solid #ddd}}</style>
<h1>How well it understands</h1>
<p>Labelled sentences: {escape(data_name)}. Shares with 95 % intervals (Wilson).</p>
<pre>{escape(table(evaluations))}</pre>
<h2>What is taken for what</h2>
<p>Rows: the right intent. Columns: what it was taken for. The darker, the more often.</p>
{confusion_picture(first)}
<h2>The mistakes it was surest of</h2>
<table><tr><th>sentence</th><th>right</th><th>taken for</th><th>probability</th></tr>{rows}</table>
</html>
"""


def confusion_picture(found: Evaluation) -> str:
    """The confusions as an SVG, of the intents most often concerned."""
    weight: dict[str, int] = {}
    for (label, taken), times in found.confusions.items():
        weight[label] = weight.get(label, 0) + times
        weight[taken] = weight.get(taken, 0) + times
    names = sorted(weight, key=lambda name: -weight[name])[:_MOST]
    place = {name: number for number, name in enumerate(sorted(names))}
    most = max([times for pair, times in found.confusions.items() if set(pair) <= set(place)], default=1)
    size = _MARGIN + _CELL * len(place)
    parts = [
        f'<text x="{_MARGIN - 6}" y="{_MARGIN + n * _CELL + 15}" text-anchor="end">{name}</text>'
        f'<text transform="translate({_MARGIN + n * _CELL + 15},{_MARGIN - 6}) rotate(-90)">{name}</text>'
        for name, n in place.items()
    ]
    for (label, taken), times in found.confusions.items():
        if label in place and taken in place:
            x, y = _MARGIN + place[taken] * _CELL, _MARGIN + place[label] * _CELL
            shade = 0.15 + 0.85 * times / most
            parts.append(
                f'<rect x="{x}" y="{y}" width="{_CELL}" height="{_CELL}" fill="#b3261e" fill-opacity="{shade:.2f}"/>'
                f'<text x="{x + _CELL / 2}" y="{y + 15}" text-anchor="middle">{times}</text>'
            )
    return (
        f'<svg role="img" aria-label="confusions" width="{size}" height="{size}" font-size="11" font-family="sans-serif">'
        f"{''.join(parts)}</svg>"
    )

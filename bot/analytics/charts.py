"""Draws charts as SVG that stands in an HTML page: nothing to load, no script, text that can be selected."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import date

import matplotlib  # type: ignore[import-untyped]
from matplotlib.axes import Axes  # type: ignore[import-untyped]
from matplotlib.dates import AutoDateLocator, DateFormatter  # type: ignore[import-untyped]
from matplotlib.figure import Figure  # type: ignore[import-untyped]
from matplotlib.ticker import MaxNLocator  # type: ignore[import-untyped]

# Told apart also by those who see red and green alike (Okabe and Ito 2008).
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
INK, LINES = "#3b4252", "#d8dee6"
# In inches; text is 11 points high, to be read on a phone too.
WIDTH, LETTERS = 6.0, 11
MOST_LETTERS = 30
_NEEDLESS = re.compile(r"<metadata>.*?</metadata>|<defs>\s*<style.*?</style>\s*</defs>|<!--.*?-->", re.DOTALL)


def by_day(name: str, days: Sequence[date], counts: Mapping[str, Sequence[int]]) -> str:
    """Stacked columns, one a day.

    Args:
        name: of the chart, no other's on the page.
        days: in order.
        counts: of each kind, one number a day.
    """
    figure, axes = _canvas(2.9)
    below = [0] * len(days)
    for colour, (kind, values) in zip(_colours(len(counts)), counts.items(), strict=True):
        axes.bar(days, values, bottom=below, width=0.8, color=colour, label=kind)
        below = [one + other for one, other in zip(below, values, strict=True)]
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.xaxis.set_major_locator(AutoDateLocator(minticks=2, maxticks=7))
    axes.xaxis.set_major_formatter(DateFormatter("%-d %b"))
    axes.grid(axis="y", color=LINES)
    if counts:
        _legend(axes)
    return _svg(figure, name)


def bars(name: str, things: Sequence[str], counts: Mapping[str, Sequence[int]]) -> str:
    """Lying bars, one for each thing that is counted; parts of a bar are laid end to end.

    Args:
        name: of the chart, no other's on the page.
        things: the first on top.
        counts: of each part, one number for each thing.
    """
    figure, axes = _canvas(0.5 + 0.3 * len(things))
    left = [0] * len(things)
    for colour, (part, values) in zip(_colours(len(counts)), counts.items(), strict=True):
        axes.barh(range(len(things)), values, left=left, height=0.66, color=colour, label=part)
        left = [one + other for one, other in zip(left, values, strict=True)]
    axes.set_yticks(range(len(things)))
    axes.set_yticklabels([_label(it) for it in things])
    axes.invert_yaxis()
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axes.grid(axis="x", color=LINES)
    if len(counts) > 1:
        _legend(axes)
    return _svg(figure, name)


def _canvas(height: float) -> tuple[Figure, Axes]:
    # A figure of its own: pyplot would keep all of them.
    figure = Figure(figsize=(WIDTH, height), constrained_layout=True)
    axes = figure.add_subplot()
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(LINES)
    axes.tick_params(length=0, colors=INK, labelsize=LETTERS)
    return figure, axes


def _legend(axes: Axes) -> None:
    # Above the drawing, where it hides nothing.
    place = {"loc": "lower left", "bbox_to_anchor": (0, 1), "borderaxespad": 0.3}
    axes.legend(ncol=4, frameon=False, fontsize=LETTERS, handlelength=1, columnspacing=1.2, labelcolor=INK, **place)


def _svg(figure: Figure, name: str) -> str:
    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    drawing = buffer.getvalue()
    drawing = drawing[drawing.index("<svg") :]
    drawing = re.sub(
        r"<metadata>.*?</metadata>|<defs>\s*<style.*?</style>\s*</defs>|<!--.*?-->", "", drawing, flags=re.DOTALL
    )
    # The page sets its size and says what it shows; and no two elements of a page may have one id.
    drawing = re.sub(r' id="[A-Za-z0-9.]+_[0-9]+"| xmlns(:xlink)?="[^"]*"', "", drawing)
    return re.sub(r'<svg width="[^"]*" height="[^"]*"', '<svg aria-hidden="true"', drawing, count=1)


def _colours(count: int) -> list[str]:
    return [COLOURS[i % len(COLOURS)] for i in range(count)]


def _label(name: str) -> str:
    short = name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 3].rstrip()}..."
    return short.replace("$", r"\$")  # else it begins a formula

"""What was measured, side by side, with what it was meant to be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

HEADINGS = ("", "this assistant", "Rasa's default", "ratio", "target", "holds")


@dataclass(frozen=True)
class Line:
    """One figure of both sides."""

    name: str
    ours: float
    baseline: Optional[float] = None
    unit: str = ""
    digits: int = 0
    at_most: Optional[float] = None
    """What the ratio of ours to the baseline's may be."""
    at_least: Optional[float] = None
    is_of_ours: bool = False
    """Whether the target is about ours alone, whatever the baseline does."""

    @property
    def ratio(self) -> Optional[float]:
        """Of ours to the baseline's; None where they are not to be compared."""
        return self.ours / self.baseline if self.baseline and not self.is_of_ours else None

    @property
    def holds(self) -> Optional[bool]:
        """Whether the target is met; None where there is none."""
        compared = self.ours if self.is_of_ours else self.ratio
        if self.at_most is not None:
            return compared is not None and compared <= self.at_most
        if self.at_least is not None:
            return compared is not None and compared >= self.at_least
        return None

    def cells(self) -> tuple[str, ...]:
        """The line as a row of the table."""
        return (
            self.name,
            self._value(self.ours),
            "" if self.baseline is None else self._value(self.baseline),
            "" if self.ratio is None else f"{self.ratio:.2f}",
            self._target(),
            {None: "", True: "yes", False: "NO"}[self.holds],
        )

    def _value(self, value: float) -> str:
        return f"{value:,.{self.digits}f}{f' {self.unit}' if self.unit else ''}"

    def _target(self) -> str:
        unit = f" {self.unit}" if self.is_of_ours and self.unit else ""
        if self.at_most is not None:
            return f"at most {self.at_most:.3g}{unit}"
        return "" if self.at_least is None else f"at least {self.at_least:.3g}{unit}"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that at least that share of them do not exceed.

    Args:
        values: at least one.
        share: from 0 to 1; 0.99 is the 99th percentile.
    """
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def table(lines: Sequence[Line]) -> str:
    """The lines as a table in Markdown, with columns that are as wide as they need to be in a terminal too."""
    rows = [HEADINGS, *(it.cells() for it in lines)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADINGS))]
    # Names to the left, everything else to the right.
    rule = (
        "| " + " | ".join("-" * width if at == 0 else "-" * (width - 1) + ":" for at, width in enumerate(widths)) + " |"
    )
    texts = [_row(row, widths) for row in rows]
    return "\n".join([texts[0], rule, *texts[1:]])


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (
        cell.ljust(width) if at == 0 else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"| {' | '.join([first, *others])} |"

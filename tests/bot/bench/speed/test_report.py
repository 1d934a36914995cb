"""A figure is told with its target, and whether it holds."""

from __future__ import annotations

import pytest

from bot.bench.speed.report import Line, percentile, table


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([7.0], 0.99, 7.0),
        ([3.0, 1.0, 2.0], 0.5, 2.0),
        ([4.0, 1.0, 3.0, 2.0], 0.5, 2.0),
        ([float(it) for it in range(100, 0, -1)], 0.99, 99.0),
        ([float(it) for it in range(1, 51)], 0.99, 50.0),
        ([1.0, 2.0], 0.0, 1.0),
    ],
)
def test_percentile(values: list[float], share: float, expected: float) -> None:
    assert percentile(values, share) == expected


@pytest.mark.parametrize(
    ("line", "ratio", "target", "holds"),
    [
        (Line("turn", 10, 40, at_most=1 / 3), "0.25", "at most 0.333", "yes"),
        (Line("turn", 20, 40, at_most=1 / 3), "0.50", "at most 0.333", "NO"),
        (Line("rate", 40, 10, at_least=4), "4.00", "at least 4", "yes"),
        (Line("rate", 39, 10, at_least=4), "3.90", "at least 4", "NO"),
        (Line("size", 1, 2), "0.50", "", ""),
        (Line("growth", 4, 50, unit="%", at_most=5, is_of_ours=True), "", "at most 5 %", "yes"),
        (Line("failed", 1, 0, at_most=0, is_of_ours=True), "", "at most 0", "NO"),
    ],
)
def test_line_says_whether_it_holds(line: Line, ratio: str, target: str, holds: str) -> None:
    assert line.cells()[3:] == (ratio, target, holds)


def test_values_have_their_units_and_digits() -> None:
    assert Line("memory", 1234.56, 12.3, unit="MB", digits=1).cells()[1:3] == ("1,234.6 MB", "12.3 MB")
    assert Line("alone", 1.5, digits=2, is_of_ours=True).cells()[1:3] == ("1.50", "")


def test_nothing_to_compare_with_holds_no_target() -> None:
    # A baseline that measured nothing proves nothing.
    assert Line("rate", 40, 0, at_least=4).holds is False


def test_table_is_markdown_with_straight_columns() -> None:
    rows = table([Line("a", 1, 2), Line("a longer name", 1000, 2, unit="ms", at_most=3)]).splitlines()
    assert len({len(row) for row in rows}) == 1
    assert all(row.count("|") == 7 for row in rows)
    assert rows[1].startswith("| ---") and rows[1].endswith("-: |")

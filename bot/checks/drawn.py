"""Whether the PNG of each picture shows the drawing as it is now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.drawings import as_png, drawings
from bot.pictures import PNG


def problems_of_pictures(data: Path) -> Iterator[str]:
    """Which PNGs are to be drawn anew; one that is missing is named where its answer is checked."""
    for drawing in drawings(data):
        png = drawing.parent / PNG
        try:
            if png.is_file() and png.read_bytes() != as_png(drawing):
                yield f"{png} shows an older drawing, make it anew with 'make pictures'"
        except ValueError as error:
            yield f"{drawing} cannot be drawn: {error}; save it again as SVG"

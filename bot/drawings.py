"""``make pictures``: draws the PNG of every picture anew, for Slack and Telegram, which take no SVG."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import resvg_py

from bot.pictures import DRAWING, PNG
from bot.wording import DATA

# Sharp on every screen, and not heavy: about 100 kB.
ZOOM = 3
FONT = "DejaVu Sans"
FONT_FILES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")


def main() -> None:
    """Says which were drawn."""
    for drawing in drawings():
        (drawing.parent / PNG).write_bytes(as_png(drawing))
        print(f"{drawing.parent / PNG} is drawn anew.")


def drawings(data: Path = DATA) -> list[Path]:
    """The drawing of every topic that has one."""
    return sorted(data.glob(f"*/{DRAWING}"))


def as_png(drawing: Path) -> bytes:
    """The drawing in its light colours as a PNG file, the same on every machine.

    Raises:
        ValueError: if the drawing is not SVG.
    """
    return resvg_py.svg_to_bytes(
        svg_path=str(drawing),
        zoom=ZOOM,
        # The fonts of a machine differ; these come with a package of the lock.
        skip_system_fonts=True,
        font_files=_font_files(),
        font_family=FONT,
        sans_serif_family=FONT,
    )


def _font_files() -> list[str]:
    package = find_spec("matplotlib")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("matplotlib, which carries the fonts of the pictures, is not installed: make setup")
    folder = Path(package.origin).parent / "mpl-data" / "fonts" / "ttf"
    return [str(folder / name) for name in FONT_FILES]


if __name__ == "__main__":
    main()

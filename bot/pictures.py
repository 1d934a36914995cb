"""The pictures that go with answers: a drawing beside ``answers.yml``, and the same as PNG for who takes no SVG."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

DRAWING = "picture.svg"
PNG = "picture.png"
# Where the website's channel shows them; the name in it is the topic's.
ADDRESS = "/chat/pictures"


class PictureError(Exception):
    """A picture that cannot be shown; the message says which file and how to mend it."""


@dataclass(frozen=True)
class Picture:
    """A drawing as a page shows it."""

    address: str
    """Its path on the assistant's server."""
    width: int
    """In pixels of a page, as is the height; a page keeps that much room for it."""
    height: int


def read_picture(folder: Path) -> Picture:
    """The picture of the topic that has this folder.

    Raises:
        PictureError: if the drawing or its PNG is missing, or the drawing does not say its size.
    """
    drawing = folder / DRAWING
    if not drawing.is_file():
        raise PictureError(f"{drawing} is missing, draw it or remove the fields image and image_alt")
    if not (folder / PNG).is_file():
        raise PictureError(f"{folder / PNG} is missing, make it with 'make pictures'")
    try:
        _, _, width, height = map(float, ElementTree.parse(drawing).getroot().attrib["viewBox"].split())
    except ElementTree.ParseError as error:
        raise PictureError(f"{drawing} is not valid SVG: {error}; save it again as SVG") from error
    except (KeyError, ValueError) as error:
        raise PictureError(f'{drawing} does not say its size, add viewBox="0 0 300 400" to its first line') from error
    return Picture(f"{ADDRESS}/{folder.name}.svg", round(width), round(height))


def png_address(address: str) -> str:
    """Where the PNG of a drawing is found; the address of another picture stays as it is."""
    return f"{address.removesuffix('.svg')}.png" if address.startswith(f"{ADDRESS}/") else address

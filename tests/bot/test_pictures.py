"""What a picture promises: a size, words, the same as PNG, and colours that all can tell from the ground."""

from __future__ import annotations

import re
import struct
from itertools import chain
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bot.drawings import ZOOM, as_png, drawings
from bot.knowledge import Knowledge
from bot.pictures import DRAWING, PNG, png_address, read_picture
from bot.settings import ROOT, Clinic

DATA = ROOT / "data"
SVG = "{http://www.w3.org/2000/svg}"
DRAWN = [it.parent.name for it in drawings()]
# Of text; of what else must be seen (WCAG 2.2, 1.4.3 and 1.4.11).
CONTRAST_OF_TEXT, CONTRAST_OF_LINES = 4.5, 3.0


def source(topic: str) -> str:
    return (DATA / topic / DRAWING).read_text(encoding="utf-8")


def words(topic: str) -> str:
    return " ".join(it.text or "" for it in ElementTree.fromstring(source(topic)).iter(f"{SVG}text"))


def colours(topic: str, theme: str) -> dict[str, dict[str, str]]:
    """The fill and stroke of each class, as a theme has them."""
    light, dark = re.split(r"@media[^{]*dark\)\s*\{", source(topic).partition("<style>")[2].partition("</style>")[0])
    rules = re.findall(r"([.\w]+) \{([^}]*)\}", light + (dark if theme == "dark" else ""))
    found: dict[str, dict[str, str]] = {}
    for name, rule in rules:
        found.setdefault(name, {}).update(dict(re.findall(r"(fill|stroke): (#\w+)", rule)))
    return found


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * it for it in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (it / 12.92 if it <= 0.04045 else ((it + 0.055) / 1.055) ** 2.4 for it in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_causes_and_the_course_are_drawn(knowledge: Knowledge) -> None:
    assert set(knowledge.pictures) >= {"ask_why_breakout", "ask_how_long"}
    assert {f"ask_{it}" for it in DRAWN} == set(knowledge.pictures)


@pytest.mark.parametrize("topic", DRAWN)
def test_the_png_is_in_step_with_the_drawing(topic: str) -> None:
    drawn, kept = as_png(DATA / topic / DRAWING), (DATA / topic / PNG).read_bytes()
    assert drawn == kept, "the drawing has changed: make pictures"
    picture = read_picture(DATA / topic)
    assert struct.unpack(">II", kept[16:24]) == (picture.width * ZOOM, picture.height * ZOOM)


def test_a_changed_drawing_is_another_png(tmp_path: Path) -> None:
    changed = tmp_path / DRAWING
    changed.write_text(source("how_long").replace("a few weeks", "a few days"), encoding="utf-8")
    assert as_png(changed) != (DATA / "how_long" / PNG).read_bytes()


@pytest.mark.parametrize("topic", DRAWN)
def test_a_drawing_says_its_size_and_runs_nothing(topic: str) -> None:
    root = ElementTree.fromstring(source(topic))
    picture = read_picture(DATA / topic)
    assert (root.get("width"), root.get("height")) == (str(picture.width), str(picture.height))
    # At 320 px a bubble has about 270 px of room.
    assert picture.width <= 300
    used = {it.tag.removeprefix(SVG) for it in root.iter()}
    assert used <= {"svg", "style", "g", "rect", "path", "circle", "text", "clipPath"}
    assert not [it for it in chain.from_iterable(node.keys() for node in root.iter()) if "href" in it or it[:2] == "on"]


@pytest.mark.parametrize("topic", DRAWN)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_lines_stand_out(topic: str, theme: str) -> None:
    found = colours(topic, theme)
    ground = found[".ground"]["fill"]
    on = {".number": found[".full"]["fill"] if ".full" in found else ground}
    on |= {".mark": found[".sign"]["fill"]} if ".sign" in found else {}
    on |= {".plug": found[".skin"]["fill"], ".blood": found[".skin"]["fill"]} if ".skin" in found else {}
    for name in ("text", ".small", ".number", ".mark"):
        if fill := found.get(name, {}).get("fill"):
            assert contrast(fill, on.get(name, ground)) >= CONTRAST_OF_TEXT, name
    if box := found.get(".box"):
        assert contrast(found["text"]["fill"], box["fill"]) >= CONTRAST_OF_TEXT
    for name in (".line", ".other", ".axis", ".blood", ".plug"):
        if rule := found.get(name):
            assert contrast(rule.get("stroke", rule.get("fill", "")), on.get(name, ground)) >= CONTRAST_OF_LINES, name


@pytest.mark.parametrize("topic", DRAWN)
def test_a_picture_holds_no_number_that_the_guide_or_the_clinic_could_contradict(topic: str, clinic: Clinic) -> None:
    drawn, told = words(topic), str(read_alt(topic))
    # The steps of a drawing are numbered by themselves.
    assert not re.search(r"\d+\s*(-|to|–|day|week|hour|month)", drawn + told)
    assert not re.search(r"\b(one|two|three|four|five|six|seven)\s+(day|week|month)", (drawn + told).lower())


@pytest.mark.parametrize("topic", DRAWN)
def test_who_cannot_see_it_is_told_the_same(topic: str) -> None:
    told = set(re.findall(r"\w+", read_alt(topic).lower()))
    shown = {it for it in re.findall(r"[a-z]{4,}", words(topic).lower())}
    assert shown - told == set()


def read_alt(topic: str) -> str:
    text = (DATA / topic / "answers.yml").read_text(encoding="utf-8")
    return " ".join(text.partition("image_alt: >-")[2].split())


def test_warnings_carry_no_picture() -> None:
    for file in DATA.glob("*/responses.yml"):
        assert "image:" not in file.read_text(encoding="utf-8"), file


@pytest.mark.parametrize(
    ("address", "png"),
    [
        ("/chat/pictures/oil.svg", "/chat/pictures/oil.png"),
        ("/chat/icon.svg", "/chat/icon.svg"),
        ("https://cdn.example/oil.svg", "https://cdn.example/oil.svg"),
    ],
)
def test_only_our_own_pictures_have_a_png(address: str, png: str) -> None:
    assert png_address(address) == png

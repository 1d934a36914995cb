"""Pictures in the chat: seen on every screen, told to who can't see them, and no harm where they can't be loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from bot.knowledge import Knowledge
from bot.processes import HOST, demo_address
from tests.assistant import Assistant
from tests.web.conftest import ask, open_chat, visit

QUESTIONS = {"ask_why_breakout": "why am i breaking out", "ask_how_long": "how long will it last"}
IS_LOADED = "it => it.complete && it.naturalWidth > 0"


def answer(page: Page, topic: str) -> Locator:
    ask(page, QUESTIONS[topic])
    shown = page.locator(f"[data-answer={topic}]")
    shown.wait_for()
    return shown


def picture_in(shown: Locator) -> Locator:
    picture = shown.locator("img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate(IS_LOADED)
    return picture


@pytest.mark.parametrize("topic", QUESTIONS)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(320, 640), (390, 844), (1280, 800)])
def test_a_picture_is_whole_and_large_enough_to_read(
    browser: Browser, assistant: Assistant, screenshots: Path, topic: str, theme: Any, width: int, height: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
    page = visit(context, demo_address(assistant.settings))
    open_chat(page)
    picture = picture_in(answer(page, topic))
    box = picture.bounding_box()
    assert box and box["width"] >= 270 and box["x"] >= 0 and box["x"] + box["width"] <= width
    # As drawn: nothing is squeezed.
    drawn = picture.evaluate("it => it.naturalHeight / it.naturalWidth")
    assert box["height"] / box["width"] == pytest.approx(drawn, rel=0.01)
    page.screenshot(path=screenshots / f"picture-{topic}-{width}-{theme}.png")
    context.close()


@pytest.mark.parametrize("topic", QUESTIONS)
def test_a_picture_is_told_in_words(page: Page, knowledge: Knowledge, topic: str) -> None:
    open_chat(page)
    answer(page, topic)
    expect(page.get_by_role("img", name=str(knowledge.answers[topic].image_alt))).to_have_count(1)


def test_nothing_moves_when_a_picture_arrives(page: Page) -> None:
    waiting: list[Route] = []
    page.route("**/chat/pictures/**", lambda route: waiting.append(route))
    open_chat(page)
    shown = answer(page, "ask_how_long")
    expect(shown.locator("p").first).to_be_visible()  # the words do not wait for it
    page.wait_for_timeout(200)
    before = shown.bounding_box()
    assert len(waiting) == 1 and before and before["height"] > 400
    waiting[0].continue_()
    picture_in(shown)
    after = shown.bounding_box()
    assert after and after["height"] == before["height"]


def test_a_picture_that_cannot_be_loaded_leaves_its_words(page: Page, knowledge: Knowledge) -> None:
    page.route("**/chat/pictures/**", lambda route: route.abort())
    open_chat(page)
    shown = answer(page, "ask_why_breakout")
    expect(shown).to_contain_text("healing skin gets more blood")
    expect(shown).to_contain_text(str(knowledge.answers["ask_why_breakout"].image_alt))
    expect(shown.locator("img")).to_have_count(0)
    expect(page.get_by_role("button", name="Is this normal?")).to_be_visible()


def test_a_picture_follows_the_theme_of_the_chat(page: Page) -> None:
    page.get_by_label("Theme").select_option("dark")
    open_chat(page)
    picture = picture_in(answer(page, "ask_how_long"))
    pixel = picture.evaluate(
        """it => {
            const canvas = document.createElement("canvas");
            const context = canvas.getContext("2d");
            canvas.width = canvas.height = 3;
            it.parentNode.append(canvas);
            context.drawImage(it, 0, 0, 300, 456);
            return [...context.getImageData(1, 1, 1, 1).data];
        }"""
    )
    assert sum(pixel[:3]) < 200


def test_the_conversation_shows_its_pictures_again(page: Page) -> None:
    open_chat(page)
    answer(page, "ask_why_breakout")
    page.reload()
    open_chat(page)
    picture_in(page.locator("[data-answer=ask_why_breakout]"))


def test_a_warning_has_no_picture(page: Page) -> None:
    open_chat(page)
    ask(page, "why am i breaking out, and i cant breathe")
    page.locator(".alert").wait_for()
    count = page.locator(".message.bot").count()
    ask(page, "how long will it last")
    page.locator(".message.bot").nth(count).wait_for()
    expect(page.locator("clinic-chat img")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "kind", "begins"),
    [("how_long.svg", "image/svg+xml", b"<svg"), ("why_breakout.png", "image/png", b"\x89PNG")],
)
def test_anyone_may_load_and_keep_a_picture(assistant: Assistant, name: str, kind: str, begins: bytes) -> None:
    response = requests.get(f"http://{HOST}:{assistant.settings.port}/chat/pictures/{name}", timeout=10)
    assert response.status_code == 200 and response.content.startswith(begins)
    assert response.headers["Content-Type"] == kind
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "script-src" not in response.headers["Content-Security-Policy"]
    assert {"default-src 'none'", "sandbox"} <= set(response.headers["Content-Security-Policy"].split("; "))


@pytest.mark.parametrize(
    "name",
    [
        "oil.svg",
        "how_long.yml",
        "how_long",
        ".svg",
        "..%2Fclinic.yml",
        "how_long%2Fpicture.svg",
        "how_long.svg%00",
        "x" * 99,
    ],
)
def test_nothing_else_is_served(assistant: Assistant, name: str) -> None:
    response = requests.get(f"http://{HOST}:{assistant.settings.port}/chat/pictures/{name}", timeout=10)
    assert response.status_code == 404 and response.json()["error"]["code"] == "not_served"


def test_a_drawing_opened_by_itself_shows_its_colours(context: BrowserContext, assistant: Assistant) -> None:
    page = visit(context, f"http://{HOST}:{assistant.settings.port}/chat/pictures/how_long.svg")
    assert page.locator(".ground").evaluate("it => getComputedStyle(it).fill") == "rgb(243, 248, 248)"

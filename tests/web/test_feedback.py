"""The thumbs below an answer, in a real browser against the running assistant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from bot.processes import demo_address
from tests.assistant import Assistant
from tests.web.conftest import ask, open_chat, visit
from tests.web.test_accessibility import RULES, SMALLEST_TARGET, focused

UP, DOWN = "This helped", "This did not help"
REASONS = ("Not what I asked", "Hard to understand", "Something is missing")

Kept = Callable[[], list[tuple[str, bool, str | None]]]


@pytest.fixture
def answered(page: Page) -> Page:
    """The chat with one answer."""
    open_chat(page)
    ask(page, "how long will it last")
    answer(page).wait_for()
    return page


@pytest.fixture
def kept(page: Page, assistant: Assistant) -> Kept:
    """What the server has of it."""

    def read() -> list[tuple[str, bool, str | None]]:
        stored = page.evaluate("Object.values(localStorage).map((it) => JSON.parse(it).begun?.id).find(Boolean)")
        talk = assistant.conversation()
        talk.sender = stored
        return talk.feedback()

    return read


def answer(page: Page, topic: str = "ask_how_long") -> Locator:
    return page.locator(f"[data-answer={topic}]")


def thumb(page: Page, name: str) -> Locator:
    return answer(page).get_by_role("button", name=name)


def expect_pressed(page: Page, up: bool, down: bool) -> None:
    for name, is_pressed in ((UP, up), (DOWN, down)):
        expect(thumb(page, name)).to_have_attribute("aria-pressed", str(is_pressed).lower())


def polite(page: Page) -> Locator:
    return page.locator("clinic-chat [aria-live=polite]")


def test_each_answer_has_two_thumbs_and_nothing_else_has(page: Page) -> None:
    open_chat(page)
    ask(page, "why am i breaking out and how long will it last")
    answer(page).wait_for()
    assert [answer(page, it).get_by_role("button").count() for it in ("ask_why_breakout", "ask_how_long")] == [2, 2]
    expect_pressed(page, up=False, down=False)
    ask(page, "my throat feels like its closing up")
    page.locator(".alert").first.wait_for()
    ask(page, "what is the weather")
    expect(page.locator(".message.user")).to_have_count(3)
    page.wait_for_timeout(500)
    expect(page.get_by_role("button", name=UP)).to_have_count(2)
    expect(page.locator(".greeting button, .alert button, .user button")).to_have_count(0)


def test_a_thumb_up_is_thanked_for_and_is_there_after_a_reload(answered: Page, kept: Kept) -> None:
    thumb(answered, UP).click()
    expect(polite(answered)).to_contain_text("Thank you.")
    expect_pressed(answered, up=True, down=False)
    assert kept() == [("ask_how_long", True, None)]
    expect(answer(answered).get_by_role("button")).to_have_count(2)
    answered.reload()
    open_chat(answered)
    answer(answered).wait_for()
    expect_pressed(answered, up=True, down=False)


def test_a_thumb_down_may_say_why(answered: Page, kept: Kept, screenshots: Path) -> None:
    thumb(answered, DOWN).click()
    expect(polite(answered)).to_contain_text("If you like, tell us why")
    for reason in REASONS:
        expect(thumb(answered, reason)).to_be_in_viewport()
    assert kept() == [("ask_how_long", False, None)]
    answered.screenshot(path=screenshots / "why-not.png")
    thumb(answered, "Hard to understand").click()
    expect(answer(answered).get_by_text("Thank you.")).to_be_visible()
    expect(answer(answered).get_by_role("button")).to_have_count(2)
    assert kept() == [("ask_how_long", False, "unclear")]


def test_the_reasons_can_be_ignored(answered: Page, kept: Kept) -> None:
    thumb(answered, DOWN).click()
    thumb(answered, REASONS[0]).wait_for()
    ask(answered, "is it normal")
    answer(answered, "ask_is_normal").wait_for()
    answered.reload()
    open_chat(answered)
    answer(answered).wait_for()
    expect_pressed(answered, up=False, down=True)
    expect(thumb(answered, REASONS[0])).to_have_count(0)
    assert kept() == [("ask_how_long", False, None)]


def test_second_thoughts_count(answered: Page, kept: Kept) -> None:
    thumb(answered, DOWN).click()
    thumb(answered, REASONS[2]).click()
    expect(answer(answered).get_by_text("Thank you.")).to_be_visible()
    thumb(answered, UP).click()
    expect(answer(answered).get_by_text("Thank you.")).to_be_hidden()
    expect_pressed(answered, up=True, down=False)
    assert kept() == [("ask_how_long", True, None)]


def test_quick_taps_count_in_their_order(answered: Page, context: BrowserContext, kept: Kept) -> None:
    waiting: list[Route] = []
    context.route("**/chat/feedback", lambda route: waiting.append(route))
    for name in (UP, DOWN, UP, DOWN):
        thumb(answered, name).click()
    for _ in range(4):
        answered.wait_for_timeout(200)
        assert len(waiting) == 1, "one is on its way at a time"
        waiting.pop().continue_()
    thumb(answered, REASONS[0]).wait_for()
    expect_pressed(answered, up=False, down=True)
    assert kept() == [("ask_how_long", False, None)]


def test_offline_it_says_so_and_nothing_breaks(answered: Page, context: BrowserContext, kept: Kept) -> None:
    context.set_offline(True)
    thumb(answered, UP).click()
    expect(answer(answered).get_by_text("That did not work. Please try again in a minute.")).to_be_visible()
    expect(polite(answered)).to_contain_text("That did not work")
    expect_pressed(answered, up=False, down=False)
    context.set_offline(False)
    thumb(answered, UP).click()
    expect(answer(answered).get_by_text("That did not work")).to_be_hidden()
    expect_pressed(answered, up=True, down=False)
    assert kept() == [("ask_how_long", True, None)]


def test_the_thumb_that_was_kept_is_shown_whatever_failed_before(
    answered: Page, context: BrowserContext, kept: Kept
) -> None:
    failed: list[Route] = []

    def fail_the_first(route: Route) -> None:
        if failed:
            return route.continue_()
        failed.append(route)
        answered.wait_for_timeout(300)
        route.abort()

    context.route("**/chat/feedback", fail_the_first)
    thumb(answered, UP).click()
    thumb(answered, DOWN).click()
    thumb(answered, REASONS[0]).wait_for()
    expect_pressed(answered, up=False, down=True)
    assert kept() == [("ask_how_long", False, None)]


def test_a_session_that_is_over_is_no_place_for_a_thumb(answered: Page, context: BrowserContext) -> None:
    context.route("**/chat/feedback", lambda route: route.fulfill(status=404, json={"error": {"message": "no"}}))
    thumb(answered, DOWN).click()
    expect(answer(answered).get_by_text("That did not work")).to_be_visible()
    expect_pressed(answered, up=False, down=False)
    expect(thumb(answered, REASONS[0])).to_have_count(0)


def test_the_keyboard_reaches_it_and_the_focus_stays(answered: Page) -> None:
    answered.get_by_text("Where this comes from").focus()
    answered.keyboard.press("Tab")
    assert focused(answered) == UP
    outline = thumb(answered, UP).evaluate("it => getComputedStyle(it).outlineWidth")
    assert float(outline.removesuffix("px")) >= 2
    answered.keyboard.press("Tab")
    assert focused(answered) == DOWN
    answered.keyboard.press("Enter")
    thumb(answered, REASONS[0]).wait_for()
    answered.keyboard.press("Tab")
    assert focused(answered) == REASONS[0]
    answered.keyboard.press("Space")
    expect(answer(answered).get_by_text("Thank you.")).to_be_visible()
    assert focused(answered) == DOWN


def test_what_is_thought_of_an_answer_is_no_part_of_the_saved_chat(answered: Page) -> None:
    thumb(answered, DOWN).click()
    thumb(answered, REASONS[0]).wait_for()
    answered.get_by_role("button", name="More").click()
    with answered.expect_download() as download:
        answered.get_by_role("button", name="Save this chat").click()
    saved = download.value.path().read_text(encoding="utf-8")
    assert "Usually a few weeks" in saved and REASONS[0] not in saved and "Thank you" not in saved


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(320, 640), (1280, 800)])
def test_it_is_calm_accessible_and_large_enough(
    browser: Browser, assistant: Assistant, screenshots: Path, theme: str, width: int, height: int
) -> None:
    scheme = "dark" if theme == "dark" else "light"
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = visit(context, demo_address(assistant.settings))
    open_chat(page)
    ask(page, "why am i breaking out and how long will it last")
    answer(page).wait_for()
    answer(page, "ask_why_breakout").get_by_role("button", name=UP).click()
    thumb(page, DOWN).click()
    thumb(page, REASONS[2]).wait_for()
    found = Axe().run(page, options=RULES).response["violations"]
    assert [f"{it['id']}: {node['failureSummary']}" for it in found for node in it["nodes"]] == []
    for target in page.locator("[data-answer] button").all():
        box = target.bounding_box()
        assert box and min(box["width"], box["height"]) >= SMALLEST_TARGET, target.get_attribute("aria-label")
    inner = page.locator(".log").evaluate("it => [it.scrollWidth, it.clientWidth]")
    assert inner[0] <= inner[1]
    page.screenshot(path=screenshots / f"feedback-{width}-{theme}.png")
    context.close()


def test_right_to_left_turns_it(context: BrowserContext, assistant: Assistant) -> None:
    page = visit(context, demo_address(assistant.settings))
    page.get_by_label("Reading direction").select_option("rtl")
    open_chat(page)
    ask(page, "how long will it last")
    answer(page).wait_for()
    up, down, sources = (
        it.bounding_box() for it in (thumb(page, UP), thumb(page, DOWN), answer(page).locator("summary"))
    )
    assert up and down and sources and down["x"] < up["x"] < sources["x"]

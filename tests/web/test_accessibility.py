"""WCAG 2.2 AA: axe-core in both themes and at three widths, and the keyboard alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.processes import demo_address
from tests.assistant import Assistant
from tests.web.conftest import ask, open_chat, visit

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SMALLEST_TARGET = 44


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{it['id']}: {node['html'][:200]}: {node['failureSummary']}" for it in found for node in it["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(320, 640), (768, 1024), (1280, 800)])
def test_axe_finds_nothing(
    browser: Browser, assistant: Assistant, screenshots: Path, theme: str, width: int, height: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = visit(context, demo_address(assistant.settings))
    assert violations(page) == []
    open_chat(page)
    ask(page, "why am i breaking out and how long will it last")
    page.locator("[data-answer=ask_how_long]").wait_for()
    ask(page, "there is yellow pus and my face is hot")
    page.locator(".alert").first.wait_for()
    page.get_by_text("Where this comes from").first.click()
    assert violations(page) == []
    page.screenshot(path=screenshots / f"chat-{width}-{theme}.png")
    page.get_by_role("button", name="More").click()
    assert violations(page) == []
    page.get_by_role("button", name="Forget this chat").click()
    assert violations(page) == []
    # Nothing sticks out sideways: at 320 px all is read by scrolling down alone.
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_everything_can_be_done_with_the_keyboard(page: Page) -> None:
    for _ in range(30):
        page.keyboard.press("Tab")
        if focused(page) == "Chat with our assistant":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your question")).to_be_focused()
    page.get_by_text("I am the automated assistant").first.wait_for()
    page.keyboard.type("how long will it last")
    page.keyboard.press("Enter")
    page.locator("[data-answer=ask_how_long]").wait_for()
    page.keyboard.press("Shift+Tab")
    assert focused(page) == page.locator(".choice").last.inner_text()
    page.keyboard.press("Enter")
    page.locator("[data-answer]").nth(1).wait_for()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert focused(page) == "Chat with our assistant"


def focused(page: Page) -> str:
    return str(
        page.evaluate(
            """() => {
                const outer = document.activeElement;
                const inner = outer?.shadowRoot?.activeElement ?? outer;
                return (inner.getAttribute("aria-label") ?? inner.textContent).trim();
            }"""
        )
    )


def test_escape_closes_what_is_open_first(page: Page) -> None:
    open_chat(page)
    page.get_by_role("button", name="More").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Start over")).to_be_hidden()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_the_live_region_is_there_before_the_first_message(page: Page) -> None:
    open_chat(page)
    page.wait_for_timeout(300)  # the greeting is read out first
    page.evaluate(
        """() => {
            const region = document.querySelector("clinic-chat").shadowRoot.querySelector("[aria-live=polite]");
            window.heard = [];
            new MutationObserver((changes) => changes.forEach((it) => it.addedNodes.forEach(
                (node) => window.heard.push(node.textContent)))).observe(region, { childList: true });
        }"""
    )
    ask(page, "how long will it last")
    page.locator("[data-answer=ask_how_long]").wait_for()
    page.wait_for_timeout(500)
    heard = page.evaluate("window.heard")
    assert len(heard) == 1 and heard[0].startswith("The assistant said: Usually a few weeks")


def test_targets_are_large_enough(page: Page) -> None:
    open_chat(page)
    ask(page, "i have a fever and pus")
    page.get_by_role("link", name="Call 999").wait_for()
    page.get_by_role("button", name="More").click()
    for target in page.locator("clinic-chat button:visible, clinic-chat a.choice, clinic-chat .menu a").all():
        box = target.bounding_box()
        assert box and box["height"] >= SMALLEST_TARGET and box["width"] >= SMALLEST_TARGET, target.inner_text()


def test_text_twice_as_large_stays_inside(browser: Browser, assistant: Assistant) -> None:
    context = browser.new_context(viewport={"width": 640, "height": 512})
    page = visit(context, demo_address(assistant.settings))
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    open_chat(page)
    ask(page, "how long will it last")
    page.locator("[data-answer=ask_how_long]").wait_for()
    box = page.get_by_role("dialog").bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 640 and box["y"] >= 0
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_in_viewport()
    inner = page.locator(".log").evaluate("it => [it.scrollWidth, it.clientWidth]")
    assert inner[0] <= inner[1]
    context.close()


def test_a_phone_gets_the_whole_screen_and_keeps_the_focus_inside(browser: Browser, assistant: Assistant) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = visit(context, demo_address(assistant.settings))
    page.get_by_role("button", name="Chat with our assistant").tap()
    page.get_by_text("I am the automated assistant").first.wait_for()
    dialog = page.get_by_role("dialog")
    assert dialog.get_attribute("aria-modal") == "true"
    assert dialog.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    for _ in range(20):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.localName") == "clinic-chat"
    context.close()


VISIBLE = """() => {
    const view = Object.assign(new EventTarget(), { height: innerHeight, offsetTop: 0 });
    Object.defineProperty(window, "visualViewport", { value: view });
}"""
KEYBOARD = """() => {
    Object.assign(visualViewport, { height: 400, offsetTop: 60 });
    visualViewport.dispatchEvent(new Event("resize"));
}"""


def test_a_phones_keyboard_does_not_cover_the_input(browser: Browser, assistant: Assistant) -> None:
    """No browser here has a keyboard on its screen: what it would tell the page of its visible part is told instead."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    context.add_init_script(f"({VISIBLE})()")
    page = visit(context, demo_address(assistant.settings))
    page.get_by_role("button", name="Chat with our assistant").tap()
    page.get_by_text("I am the automated assistant").first.wait_for()
    page.evaluate(KEYBOARD)
    box = page.get_by_label("Your question").bounding_box()
    assert box and box["y"] >= 60 and box["y"] + box["height"] <= 460
    context.close()


def test_right_to_left_turns_the_panel(context: BrowserContext, assistant: Assistant, screenshots: Path) -> None:
    page = visit(context, demo_address(assistant.settings))
    page.get_by_label("Reading direction").select_option("rtl")
    page.get_by_label("Side").select_option("left")
    open_chat(page)
    ask(page, "is it normal")
    page.locator("[data-answer=ask_is_normal]").wait_for()
    title, close = (
        page.locator(it).bounding_box() for it in ("clinic-chat h2", "clinic-chat [aria-label='Close the chat']")
    )
    assert title and close and close["x"] < title["x"]
    page.screenshot(path=screenshots / "right-to-left.png")


def test_motion_stops_where_it_is_not_wanted(browser: Browser, assistant: Assistant) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = visit(context, demo_address(assistant.settings))
    open_chat(page)
    names = page.locator("clinic-chat .typing i").evaluate_all(
        "all => all.map(it => getComputedStyle(it).animationName)"
    )
    assert set(names) == {"none"}
    context.close()

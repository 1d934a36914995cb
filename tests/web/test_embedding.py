"""The widget on a clinic's own page: another origin, with a strict Content-Security-Policy, and one line."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from bot.processes import HOST, demo_address
from tests.assistant import Assistant
from tests.web.conftest import ask, open_chat, visit

CLINIC = "https://www.harbourskin.example/"
STRANGER = "https://stranger.example/"
BODY = "<!doctype html><html lang=en><title>Clinic</title><body><main><h1>Clinic</h1></main>{line}</body></html>"


def embed(
    context: BrowserContext, assistant: Assistant, address: str, attributes: str = "", images: str = "img-src {server}"
) -> list[str]:
    """Serves a page with the line in it and returns what its policy or its origin forbids, as it happens."""
    server = f"http://{HOST}:{assistant.settings.port}"
    policy = f"default-src 'none'; script-src {server}; connect-src {server}; require-trusted-types-for 'script'; "
    policy += images.format(server=server)
    line = f'<script type="module" src="{server}/chat/widget.js" {attributes}></script>'
    context.route(
        address,
        lambda route: route.fulfill(
            body=BODY.format(line=line),
            headers={"Content-Type": "text/html", "Content-Security-Policy": policy},
        ),
    )
    forbidden: list[str] = []
    context.on("console", lambda message: forbidden.append(message.text) if message.type == "error" else None)
    return forbidden


def test_one_line_is_enough_under_a_strict_policy(context: BrowserContext, assistant: Assistant) -> None:
    forbidden = embed(context, assistant, CLINIC)
    page = visit(context, CLINIC)
    open_chat(page)
    ask(page, "how long will it last")
    page.locator("[data-answer=ask_how_long]").wait_for()
    # Pages have a favicon of their own; nothing of the widget may be among what is forbidden.
    assert [it for it in forbidden if "favicon" not in it] == []


def test_a_page_that_lets_no_pictures_in_gets_their_words(context: BrowserContext, assistant: Assistant) -> None:
    embed(context, assistant, CLINIC, images="")
    page = visit(context, CLINIC)
    open_chat(page)
    ask(page, "how long will it last")
    expect(page.locator("[data-answer=ask_how_long]")).to_contain_text("It starts at the treatment, rises")
    expect(page.locator("clinic-chat img")).to_have_count(0)


def test_the_attributes_of_the_line_are_the_elements(context: BrowserContext, assistant: Assistant) -> None:
    embed(context, assistant, CLINIC, 'data-theme="dark" side="left" label="Ask us"')
    page = visit(context, CLINIC)
    launcher = page.get_by_role("button", name="Ask us")
    box = launcher.bounding_box()
    assert box and box["x"] < 100
    launcher.click()
    page.get_by_text("I am the automated assistant").first.wait_for()
    ground = page.get_by_role("dialog").evaluate("it => getComputedStyle(it).backgroundColor")
    assert ground == "rgb(20, 25, 27)"


def test_a_website_that_is_not_on_the_list_gets_no_chat(context: BrowserContext, assistant: Assistant) -> None:
    embed(context, assistant, STRANGER)
    page = visit(context, STRANGER)
    page.wait_for_timeout(500)
    expect(page.locator("clinic-chat")).to_have_count(0)


def test_the_demo_page_breaks_its_own_policy_nowhere(page: Page, assistant: Assistant) -> None:
    forbidden: list[str] = []
    page.on("console", lambda message: forbidden.append(message.text) if message.type == "error" else None)
    page.goto(demo_address(assistant.settings))
    open_chat(page)
    ask(page, "is it normal")
    page.locator("[data-answer=ask_is_normal]").wait_for()
    page.get_by_label("Colour").select_option("#7a2e5d")
    assert forbidden == []


def test_a_colour_of_the_clinic_is_taken(page: Page) -> None:
    page.get_by_label("Colour").select_option("#7a2e5d")
    colour = page.get_by_role("button", name="Chat with our assistant").evaluate(
        "it => getComputedStyle(it).backgroundColor"
    )
    assert colour == "rgb(122, 46, 93)"

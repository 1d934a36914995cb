"""A real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bot.processes import demo_address
from bot.settings import ROOT
from tests.assistant import Assistant

# What is asked of the network in the background is not the page's doing.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
# Pages of made-up websites are served by the test itself, and may reach this machine.
FLAGS += ["--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests"]
SCREENSHOTS = ROOT / "var" / "screenshots"

Open = Callable[..., Page]


@pytest.fixture(scope="module")  # while it is open, its event loop runs, and other tests have loops of their own
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    assert chromium, "the browser tests need Chromium: on Debian 'apt-get install chromium'"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, assistant: Assistant) -> Page:
    """The demo page, with the chat still closed; an error on it fails the test that meets it."""
    return visit(context, demo_address(assistant.settings))


@pytest.fixture
def screenshots() -> Path:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS


def visit(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"the page raised {error}"))
    page.goto(address)
    return page


def open_chat(page: Page) -> None:
    page.get_by_role("button", name="Chat with our assistant").click()
    page.get_by_text("I am the automated assistant").first.wait_for()


def ask(page: Page, text: str) -> None:
    page.get_by_label("Your question").fill(text)
    page.get_by_label("Your question").press("Enter")

"""In a real browser: who has the chat removed in words sees the receipt on a clean page, and begins anew."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from tests.web.conftest import ask, open_chat, visit


def wait_for_answer(page: Page, answer: str) -> None:
    page.locator(f'[data-answer="{answer}"]').first.wait_for()


def test_the_receipt_stands_on_a_clean_page(page: Page, context: BrowserContext) -> None:
    open_chat(page)
    ask(page, "can i pick my spots")
    wait_for_answer(page, "ask_picking")
    other = visit(context, page.url)
    open_chat(other)
    wait_for_answer(other, "ask_picking")
    ask(page, "delete my data")
    page.get_by_role("button", name="Yes, remove it all").click()
    expect(page.locator(".message.bot").filter(has_text="Receipt:")).to_have_count(1)
    for it in (page, other):
        expect(it.locator("[data-answer]")).to_have_count(0)
        expect(it.locator(".message.user")).to_have_count(0)
        it.get_by_text("I am the automated assistant").first.wait_for()
    page.reload()
    open_chat(page)
    expect(page.locator("[data-answer]")).to_have_count(0)
    ask(page, "how long will it last")
    wait_for_answer(page, "ask_how_long")


def test_it_can_be_kept(page: Page) -> None:
    open_chat(page)
    ask(page, "can i pick my spots")
    wait_for_answer(page, "ask_picking")
    ask(page, "delete my data")
    page.get_by_role("button", name="No, keep it").click()
    page.get_by_text("nothing is removed").first.wait_for()
    expect(page.locator("[data-answer=ask_picking]")).to_have_count(1)

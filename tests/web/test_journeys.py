"""What people do with the widget, in a real browser against the running assistant."""

from __future__ import annotations

import re
import statistics
import time
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from bot.processes import demo_address
from bot.settings import Settings
from tests.assistant import Assistant, running
from tests.ports import free_ports
from tests.web.conftest import ask, open_chat, visit

TYPING = "The assistant is writing"


def answers(page: Page) -> list[str]:
    return [str(it.get_attribute("data-answer")) for it in page.locator("[data-answer]").all()]


def wait_for_answer(page: Page, answer: str) -> None:
    page.locator(f"[data-answer={answer}]").last.wait_for()


def test_it_says_what_it_is_before_anything_is_asked(page: Page, screenshots: Path) -> None:
    open_chat(page)
    expect(page.get_by_text("Automated, not a person, and not for emergencies")).to_be_visible()
    expect(page.get_by_role("link", name="999").first).to_have_attribute("href", "tel:999")
    expect(page.get_by_role("button", name="Why am I breaking out?")).to_be_visible()
    expect(page.get_by_text("Please don't give your name")).to_be_visible()
    page.screenshot(path=screenshots / "opened.png")


def test_two_questions_get_two_bubbles_with_sources_folded_below(page: Page, screenshots: Path) -> None:
    open_chat(page)
    ask(page, "why is my face breaking out??? and how long will it last")
    wait_for_answer(page, "ask_how_long")
    assert answers(page) == ["ask_why_breakout", "ask_how_long"]
    source = page.get_by_text("Overview: Skin Purge").first
    expect(source).to_be_hidden()
    page.get_by_text("Where this comes from").first.click()
    expect(source).to_be_visible()
    page.screenshot(path=screenshots / "two-answers.png")


def test_a_button_asks_its_question(page: Page) -> None:
    open_chat(page)
    page.get_by_role("button", name="How long will it last?").click()
    wait_for_answer(page, "ask_how_long")
    expect(page.locator(".message.user")).to_have_text(re.compile("How long will it last"))
    expect(page.get_by_role("button", name="Why am I breaking out?")).to_have_count(0)


def test_a_warning_cannot_be_missed(page: Page, screenshots: Path) -> None:
    open_chat(page)
    ask(page, "my throat feels like its closing up")
    warning = page.locator(".alert")
    expect(warning).to_contain_text("Important")
    expect(page.get_by_role("link", name="Call 999")).to_have_attribute("href", "tel:999")
    expect(page.locator("[aria-live=assertive]")).to_contain_text("Call 999 now")
    expect(page.locator("[aria-live=polite]")).not_to_contain_text("Call 999 now")
    page.screenshot(path=screenshots / "warning.png")


def test_a_reload_and_a_new_tab_keep_the_conversation(page: Page, context: BrowserContext) -> None:
    open_chat(page)
    ask(page, "is it normal to break out")
    wait_for_answer(page, "ask_is_normal")
    page.reload()
    open_chat(page)
    wait_for_answer(page, "ask_is_normal")
    other = visit(context, page.url)
    open_chat(other)
    wait_for_answer(other, "ask_is_normal")
    assert other.locator(".message.user").count() == 1


def test_two_tabs_show_the_same(page: Page, context: BrowserContext) -> None:
    open_chat(page)
    other = visit(context, page.url)
    open_chat(other)
    ask(page, "can i use my cleanser")
    wait_for_answer(other, "ask_cleanse")
    page.wait_for_timeout(300)
    for it in (page, other):
        expect(it.locator(".message.user")).to_have_count(1)
        expect(it.locator("[data-answer=ask_cleanse]")).to_have_count(1)


def test_what_is_written_offline_is_kept_and_sent_once(page: Page, context: BrowserContext, screenshots: Path) -> None:
    open_chat(page)
    context.set_offline(True)
    ask(page, "how long will it last")
    offline = page.get_by_role("status").filter(has_text="You are not connected")
    expect(offline).to_contain_text("The clinic: 020 7946 0018. In an emergency call 999.")
    expect(page.get_by_role("button", name="Send again")).to_be_visible()
    page.screenshot(path=screenshots / "offline.png")
    context.set_offline(False)
    wait_for_answer(page, "ask_how_long")
    expect(offline).to_be_hidden()
    assert page.locator(".message.user").count() == 1 and len(answers(page)) == 1


def test_a_server_that_starts_again_in_mid_conversation_loses_nothing(context: BrowserContext, tmp_path: Path) -> None:
    ports = free_ports(2)
    settings = Settings(port=ports[0], actions_port=ports[1], database_url=f"sqlite:///{tmp_path / 'a.db'}")
    with running(settings, tmp_path / "a.log") as assistant:
        page = visit(context, demo_address(settings))
        open_chat(page)
        ask(page, "why am i breaking out")
        wait_for_answer(page, "ask_why_breakout")
        assistant.processes[1].kill()
        assistant.processes[1].wait()
        ask(page, "how long will it last")
        expect(page.locator(".state", has_text="Not sent yet. We keep trying.")).to_be_visible()
    with running(settings, tmp_path / "a.log"):
        page.locator("[data-answer=ask_how_long]").wait_for(timeout=30_000)
        assert answers(page) == ["ask_why_breakout", "ask_how_long"]
        assert page.locator(".message.user").count() == 2


def test_forgetting_asks_first_and_leaves_nothing(page: Page, context: BrowserContext, screenshots: Path) -> None:
    open_chat(page)
    ask(page, "can i pick my spots")
    wait_for_answer(page, "ask_picking")
    other = visit(context, page.url)
    open_chat(other)
    wait_for_answer(other, "ask_picking")
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Forget this chat").click()
    page.screenshot(path=screenshots / "forget.png")
    page.get_by_role("button", name="Keep it").click()
    assert answers(page) == ["ask_picking"]
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Forget this chat").click()
    page.get_by_role("button", name="Yes, forget it").click()
    for it in (page, other):
        expect(it.locator("[data-answer]")).to_have_count(0)
        it.get_by_text("I am the automated assistant").first.wait_for()
        expect(it.locator("[aria-live]").filter(has_text="pick, pop or squeeze")).to_have_count(0)
    page.reload()
    open_chat(page)
    expect(page.locator("[data-answer]")).to_have_count(0)


def test_starting_over_begins_a_new_conversation(page: Page) -> None:
    open_chat(page)
    ask(page, "what is microneedling")
    wait_for_answer(page, "ask_what_is_microneedling")
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Start over").click()
    expect(page.locator("[data-answer]")).to_have_count(0)
    ask(page, "is it normal")
    wait_for_answer(page, "ask_is_normal")
    assert len(answers(page)) == 1


def test_the_chat_can_be_saved(page: Page, tmp_path: Path) -> None:
    open_chat(page)
    ask(page, "how often should i wash my face")
    wait_for_answer(page, "ask_cleanse")
    page.get_by_role("button", name="More").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save this chat").click()
    download.value.save_as(tmp_path / "chat.txt")
    text = (tmp_path / "chat.txt").read_text(encoding="utf-8")
    assert "Harbour Skin Clinic" in text and "You said:\nhow often should i wash my face" in text


HOSTILE = "<img src=x onerror=alert(1)><script>document.title='owned'</script> [a](javascript:alert(1)) \u202egnihton"


def test_hostile_text_is_shown_as_text(page: Page) -> None:
    title = page.title()
    open_chat(page)
    ask(page, HOSTILE)
    expect(page.locator(".message.user")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".message.user img, .message.user a, .message.user script")).to_have_count(0)
    page.locator(".message.bot").nth(1).wait_for()
    assert page.title() == title


def test_a_message_that_is_too_long_is_counted_down(page: Page) -> None:
    open_chat(page)
    page.get_by_label("Your question").fill("x" * 1990)
    expect(page.get_by_text("10 characters left")).to_be_visible()


def test_nothing_is_asked_of_another_host(page: Page, assistant: Assistant) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    open_chat(page)
    ask(page, "is it normal")
    wait_for_answer(page, "ask_is_normal")
    own = demo_address(assistant.settings)
    assert asked and all(it.startswith((own, "data:", "blob:")) for it in asked)


def test_the_launcher_alone_loads_first(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1]))
    page.reload()
    page.wait_for_load_state("networkidle")
    assert {it for it in asked if it.endswith(".js")} == {"demo.js", "widget.js", "strings.js"}


@pytest.mark.parametrize("count", [15])
def test_the_first_answer_is_there_at_once(page: Page, count: int, record_property: pytest.RecordProperty) -> None:
    """A generous limit: what is promised is measured by ``make bench``, on a machine that does nothing else."""
    open_chat(page)
    ask(page, "hello")
    times = []
    for number in range(count):
        page.get_by_label("Your question").fill("how long will it last")
        start = time.perf_counter()
        page.get_by_label("Your question").press("Enter")
        page.locator("[data-answer=ask_how_long]").nth(number).wait_for()
        times.append((time.perf_counter() - start) * 1000)
    record_property("median_ms", statistics.median(times))
    assert statistics.median(times) < 1000


def texts(page: Page) -> list[str]:
    return [it.get_attribute("data-answer") or "you" for it in page.locator(".message:not(.greeting)").all()]


def test_what_waits_over_a_reload_stands_last_and_is_answered(page: Page, context: BrowserContext) -> None:
    open_chat(page)
    ask(page, "is it normal")
    wait_for_answer(page, "ask_is_normal")
    context.route("**/chat/messages", lambda route: route.abort())
    ask(page, "how long will it last")
    expect(page.locator(".state", has_text="Not sent yet. We keep trying.")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Chat with our assistant").click()
    # What has been said cannot be fetched either: it waits, and says so.
    expect(page.locator(".state", has_text="Not sent yet")).to_be_visible()
    expect(page.locator(".message.user")).to_have_count(1)
    context.unroute("**/chat/messages")
    wait_for_answer(page, "ask_how_long")
    assert texts(page) == ["you", "ask_is_normal", "you", "ask_how_long"]
    expect(page.locator(".state", has_text="Not sent yet")).to_have_count(0)


def test_an_answer_that_got_lost_on_the_way_is_shown_once(page: Page, context: BrowserContext) -> None:
    open_chat(page)
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    context.route("**/chat/messages", lose_the_first)
    ask(page, "how long will it last")
    wait_for_answer(page, "ask_how_long")
    page.wait_for_timeout(1500)
    assert lost == [200] and texts(page) == ["you", "ask_how_long"]
    expect(page.get_by_text("Sending …")).to_have_count(0)


def test_the_banner_goes_when_the_connection_is_back(page: Page, context: BrowserContext) -> None:
    open_chat(page)
    context.set_offline(True)
    banner = page.get_by_role("status").filter(has_text="You are not connected")
    expect(banner).to_be_visible()
    context.set_offline(False)
    expect(banner).to_be_hidden()


def test_starting_over_reaches_a_page_that_does_not_listen(page: Page, context: BrowserContext) -> None:
    open_chat(page)
    ask(page, "is it normal")
    wait_for_answer(page, "ask_is_normal")
    context.route("**/chat/events*", lambda route: route.abort())
    other = visit(context, page.url)
    open_chat(other)
    wait_for_answer(other, "ask_is_normal")
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Start over").click()
    expect(other.locator("[data-answer]")).to_have_count(0)
    other.get_by_text("I am the automated assistant").first.wait_for()
    ask(other, "how long will it last")
    wait_for_answer(other, "ask_how_long")
    page.reload()
    open_chat(page)
    wait_for_answer(page, "ask_how_long")


def test_an_old_conversation_is_not_read_out_again(page: Page) -> None:
    open_chat(page)
    ask(page, "my throat feels like its closing up")
    page.locator(".alert").first.wait_for()
    page.reload()
    open_chat(page)
    page.locator(".alert").first.wait_for()
    page.wait_for_timeout(300)
    expect(page.locator("[aria-live=assertive]")).to_be_empty()

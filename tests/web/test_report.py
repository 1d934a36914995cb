"""The report in a real browser: to be read on a desk and on a phone, by everyone, and it runs and loads nothing."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from bot.analytics.report import figures_of, report, write
from bot.bench.conversations import Writer
from bot.settings import Clinic, load_report_options

NOW = datetime(2026, 11, 10, 21, 0, tzinfo=timezone.utc)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory, clinic: Clinic) -> Path:
    folder = tmp_path_factory.mktemp("report")
    zone = ZoneInfo(clinic.time_zone)
    Writer(NOW.date(), zone).write(f"sqlite:///{folder / 'a.db'}", 300)
    figures = figures_of(f"sqlite:///{folder / 'a.db'}", load_report_options({}), clinic, NOW)
    write(report(figures, clinic, NOW), folder / "report.html")
    return folder / "report.html"


@pytest.mark.parametrize(("width", "height"), [(320, 640), (375, 812), (1280, 800)])
def test_it_can_be_read_at_every_width(
    browser: Browser, screenshots: Path, file: Path, width: int, height: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": height})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("request", lambda request: said.append(request.url))
    page.goto(file.as_uri())
    for summary in page.locator("summary").all():
        summary.click()
    assert said == [file.as_uri()]  # nothing else is loaded, no script has run
    assert page.title().startswith("What patients ask: Harbour Skin Clinic")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.screenshot(path=screenshots / f"report-{width}.png", full_page=True)
    found = Axe().run(page, options=RULES).response["violations"]
    assert [f"{it['id']}: {node['html'][:200]}" for it in found for node in it["nodes"]] == []
    page.close()


def test_it_says_the_same_without_scripts(browser: Browser, file: Path) -> None:
    texts = []
    for is_on in (True, False):
        context = browser.new_context(java_script_enabled=is_on)
        page = context.new_page()
        page.goto(file.as_uri())
        texts.append(page.locator("main").inner_text())
        context.close()
    assert texts[0] == texts[1] and "Did it help?" in texts[0]


def test_the_letters_of_a_chart_can_be_read_on_a_phone(browser: Browser, file: Path) -> None:
    page = browser.new_page(viewport={"width": 375, "height": 812})
    page.goto(file.as_uri())
    heights = page.locator(".chart text").evaluate_all("all => all.map(it => it.getBoundingClientRect().height)")
    assert min(heights) >= 8
    page.close()

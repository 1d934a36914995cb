"""From a message to what is seen, in the browser itself."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page

SHOW = """async (json) => {
    const { bubble, choices } = await import("./render.js");
    const message = JSON.parse(json);
    const shown = bubble(message, ["020 7946 0018", "999"]);
    shown.append(choices(message.buttons ?? [], () => {}));
    return shown.outerHTML;
}"""


def shown(page: Page, **message: Any) -> str:
    return str(page.evaluate(SHOW, json.dumps({"id": 1, "from": "bot", "text": "", **message})))


def test_numbers_of_the_clinic_can_be_tapped(page: Page) -> None:
    html = shown(page, text="Call 020 7946 0018 today, or 999. Not 9990 nor 1999.")
    assert '<a href="tel:02079460018">020 7946 0018</a>' in html and '<a href="tel:999">999</a>' in html
    assert html.count("<a ") == 2


def test_addresses_open_a_page_of_their_own(page: Page) -> None:
    html = shown(page, text="Book at https://clinic.example/book?a=1&b=2.")
    assert '<a href="https://clinic.example/book?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">' in html
    assert "(opens a new page)</span></a>." in html


def test_a_picture_is_told_in_words(page: Page) -> None:
    html = shown(page, text="Look.", image="/spot.png", image_alt="A spot on a cheek", image_width=3, image_height=4)
    server = page.url.removesuffix("/chat/")
    assert f'<img src="{server}/spot.png" alt="A spot on a cheek" width="3" height="4">' in html


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x"])
def test_an_address_that_runs_code_is_no_link_and_no_picture(page: Page, address: str) -> None:
    html = shown(page, text=address, image=address, buttons=[{"title": "Tap", "url": address}])
    assert "<a " not in html and "<img" not in html and ">Tap</button>" in html


def test_what_a_message_holds_stays_text(page: Page) -> None:
    html = shown(page, text="<b>bold</b>", sources=["<i>x</i>"], buttons=[{"title": "<u>y</u>", "payload": "/y"}])
    assert not any(it in html for it in ("<b>", "<i>", "<u>"))


def test_paragraphs_are_kept(page: Page) -> None:
    assert shown(page, text="One.\n\nTwo.").count("<p ") == 2

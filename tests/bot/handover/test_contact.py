from __future__ import annotations

import pytest

from bot.handover.contact import find_contact, looks_like_contact


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("020 7946 0018", "020 7946 0018"),
        ("its 07911 123456 thanks", "07911 123456"),
        ("07911123456", "07911 123456"),
        ("+44 (0)20 7946-0018", "020 7946 0018"),
        ("0033 6 12 34 56 78", "+33 6 12 34 56 78"),
        ("text me on 07911.123.456 after 5", "07911 123456"),
    ],
)
def test_a_phone_number(text: str, phone: str) -> None:
    contact = find_contact(text, "GB")
    assert contact is not None
    assert (contact.phone, contact.is_usual) == (phone, True)


def test_a_number_is_read_in_its_country() -> None:
    contact = find_contact("(212) 736-5000", "US")
    assert contact is not None and contact.phone == "(212) 736-5000"


def test_a_number_that_is_not_given_out_is_told() -> None:
    contact = find_contact("07700 900123", "GB")
    assert contact is not None
    assert (contact.phone, contact.is_usual) == ("07700 900123", False)


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("jane.doe@example.com", "jane.doe@example.com"),
        ("My mail: <Jane+clinic@Example.COM>.", "Jane+clinic@example.com"),
        ("jane@example.com or 07911 123456", "jane@example.com"),
        ("mailto:jane@example.co.uk", "jane@example.co.uk"),
    ],
)
def test_an_address(text: str, email: str) -> None:
    contact = find_contact(text, "GB")
    assert contact is not None and contact.email == email


@pytest.mark.parametrize(
    "text", ["", "999", "3 days ago", "in 2026", "jane@", "@jane", "jane at example dot com", "12345", "1.5 mm 3 times"]
)
def test_none(text: str) -> None:
    assert find_contact(text, "GB") is None


@pytest.mark.parametrize(
    ("text", "meant"), [("jane@", True), ("0770090", True), ("I have none", False), ("at 5", False)]
)
def test_what_was_meant_to_be_one(text: str, meant: bool) -> None:
    assert looks_like_contact(text) is meant


@pytest.mark.parametrize(("text", "shown"), [("jane.doe@example.com", "j...@example.com"), ("07911 123456", "...3456")])
def test_only_the_end_is_shown(text: str, shown: str) -> None:
    contact = find_contact(text, "GB")
    assert contact is not None and contact.shown == shown

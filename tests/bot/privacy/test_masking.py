"""What identifies a person is masked; what patients say of their skin is not."""

from __future__ import annotations

import time
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from stdnum import luhn

from bot.privacy.masking import Masks, load_masks
from bot.settings import Clinic, load_clinic
from bot.wording import KnowledgeError

CLINIC = load_clinic()
MASKS = load_masks(CLINIC)
PHONE, EMAIL, CARD = "[phone number removed]", "[e-mail address removed]", "[card number removed]"
ACCOUNT, IDENTITY, NUMBER = "[account number removed]", "[identity number removed]", "[long number removed]"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("call me on 07700 900123 please", f"call me on {PHONE} please"),
        ("my number is +44 7911 123456.", f"my number is {PHONE}."),
        ("+447911123456", PHONE),
        ("0044 7911 123456", PHONE),
        ("(020) 7946 0991 is my landline", f"{PHONE} is my landline"),
        ("07911 123 456", PHONE),
        ("ring 07911-123456 or 07911.123.457", f"ring {PHONE} or {PHONE}"),
        ("tel 0161 496 0123, after 6", f"tel {PHONE}, after 6"),
        ("+1 415 555 2671 when i'm in the US", f"{PHONE} when i'm in the US"),
        ("+33 6 12 34 56 78", PHONE),
        ("555-123-4567", PHONE),
        ("7911123456", NUMBER),
        ("mail jane_doe+spa@mail.example.co.uk.", f"mail {EMAIL}."),
        ("Jane @ gmail.com", EMAIL),
        ("jane dot doe at gmail dot com", EMAIL),
        ("4111 1111 1111 1111", CARD),
        ("5555-5555-5555-4444 exp 12/27", f"{CARD} exp 12/27"),
        ("card 378282246310005 was charged", f"card {CARD} was charged"),
        ("3782 822463 10005", CARD),
        ("GB82 WEST 1234 5698 7654 32 is my iban", f"{ACCOUNT} is my iban"),
        ("de89370400440532013000", ACCOUNT),
        ("nhs number 943 476 5919", f"nhs number {IDENTITY}"),
        ("ssn 123-45-6789", f"ssn {IDENTITY}"),
        ("AB123456C", IDENTITY),
        ("3 days ago, 07700900123, 2 spots, a@b.co", f"3 days ago, {PHONE}, 2 spots, {EMAIL}"),
    ],
)
def test_masked(text: str, masked: str) -> None:
    assert MASKS.masked(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "3 days ago",
        "10 10 2026",
        "10/10/2026 at 10:30",
        "2026-11-25 15:33:06",
        "it was on 01.02.2026, then 01.03.2026 and 01.04.2026",
        "2 weeks 3 sessions 1.5mm",
        "0.25-0.5-1.0-1.5 mm",
        "call 999 or 111 or 116 123",
        "020 7946 0018 is your number, or +44 20 7946 0018, or 02079460018",
        "I am 34, 165 cm, 60 kg",
        "spf 50 or 30, factor 15 20 25",
        "1 2 3 4 5 6 7 8 9 10 11 12",
        "2023 2024 2025 2026",
        "250mg 3 times a day for 10 days, then 500 mg",
        "£1,200.00 for 3 sessions, paid 350 350 350 150",
        "look at me dot com, i was at home dot dot dot",
        "vitamin b5 2mm, niacinamide 10% zinc 1% 30ml",
        "on 10 10 26 a spot appeared",
        "day 1: 10 spots, day 2: 20 spots, day 3: 30 spots, day 4: 12",
        "1,000,000,000 bacteria",
        "01 02 2026 10 30",
        "@harbour on instagram",
        "order 12345678",
    ],
)
def test_left_alone(text: str) -> None:
    assert MASKS.masked(text) == text


WORDS = st.sampled_from("my skin is red and hot since the session please call me is it normal day spots".split())
TALK = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
REGIONS = st.sampled_from(["GB", "US", "FR", "DE", "IE", "PL", "IN", "AU"])


@st.composite
def phone_numbers(draw: st.DrawFn) -> str:
    """A valid number of some country, as people abroad write it."""
    region = draw(REGIONS)
    example = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
    digits = str(example.national_number)
    tail = draw(st.integers(0, 9999))
    number = phonenumbers.PhoneNumber(
        country_code=example.country_code, national_number=int(digits[:-4] + f"{tail:04}")
    )
    form = draw(st.sampled_from([PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.E164]))
    return str(phonenumbers.format_number(number, form))


@st.composite
def cards(draw: st.DrawFn) -> str:
    """A number with the right check digit, as cards show it or in one."""
    start = draw(st.sampled_from(["4", "51", "55", "2221", "6011"]))
    digits = start + "".join(
        map(str, draw(st.lists(st.integers(0, 9), min_size=15 - len(start), max_size=15 - len(start))))
    )
    number = digits + luhn.calc_check_digit(digits)
    sign = draw(st.sampled_from(["", " ", "-"]))
    return sign.join(number[at : at + 4] for at in range(0, 16, 4))


@given(TALK, phone_numbers(), TALK)
def test_any_phone_number_is_masked(before: str, number: str, after: str) -> None:
    assert MASKS.masked(f"{before} {number} {after}") == f"{before} {PHONE} {after}"


@given(TALK, cards(), TALK)
def test_any_card_is_masked(before: str, number: str, after: str) -> None:
    assert MASKS.masked(f"{before} {number} {after}") == f"{before} {CARD} {after}"


@given(TALK, st.from_regex(r"[a-z][a-z0-9._]{0,15}[a-z0-9]@[a-z]{2,10}\.(com|co\.uk|org)", fullmatch=True), TALK)
def test_any_address_is_masked(before: str, address: str, after: str) -> None:
    assert MASKS.masked(f"{before} {address} {after}") == f"{before} {EMAIL} {after}"


AMOUNTS = st.builds(
    lambda number, unit: f"{number}{unit}",
    st.one_of(st.integers(0, 500), st.decimals(0, 50, places=1)),
    st.sampled_from(
        ["", " days", " weeks", "mm", " mm", " sessions", "%", " ml", " times", "x", " years old", "st time"]
    ),
)
DATES = st.dates().flatmap(
    lambda day: st.sampled_from(["%d %m %Y", "%d/%m/%y", "%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%d %B"]).map(day.strftime)
)
CLOCK = st.times().map(lambda it: f"{it:%H:%M}")


@given(st.lists(st.one_of(TALK, AMOUNTS, DATES, CLOCK), min_size=1, max_size=6), st.sampled_from([" ", ", ", "\n"]))
def test_amounts_dates_and_times_are_left_alone(parts: list[str], between: str) -> None:
    text = between.join(parts)
    assert MASKS.masked(text) == text


@given(st.text(max_size=200))
def test_a_masked_text_has_nothing_more_to_mask(text: str) -> None:
    masked = MASKS.masked(text)
    assert MASKS.masked(masked) == masked


@given(TALK, phone_numbers(), TALK)
def test_places_move_with_the_text(before: str, number: str, after: str) -> None:
    text = f"{before} {number} {after}"
    place = text.rindex(after)
    assert MASKS.masked(text)[MASKS.moved(place, MASKS.find(text)) :] == after


def test_numbers_without_a_code_are_read_as_the_clinics_country_does() -> None:
    american = Masks(CLINIC.copy(update={"country": "US"}), {"phone": PHONE, "number": NUMBER})
    assert american.masked("call 2125550187") == f"call {PHONE}"
    assert MASKS.masked("call 2125550187") == f"call {NUMBER}"


@pytest.mark.parametrize("text", ["GB82 " * 400, "1 " * 1000, "a@" * 1000, "07700 900123 " * 150, "a dot " * 330])
def test_long_messages_take_no_time(text: str) -> None:
    start = time.perf_counter()
    MASKS.masked(text)
    assert time.perf_counter() - start < 1


def test_an_unknown_kind_of_mask_is_a_mistake(tmp_path: Path, clinic: Clinic) -> None:
    file = tmp_path / "privacy" / "masks.yml"
    file.parent.mkdir()
    file.write_text("masks:\n  fax: gone\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"masks\.yml"):
        load_masks(clinic, tmp_path)

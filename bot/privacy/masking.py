"""Finds contact details, payment cards and the like in what people write, and puts a mask in their place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from phonenumbers import Leniency, PhoneNumberMatcher
from pydantic import StrictStr
from stdnum import iban, luhn
from stdnum.ca import sin
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.ie import pps
from stdnum.it import codicefiscale
from stdnum.us import ssn

from bot.settings import Clinic
from bot.wording import DATA, Checked, read_checked

Kind = Literal["phone", "email", "card", "account", "identity", "number"]

_EMAIL = re.compile(
    r"(?<![\w.+%'!#$&*/=?^`{|}~-])[\w.+%'!#$&*/=?^`{|}~-]+ ?@ ?[\w-]+(?:\.[\w-]+)+"
    # In words, of the large providers: elsewhere "at" and "dot" are words like others.
    r"|(?<![\w.+%'-])(?:\w+ [(\[]?dot[)\]]? )*[\w.+%'-]+ [(\[]?at[)\]]? "
    r"(?:gmail|googlemail|hotmail|outlook|yahoo|icloud|aol|proton(?:mail)?)(?: ?[(\[]?(?:dot|\.)[)\]]? ?\w+)+",
    re.IGNORECASE,
)
# As they stand on cards; the last has no spaces.
_CARDS = [
    re.compile(r"(?<![\d.+])" + digits + r"(?!\d)")
    for digits in (
        r"\d{4}([ .-]{0,2})\d{4}\1\d{4}\1\d{4}\1\d{3}",
        r"\d{4}([ .-]{0,2})\d{4}\1\d{4}\1\d{4}",
        r"\d{4}([ .-]{0,2})\d{6}\1\d{4,5}",
        r"\d{13,19}",
    )
]
# The first digits of the networks: American Express and Diners, Visa, Mastercard, Maestro and others.
_CARD_BEGINNING = re.compile(r"3[04-9]|4|5|6|2[2-7]")
_IBAN_BEGINNING = re.compile(r"\b[A-Z]{2}\d{2}(?=[ -]?[A-Z0-9]{4})", re.IGNORECASE)
_FEWEST_OF_IBAN, _MOST_OF_IBAN = 15, 34
_WORD = re.compile(r"[ -]?[A-Z0-9]+", re.IGNORECASE)
_TEN_DIGITS = r"(?<![\d.+])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\d.])"
# The ways identity numbers are written, and what tells a true one. Those that look like nothing else count everywhere.
_IDENTITIES: list[tuple[str, str, Callable[[str], bool]]] = [
    ("", _TEN_DIGITS, nhs.is_valid),
    ("", r"(?<![\d.-])\d{3}([ -])\d{2}\1\d{4}(?![\d.])", ssn.is_valid),
    ("", r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]\b", bool),  # UK National Insurance
    ("", r"\b[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z]\b", codicefiscale.is_valid),
    ("CA", r"(?<![\d.])\d{3}[ -]?\d{3}[ -]?\d{3}(?![\d.])", sin.is_valid),
    ("DE", r"(?<![\d.])\d{2} ?\d{3} ?\d{3} ?\d{3}(?![\d.])", idnr.is_valid),
    ("ES", r"\b\d{8} ?-?[A-Z]\b", dni.is_valid),
    ("ES", r"\b[XYZ]-?\d{7}-?[A-Z]\b", nie.is_valid),
    ("FR", r"(?<!\d)[12] ?\d\d ?\d\d ?\d[\dAB] ?\d{3} ?\d{3} ?\d\d(?!\d)", nir.is_valid),
    ("IE", r"\b\d{7}[A-W][A-IW]?\b", pps.is_valid),
]
# Written as phone numbers are though no one has them (a slip, an example): a sign of the country code, or a zero, or
# the groups of North America.
_LIKE_PHONE = re.compile(
    r"(?<![\w.,])(?:\+|00)\d{1,3}(?:[ .()/-]{0,2}\d){7,12}(?!\d)"
    r"|(?<![\w.,])\(?0\d{2,4}\)?(?:[ .-]?\d{3,4}){2,3}(?![\d])"
    r"|(?<![\w.,])(?:1[ .-])?\(?[2-9]\d{2}\)?[ .-]\d{3}[ .-]\d{4}(?![\d])"
)
# Where a number follows a date, both together can pass for a phone number.
_DATE = re.compile(r"(?<!\d)\d{1,2}([ ./-])\d{1,2}\1(?:19|20)\d\d(?!\d)")
_FEWEST_DIGITS = 6
_LONG_NUMBER = re.compile(r"(?<![\w.,+])\d{9,}(?![\w])")


@dataclass(frozen=True)
class Found:
    """Something that is to be masked."""

    start: int
    end: int
    kind: Kind


class Masks:
    """Masks what identifies a person or opens their account. Names and street addresses are left: they look like words.

    It is made for one clinic: its own numbers stay, and numbers without a country code are read as its country does.
    """

    def __init__(self, clinic: Clinic, texts: dict[Kind, str]) -> None:
        """Takes the clinic and what stands in the place of each kind."""
        self._country = clinic.country
        self._texts = texts
        own = (clinic.phone, clinic.urgent_care_number, clinic.crisis_line_number, clinic.emergency_number)
        self._own = {_ending(number) for number in own}
        self._written = ""

    def find(self, text: str) -> list[Found]:
        """What is to be masked, in order; where two overlap, the one whose kind is surer."""
        found: list[Found] = []
        for start, end, kind in self._candidates(text):
            if all(end <= it.start or it.end <= start for it in found):
                found.append(Found(start, end, kind))
        return sorted(found, key=lambda it: it.start)

    def beside(self, written: str) -> Masks:
        """The same, which also masks what a person is known to have written as contact details."""
        masks = Masks.__new__(Masks)
        masks.__dict__.update(self.__dict__, _written=written)
        return masks

    def masked(self, text: str) -> str:
        """The text with a mask in each place; the same object if there is none."""
        for it in reversed(self.find(text)):
            text = f"{text[: it.start]}{self._texts[it.kind]}{text[it.end :]}"
        return text

    def moved(self, place: int, found: Iterable[Found]) -> int:
        """Where a place of a text is once that is masked, of which it lies outside."""
        before = (it for it in found if it.end <= place)
        return place + sum(len(self._texts[it.kind]) - (it.end - it.start) for it in before)

    def _candidates(self, text: str) -> Iterator[tuple[int, int, Kind]]:
        """From the surest kind on."""
        if self._written:
            for match in re.finditer(re.escape(self._written), text):
                yield *match.span(), "email" if "@" in self._written else "phone"
        for match in _EMAIL.finditer(text):
            yield *match.span(), "email"
        if sum(character.isdigit() for character in text) < _FEWEST_DIGITS:
            return
        yield from ((*place, "account") for place in _ibans(text))
        for pattern in _CARDS:
            for match in pattern.finditer(text):
                digits = _digits(match[0])
                if _CARD_BEGINNING.match(digits) and luhn.is_valid(digits):
                    yield *match.span(), "card"
        for matched in PhoneNumberMatcher(text, self._country, leniency=Leniency.VALID):
            if self._is_phone(matched.raw_string):
                yield matched.start, matched.end, "phone"
        for country, form, is_true in _IDENTITIES:
            if country in ("", self._country):
                for match in re.finditer(form, text, re.IGNORECASE):
                    if is_true(match[0]):
                        yield *match.span(), "identity"
        for match in _LIKE_PHONE.finditer(text):
            if self._is_phone(match[0]):
                yield *match.span(), "phone"
        for match in _LONG_NUMBER.finditer(text):
            if not self._is_own(match[0]):
                yield *match.span(), "number"

    def _is_phone(self, number: str) -> bool:
        return not self._is_own(number) and (number.startswith("+") or not _DATE.search(number))

    def _is_own(self, number: str) -> bool:
        return _ending(number) in self._own


def load_masks(clinic: Clinic, data: Path = DATA) -> Masks:
    """Reads what stands in the place of each kind.

    Raises:
        KnowledgeError: if the file is wrong.
    """
    return Masks(clinic, read_checked(data / "privacy" / "masks.yml", _MasksFile).masks)


class _MasksFile(Checked):
    masks: dict[Kind, StrictStr]


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    """IBANs end where their country says: words that follow belong to the text."""
    for beginning in _IBAN_BEGINNING.finditer(text):
        end = beginning.end()
        while word := _WORD.match(text, end):
            end = word.end()
            letters = sum(character.isalnum() for character in text[beginning.start() : end])
            if letters > _MOST_OF_IBAN:
                break
            if letters >= _FEWEST_OF_IBAN and _is_iban(text[beginning.start() : end]):
                yield beginning.start(), end
                break


def _is_iban(text: str) -> bool:
    compact = "".join(character for character in text if character.isalnum())
    # The check digits first, as ISO 13616 has them: the library takes its time over what is none.
    remainder = int("".join(str(int(it, 36)) for it in compact[4:] + compact[:4])) % 97
    return remainder == 1 and bool(iban.is_valid(compact))


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def _ending(number: str) -> str:
    """The digits by which two ways of writing a number are the same, with and without the country's code."""
    return _digits(number)[-9:]

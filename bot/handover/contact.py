"""How a person can be reached: the phone number or e-mail address that stands in what they wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import phonenumbers
from email_validator import EmailNotValidError, validate_email

# What may stand around an address in a sentence.
AROUND = "<>()[]{}\"'.,;:!?"


@dataclass(frozen=True)
class Contact:
    """A phone number or an e-mail address."""

    phone: Optional[str] = None
    """As it is written in its country, with the country code if it is another than the clinic's."""
    email: Optional[str] = None
    is_usual: bool = True
    """Whether such numbers are given out, as far as is known; a number that is not may be right all the same."""
    written: str = ""
    """As it stood in the text."""

    @property
    def shown(self) -> str:
        """Enough for the person to know which it is, and for no one else to use it."""
        if self.email:
            name, _, domain = self.email.partition("@")
            return f"{name[0]}...@{domain}"
        return f"...{''.join(it for it in str(self.phone) if it.isdigit())[-4:]}"


def find_contact(text: str, country: str) -> Optional[Contact]:
    """The first e-mail address in a text, or else the first phone number; None if there is none.

    Args:
        text: what a person wrote.
        country: two letters, ISO 3166; of a number without a country code.
    """
    return _email(text) or _phone(text, country)


def looks_like_contact(text: str) -> bool:
    """Whether a text was meant to say how to be reached, though nothing in it can be used."""
    return "@" in text or sum(it.isdigit() for it in text) >= 5


def _email(text: str) -> Optional[Contact]:
    for word in text.split():
        if "@" in word:
            try:
                address = validate_email(word.strip(AROUND).removeprefix("mailto:"), check_deliverability=False)
            except EmailNotValidError:
                continue
            return Contact(email=address.normalized, written=word)
    return None


def _phone(text: str, country: str) -> Optional[Contact]:
    for leniency in (phonenumbers.Leniency.VALID, phonenumbers.Leniency.POSSIBLE):
        for match in phonenumbers.PhoneNumberMatcher(text, country, leniency=leniency):
            # Short codes such as 999 reach no person, and a year is no number.
            if len(phonenumbers.national_significant_number(match.number)) >= 7:
                is_usual = leniency == phonenumbers.Leniency.VALID
                return Contact(phone=_written(match.number, country), is_usual=is_usual, written=match.raw_string)
    return None


def _written(number: phonenumbers.PhoneNumber, country: str) -> str:
    is_here = number.country_code == phonenumbers.country_code_for_region(country)
    styles = phonenumbers.PhoneNumberFormat
    return str(phonenumbers.format_number(number, styles.NATIONAL if is_here else styles.INTERNATIONAL))

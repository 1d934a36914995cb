from __future__ import annotations

import pytest
from spacy.language import Language

from bot.nlu.other_language import other_language
from tests.bot.nlu.examples import TEXTS


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("¿es normal que me salgan granos después del tratamiento?", "es"),
        ("Ist das normal nach der Behandlung? Ich habe so viele Pickel", "de"),
        ("combien de temps ça dure, ma peau est toute rouge", "fr"),
        ("quanto tempo dura la pelle arrossata dopo il trattamento", "it"),
        ("czy to normalne, że mam pryszcze po zabiegu", "pl"),
        ("is het normaal dat mijn huid zo rood blijft", "nl"),
        ("это нормально?", "ru"),
        ("これは普通ですか", "ja"),
        ("这正常吗我的脸很红", "zh"),
        ("هل هذا طبيعي", "ar"),
    ],
)
def test_another_language_is_noticed(language: Language, text: str, code: str) -> None:
    assert other_language(language(text)) == code


@pytest.mark.parametrize("text", TEXTS)
def test_english_is_english(language: Language, text: str) -> None:
    assert other_language(language(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "wyyy is my skn brekingout",
        "is it norml to hav pimpels affter microneedlin",
        "moistriser ok 4 me??",
        "cn i uze la roche posay cicaplast",
        "pls help asap omg",
        "thx",
        "noooo",
        "soooooo",
        "a",
        "retinol?",
        "microneedling",
        "Bioderma Sensibio",
        "my boyfriend's friend's sister's spots",
        "whyyyyy",
    ],
)
def test_english_that_is_short_or_badly_spelt_is_english(language: Language, text: str) -> None:
    assert other_language(language(text)) is None


@pytest.mark.parametrize("text", ["", "?!", "123", "🤔", "👍", "http://example.com", "xqzvbnt", "asdf ghjkl"])
def test_what_is_no_language_is_no_other(language: Language, text: str) -> None:
    assert other_language(language(text)) is None

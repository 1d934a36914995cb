"""The real signs, cues and language pipeline, each read once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import spacy
from spacy.language import Language

import bot.nlu.language  # noqa: F401  # registers the components of the pipeline
from bot.nlu.spelling import english_words
from bot.safety.context import load_context
from bot.safety.matcher import WarningSignMatcher
from bot.safety.red_flags import RedFlags, load_red_flags
from bot.safety.words import read_words
from bot.settings import ROOT

Found = Callable[[str], list[str]]


@pytest.fixture(scope="session")
def language() -> Language:
    return spacy.load(ROOT / "models" / "language")


@pytest.fixture(scope="session")
def red_flags() -> RedFlags:
    return load_red_flags()


@pytest.fixture(scope="session")
def matcher(red_flags: RedFlags) -> WarningSignMatcher:
    return WarningSignMatcher(red_flags, load_context(red_flags.words), english_words())


@pytest.fixture(scope="session")
def found(matcher: WarningSignMatcher, language: Language) -> Found:
    """From a message to the signs and circumstances that count in it."""
    return lambda text: [it.id for it in matcher.match(read_words(language(text))).found]

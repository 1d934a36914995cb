"""The real encoder and the real language pipeline, each made once, and a model of the toy examples."""

from __future__ import annotations

import pytest
from spacy.language import Language

from bot.nlu.encoder import SentenceEncoder
from bot.nlu.intent_model import Hyperparameters, IntentModel
from bot.nlu.language import build_language, load_shorthand
from bot.settings import ROOT
from bot.terms import load_terms
from tests.bot.nlu.examples import PAIRS, TEXTS


@pytest.fixture(scope="session")
def encoder() -> SentenceEncoder:
    return SentenceEncoder(ROOT / "models" / "encoder")


@pytest.fixture(scope="session")
def language() -> Language:
    """All terms and shorthand of the assistant; of examples, only the toy ones."""
    return build_language(load_terms().values(), TEXTS, load_shorthand())


@pytest.fixture(scope="session")
def model(encoder: SentenceEncoder) -> IntentModel:
    model = IntentModel(encoder, Hyperparameters())
    model.fit(*zip(*PAIRS, strict=True))
    return model

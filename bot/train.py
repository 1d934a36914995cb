"""``make train``: checks the answers, then trains the model, in a few plain lines."""

from __future__ import annotations

import logging
import sys
import time

import rasa
from rasa.exceptions import ModelNotFound
from rasa.shared.exceptions import RasaException
from rasa.utils.log_utils import configure_structlog

from bot.knowledge import load_knowledge
from bot.nlu.encoder import EncoderMissingError
from bot.processes import MODEL
from bot.settings import ROOT, SettingsError, load_clinic
from bot.wording import KnowledgeError


def main() -> None:
    """Trains ``models/assistant.tar.gz``; what has not changed since the last time is taken from Rasa's cache."""
    logging.basicConfig(format="  %(message)s")
    configure_structlog(logging.ERROR)  # without it Rasa prints every decision that it trains
    logging.getLogger("rasa.engine.training.hooks").setLevel(logging.INFO)
    try:
        load_knowledge(load_clinic())
        start = time.monotonic()
        print("Training (about six minutes the first time) ...", flush=True)
        result = rasa.train(
            domain=str(ROOT / "domain.yml"),
            config=str(ROOT / "config.yml"),
            training_files=str(ROOT / "data"),
            output=str(MODEL.parent),
            fixed_model_name=MODEL.name.removesuffix(".tar.gz"),
        )
        if result.code:
            sys.exit("Training did not produce a model; the lines above say why.")
    except (SettingsError, KnowledgeError, EncoderMissingError, RasaException, ModelNotFound) as error:
        sys.exit(f"Training cannot go on:\n{error}")
    print(f"Trained in {time.monotonic() - start:.0f} seconds.")


if __name__ == "__main__":
    main()

"""Rasa with a component that raises on some messages: ``python -m tests.faults.raising rasa run ...``."""

from __future__ import annotations

from typing import Any

from rasa.shared.nlu.training_data.message import Message

from bot import part
from bot.nlu.intent_classifier import QuestionClassifier

WORD = "porcupine"
_process = QuestionClassifier.process


def _raise_or_process(self: QuestionClassifier, messages: list[Message]) -> list[Message]:
    for message in messages:
        if WORD in message.get("text"):
            raise ValueError(f"cannot read {message.get('text')}")
    processed: Any = _process(self, messages)
    return processed


if __name__ == "__main__":
    QuestionClassifier.process = _raise_or_process  # type: ignore[method-assign]
    part.main()

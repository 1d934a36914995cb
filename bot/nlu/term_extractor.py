"""Entities ``product``, ``activity``, ``symptom``, ``body_area``, ``device`` and ``subject``: what people name."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import SPACY_DOCS
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.shared_spacy import SharedSpacyNLP


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class TermExtractor(GraphComponent, EntityExtractorMixin):
    """Hands on the terms that the language pipeline has marked; a value is the term's id, however it was written.

    Rasa's own extractor for spaCy hands on the words as they stand, misspelt ones too.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that should be included in the pipeline before this component."""
        return [SharedSpacyNLP]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TermExtractor:
        """Creates a new component (see parent class for full docstring)."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entities to each message."""
        for message in messages:
            doc = message.get(SPACY_DOCS[TEXT])
            marked = [
                {"entity": it.label_, "value": it.ent_id_, "start": it.start_char, "end": it.end_char}
                for it in (doc.ents if doc else ())
            ]
            message.set(ENTITIES, message.get(ENTITIES, []) + self.add_extractor_name(marked), add_to_output=True)
        return messages

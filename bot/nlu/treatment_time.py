"""Entity ``days_since_treatment``: how long ago the treatment was, as a number of days."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.elapsed_time import find_elapsed
from bot.settings import load_clinic

ENTITY = "days_since_treatment"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class TreatmentTimeExtractor(GraphComponent, EntityExtractorMixin):
    """Marks the time since the treatment; at most one entity a message, its value in days."""

    def __init__(self, time_zone: ZoneInfo) -> None:
        """Makes an extractor that counts days as the clinic does."""
        self._time_zone = time_zone

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TreatmentTimeExtractor:
        """Creates a new component (see parent class for full docstring)."""
        return cls(ZoneInfo(load_clinic().time_zone))

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entity to each message that tells of the time since the treatment."""
        today = datetime.now(self._time_zone).date()
        for message in messages:
            elapsed = find_elapsed(message.get(TEXT) or "", today)
            if elapsed is None:
                continue
            entity = {"entity": ENTITY, "value": elapsed.days, "start": elapsed.start, "end": elapsed.end}
            found = self.add_extractor_name([entity])
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages

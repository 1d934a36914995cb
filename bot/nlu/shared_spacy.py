"""The language pipeline as a component."""

from __future__ import annotations

from functools import lru_cache

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.utils.spacy_utils import SpacyModel, SpacyNLP

import bot.nlu.language  # noqa: F401  # registers the components of the pipeline that is loaded


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.MODEL_LOADER, DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER],
    is_trainable=False,
    model_from="SharedSpacyNLP",
)
class SharedSpacyNLP(SpacyNLP):
    """Rasa's ``SpacyNLP``, with one pipeline in memory.

    Rasa makes two nodes of it, one that hands out the pipeline and one that reads messages, and loads it for each.
    """

    @staticmethod
    def load_model(spacy_model_name: str) -> SpacyModel:
        """Loads a pipeline from its folder, or hands out the one that was loaded from there.

        Raises:
            rasa.nlu.model.InvalidModelError: if the folder holds none.
        """
        return _load(spacy_model_name)


@lru_cache(maxsize=1)
def _load(folder: str) -> SpacyModel:
    return SpacyNLP.load_model(folder)

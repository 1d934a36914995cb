"""Rasa without the libraries that it imports for what this assistant does not use; TensorFlow is by far the largest.

They are not installed, so the modules that cannot be imported without them are stood in for: what the rest of Rasa
imports from such a module has a name, and can do nothing. The components of Rasa among them are thereby unknown to its
recipe, which refuses a ``config.yml`` that names one. Where a library is installed, all is as Rasa ships it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Optional

# By library: the modules that need it, or that serve its models alone, and what is imported from them by name.
STOOD_IN_FOR: dict[str, dict[str, tuple[str, ...]]] = {
    # DIET, TED and what comes with them.
    "tensorflow": {
        "rasa.core.policies.ted_policy": ("TEDPolicy",),
        "rasa.core.policies.unexpected_intent_policy": ("UnexpecTEDIntentPolicy",),
        "rasa.nlu.classifiers.diet_classifier": ("DIETClassifier",),
        "rasa.nlu.featurizers.dense_featurizer.convert_featurizer": ("ConveRTFeaturizer",),
        "rasa.nlu.featurizers.dense_featurizer.lm_featurizer": ("LanguageModelFeaturizer",),
        "rasa.nlu.selectors.response_selector": ("ResponseSelector",),
        "rasa.utils.tensorflow.callback": ("RasaModelCheckpoint", "RasaTrainingLogger"),
        "rasa.utils.tensorflow.data_generator": ("RasaBatchDataGenerator",),
        "rasa.utils.tensorflow.model_data": ("RasaModelData", "ragged_array_to_ndarray"),
        "rasa.utils.tensorflow.model_data_utils": (),
    },
    # Trackers in DynamoDB and in MongoDB.
    "boto3": {"boto3": (), "boto3.dynamodb": (), "boto3.dynamodb.conditions": ("Key",)},
    "botocore": {"botocore": (), "botocore.exceptions": ("BotoCoreError",)},
    "pymongo": {
        "pymongo": (),
        "pymongo.collection": ("Collection",),
        "pymongo.errors": ("ConnectionFailure", "OperationFailure"),
    },
}
_LIBRARY = {module: library for library, modules in STOOD_IN_FOR.items() for module in modules}


class StandIns(MetaPathFinder, Loader):
    """Finds what stands in for a module whose library is missing."""

    def find_spec(
        self, fullname: str, path: Optional[Sequence[str]], target: Optional[ModuleType] = None
    ) -> Optional[ModuleSpec]:
        """The stand-in for a module, if it needs one."""
        if fullname not in _LIBRARY or PathFinder.find_spec(_LIBRARY[fullname]):
            return None
        is_package = any(it.startswith(f"{fullname}.") for it in _LIBRARY)
        return ModuleSpec(fullname, self, is_package=is_package)

    def exec_module(self, module: ModuleType) -> None:
        """Puts an empty class into the module for each of its names; an exception, because some of them are caught."""
        for name in STOOD_IN_FOR[_LIBRARY[module.__name__]][module.__name__]:
            setattr(module, name, type(name, (Exception,), {"__module__": module.__name__}))


def stand_in_for_missing() -> None:
    """From now on Rasa can be imported without the libraries that are missing."""
    sys.meta_path.insert(0, StandIns())

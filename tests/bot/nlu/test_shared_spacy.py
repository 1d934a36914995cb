from __future__ import annotations

from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.model import InvalidModelError

from bot.nlu.shared_spacy import SharedSpacyNLP
from bot.settings import ROOT


def node(tmp_path: Any, folder: str) -> SharedSpacyNLP:
    """What Rasa makes for one node of its graph."""
    made: SharedSpacyNLP = SharedSpacyNLP.create(
        {"model": folder}, LocalModelStorage(tmp_path), Resource("language"), ExecutionContext(GraphSchema({}))
    )
    return made


def test_all_nodes_share_one_pipeline(tmp_path: Any) -> None:
    folder = str(ROOT / "models" / "language")
    assert node(tmp_path, folder).provide() is node(tmp_path, folder).provide()


def test_a_folder_without_a_pipeline_is_named(tmp_path: Any) -> None:
    with pytest.raises(InvalidModelError, match=str(tmp_path)):
        node(tmp_path, str(tmp_path))

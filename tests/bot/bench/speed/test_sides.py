"""Each side has a database of its own, and one that says nothing is not compared with."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.utils.endpoints import read_endpoint_config

from bot.bench.speed.rounds import Talker, take_turns, warm
from bot.bench.speed.sides import Side, apology, settings_in, write_endpoints
from bot.processes import StartError, rest_address
from tests.assistant import Assistant
from tests.replying import replying


def test_the_baseline_finds_its_actions_and_its_database(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, "actions")
    # As Rasa reads it: it takes ${VARIABLES} for what they are only where YAML leaves them bare.
    file = str(write_endpoints(tmp_path, settings))
    assert read_endpoint_config(file, "action_endpoint").url == f"http://127.0.0.1:{settings.actions_port}/webhook"
    store = read_endpoint_config(file, "tracker_store")
    assert (store.type, store.kwargs) == ("SQL", {"dialect": "sqlite", "db": str(tmp_path / "baseline.db")})
    assert settings.database_url == f"sqlite:///{tmp_path}/actions.db"


def test_a_side_that_answers_nothing_is_refused() -> None:
    with replying(200, b"[]") as address, pytest.raises(StartError, match="no reply"):
        warm([Talker(Side(address, [], 1.0), ["hello there"])])


def test_a_round_measures_each_side(assistant: Assistant) -> None:
    side = Side(rest_address(assistant.settings), assistant.processes, 1.0)
    talkers = [Talker(side, ["how long will it last", "can i wash my face"], apology()) for _ in range(2)]
    warm(talkers)
    take_turns(talkers, rounds=1, short=1, long=0, seconds=0.2)
    for it in talkers:
        assert len(it.turns_by_position[1]) == 1 and len(it.turns_by_position[10]) == 2
        assert all(rates[0] > 0 for rates in it.rates.values())
        assert not it.other_failures
        assert it.turns >= 10 + 1 + 8 + 64
    talkers[0].until(talkers[0].turns + 10)
    (_, before), (turns, after) = talkers[0].memory
    assert turns == talkers[0].turns
    assert before > 100 * 1024**2 and after > 100 * 1024**2

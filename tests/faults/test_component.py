"""A component of the pipeline raises: a plain message on every channel, and no word of it in the log."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot import processes
from tests.assistant import running
from tests.faults.people import CHANNELS, Faulty, in_time
from tests.faults.raising import WORD
from tests.platforms import serving, settings_in


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faulty]:
    """An assistant with the component."""
    folder = tmp_path_factory.mktemp("component")
    whole = processes.commands
    with pytest.MonkeyPatch.context() as patch, serving() as telegram, serving() as slack:
        patch.setattr(
            processes,
            "commands",
            lambda *given: [
                ["tests.faults.raising" if it == "bot.part" else it for it in all] for all in whole(*given)
            ],
        )
        with running(settings_in(folder, telegram, slack), folder / "log") as assistant:
            yield Faulty(assistant, telegram, slack)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_component_that_raises(faulty: Faulty, channel: str) -> None:
    say = faulty.person(channel)
    say("i had it 3 days ago")
    reply = in_time(say, f"what about my {WORD}")
    assert "I can't look that up just now" in reply and "020 7946 0018" in reply
    assert "3 days" in say("how long will it last")
    assert WORD not in faulty.assistant.log.read_text()

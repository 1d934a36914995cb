"""The assistant with both platforms played by local servers, to be broken."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.assistant import running
from tests.faults.people import Faulty
from tests.platforms import serving, settings_in


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faulty]:
    """An assistant of the module's own."""
    folder = tmp_path_factory.mktemp("faults")
    with serving() as telegram, serving() as slack:
        with running(settings_in(folder, telegram, slack), folder / "log") as assistant:
            yield Faulty(assistant, telegram, slack)

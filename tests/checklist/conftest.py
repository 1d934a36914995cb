"""The rates per capability, printed after the tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Record = Callable[[str, str, float, int], None]

_RATES = pytest.StashKey[list[tuple[str, str, float, int]]]()


@pytest.fixture(scope="session")
def record(pytestconfig: pytest.Config) -> Record:
    """Takes down a rate: kind of test, capability, share that passed, number of messages."""
    rates = pytestconfig.stash.setdefault(_RATES, [])
    return lambda kind, capability, rate, count: rates.append((kind, capability, rate, count))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    rates = config.stash.get(_RATES, [])
    if rates:
        terminalreporter.section("checklist: share of messages that pass")
    for kind, capability, rate, count in rates:
        terminalreporter.write_line(f"{kind:22} {capability:44} {rate:6.1%} of {count}")

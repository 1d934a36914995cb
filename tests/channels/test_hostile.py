from __future__ import annotations

from pathlib import Path

from bot.bench.hostile.attack import attack

COUNT, SEED = 300, 7


def test_hostile_messages_break_nothing_and_leave_nothing_where_it_must_not_be(tmp_path: Path) -> None:
    run, _ = attack(tmp_path, COUNT, SEED)
    assert run.sent == COUNT
    assert {status // 100 for _, status in run.statuses} == {2, 4}
    assert not run.failures, "\n".join(run.failures)

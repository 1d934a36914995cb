"""Both sides are asked the same, and hardly anything twice."""

from __future__ import annotations

from itertools import islice
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bot.bench.speed.recorded import conversations, patients_messages, with_slip


def test_the_same_arguments_give_the_same_conversations() -> None:
    texts = patients_messages()
    first, second = (list(islice(conversations("a", 10, texts), 20)) for _ in range(2))
    assert first == second
    assert [it.messages for it in islice(conversations("a", 10, texts, seed=4), 20)] != [it.messages for it in first]
    assert {len(it.messages) for it in first} == {10}
    assert len({it.sender for it in first}) == 20


def test_hardly_a_text_comes_twice() -> None:
    texts = patients_messages()
    said = [text for it in islice(conversations("a", 10, texts), 100) for text in it.messages]
    assert len(set(said)) > 0.95 * len(said)


def test_messages_are_many_and_report_no_warning_sign() -> None:
    texts = patients_messages()
    assert len(texts) == len(set(texts)) > 600
    assert "i look so disgusting i dont want to be here anymore" not in texts


@given(st.text(), st.integers())
def test_a_slip_keeps_the_letters(text: str, seed: int) -> None:
    slipped = with_slip(text, Random(seed))
    assert sorted(slipped) == sorted(text)
    assert sum(one != other for one, other in zip(slipped, text, strict=True)) in (0, 2)


def test_a_slip_swaps_neighbours_within_a_word() -> None:
    assert with_slip("a bc d", Random(0)) == "a cb d"
    assert with_slip("1 2 ?!", Random(0)) == "1 2 ?!"

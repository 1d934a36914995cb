from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.safety.context import RELAPSES, ContextFile, Cue, Scope, load_context, scopes, statements
from bot.safety.red_flags import RedFlags
from bot.safety.way_finder import WayFinder
from bot.safety.ways import Hit
from bot.settings import ROOT
from bot.wording import KnowledgeError

SIGNS = ["pus", "fever", "cannot breathe", "not closing"]
CONTEXT = ContextFile(
    cues=[
        {"kind": "denied", "reach": "forward", "ways": "no, not, cannot, without"},
        {"kind": "denied", "reach": "back", "ways": "? no"},
        {"kind": "supposed", "reach": "forward", "ways": "what if, risk of"},
        {"kind": "past", "reach": "both", "ways": "last year"},
        {"kind": "another", "reach": "both", "ways": "friend"},
        {"kind": "settled", "reach": "back", "ways": "cleared"},
        {"kind": "settled", "reach": "both", "ways": "doctor saw"},
    ],
    never_cues="not sure, no doubt",
    figures="pus cat",
    breaks="but, just my",
    subjects="i, my",
    verbs="is, has",
)


def parts(text: str) -> list[str]:
    words = text.split()
    breaks = [hit for _, hit in WayFinder(CONTEXT.breaks, {}, ()).find(words)]
    return [" ".join(words[start:end]) for start, end in statements(words, breaks, CONTEXT)]


def left(text: str) -> list[str]:
    """The signs of a text from which no cue takes the alarm."""
    words = text.split()
    of = {way: cue for cue in CONTEXT.cues for way in cue.ways}
    hits = list(WayFinder([*of, *CONTEXT.never_cues, *CONTEXT.breaks, *SIGNS], {}, ()).find(words))
    edges = statements(words, [hit for way, hit in hits if way in CONTEXT.breaks], CONTEXT)
    cues: list[tuple[Cue, Hit]] = [(of[way], hit) for way, hit in hits if way in of]
    reached = scopes(words, cues, [hit for way, hit in hits if way in CONTEXT.never_cues], edges)
    return [way for way, hit in hits if way in SIGNS and not any(scope.takes(hit) for scope in reached)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("red . hot ! sore", ["red .", "hot !", "sore"]),
        ("red but hot", ["red", "but hot"]),
        ("red and i am hot", ["red and", "i am hot"]),
        ("red , skin is hot", ["red ,", "skin is hot"]),
        ("red , hot and sore", ["red , hot and sore"]),
        ("no pus , fever . it is red", ["no pus , fever .", "it is red"]),
        ("so the skin over there on my side is hot", ["so the skin over there on my side is hot"]),
        ("just my eye", ["just my eye"]),
        ("pus", ["pus"]),
        ("", []),
    ],
)
def test_a_statement_ends_where_another_begins(text: str, expected: list[str]) -> None:
    assert parts(text) == expected


@pytest.mark.parametrize("text", ["no pus", "without any pus or fever", "what if i get pus", "is there a risk of pus"])
def test_a_forward_cue_takes_what_follows_in_its_statement(text: str) -> None:
    assert left(text) == []


@pytest.mark.parametrize(
    "text", ["pus and no redness", "no redness but pus", "no redness . pus", "what if it is red , my skin has pus"]
)
def test_a_forward_cue_takes_nothing_before_it_or_in_another_statement(text: str) -> None:
    assert left(text) == ["pus"]


@pytest.mark.parametrize("text", ["pus ? no", "there was pus but it cleared"])
def test_a_back_cue_takes_what_stands_before_it_in_its_sentence(text: str) -> None:
    assert left(text) == []


@pytest.mark.parametrize("text", ["it cleared and then came pus", "pus . the redness cleared"])
def test_a_back_cue_takes_nothing_after_it_or_in_another_sentence(text: str) -> None:
    assert left(text) == ["pus"]


@pytest.mark.parametrize("text", ["last year i had pus", "i had pus last year", "friend had pus", "pus on a friend"])
def test_a_cue_that_reaches_both_ways_takes_its_whole_statement(text: str) -> None:
    assert left(text) == []


@pytest.mark.parametrize("text", ["i had acne last year but pus", "my friend is fine and i have pus"])
def test_a_cue_that_reaches_both_ways_keeps_to_its_statement(text: str) -> None:
    assert left(text) == ["pus"]


@pytest.mark.parametrize("word", sorted(RELAPSES))
@pytest.mark.parametrize("cue", ["the pus cleared", "pus doctor saw"])
def test_what_is_back_again_is_not_settled(cue: str, word: str) -> None:
    assert left(f"{cue} and is {word}") == ["pus"]


def test_a_relapse_in_the_next_sentence_is_none_of_this_one() -> None:
    assert left("the pus cleared . it is worse") == []


def test_a_relapse_does_not_undo_a_denial() -> None:
    assert left("no pus worse") == []


@pytest.mark.parametrize("text", ["i cannot breathe", "the cut is not closing"])
def test_a_cue_that_is_part_of_the_sign_takes_nothing_from_it(text: str) -> None:
    assert len(left(text)) == 1


@pytest.mark.parametrize("text", ["not sure if pus", "no doubt pus"])
def test_a_phrase_that_only_looks_like_a_cue_is_none(text: str) -> None:
    assert left(text) == ["pus"]


def test_another_cue_in_the_same_message_still_counts() -> None:
    assert left("not sure if pus but no fever") == ["pus"]


def test_a_scope_takes_a_sign_that_only_begins_in_it() -> None:
    assert Scope(frozenset({0}), 0, 3).takes(Hit(2, 5, (2, 4)))
    assert not Scope(frozenset({0}), 0, 3).takes(Hit(3, 5, (3, 4)))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("kind: denied", "kind: refused", "cue number 1: kind: "),
        ("reach: forward", "reach: ahead", "cue number 1: reach: "),
        ("never_cues:", "never_cuse:", "never_cues: is missing, add it"),
        ("im {young} weeks", "im {yong} weeks", "'im {yong} weeks': {yong} is not a list under 'words'"),
        ("stop .. from", "stop ..", "'stop ..': a part is empty"),
    ],
)
def test_a_mistake_is_named_with_its_file(
    tmp_path: Path, red_flags: RedFlags, old: str, new: str, problem: str
) -> None:
    file = shutil.copytree(ROOT / "data" / "safety", tmp_path / "safety") / "context.yml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError) as raised:
        load_context(red_flags.words, tmp_path)
    assert any(it.startswith(f"{file}: {problem}") for it in str(raised.value).splitlines())

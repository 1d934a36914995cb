from __future__ import annotations

import re
import shutil
import stat
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.analytics import suggest as suggesting
from bot.analytics.groups import Group
from bot.analytics.quoting import quotation
from bot.analytics.suggest import EXAMPLES_NEEDED, main, proposed_name, suggest, summary
from bot.bench.conversations import SECRETS, Writer
from bot.knowledge import load_knowledge
from bot.settings import Clinic
from bot.wording import KnowledgeError
from bot.yaml_file import read_mapping

SWIM = Group(("swimming", "pool"), ("can i swim", "is the pool ok", "swimming?", "when can i swim"), 9)
PRICE = Group(("price", "pay"), ("what is the price", "how do i pay", "is there a price list"), 5)


def examples(draft: Path) -> list[str]:
    (block,) = read_mapping(draft / "nlu.yml")["nlu"]
    return [line.removeprefix("- ") for line in block["examples"].splitlines()]


def test_each_group_becomes_a_draft_with_its_messages(tmp_path: Path) -> None:
    made, kept = suggest([PRICE, SWIM], [], tmp_path)
    assert [it.name for it in made] == ["swimming_pool", "price_pay"] and kept == []
    draft = tmp_path / "swimming_pool"
    assert sorted(it.name for it in draft.iterdir()) == ["README.md", "answers.yml", "nlu.yml"]
    content = read_mapping(draft / "nlu.yml")
    assert content["version"] == "3.1" and content["nlu"][0]["intent"] == "ask_swimming_pool"
    assert examples(draft) == list(SWIM.wordings)


def test_an_editor_is_told_what_is_missing_and_to_remove_what_is_private(tmp_path: Path) -> None:
    (draft, *_), _ = suggest([SWIM], [], tmp_path)
    head = (draft / "nlu.yml").read_text(encoding="utf-8").splitlines()[:2]
    assert f"At least {EXAMPLES_NEEDED - 4} more" in head[0] and "Remove what is private" in head[1]
    assert "Next:" in (draft / "README.md").read_text(encoding="utf-8")


def test_a_draft_is_readable_by_its_user_alone(tmp_path: Path) -> None:
    (draft, *_), _ = suggest([SWIM], [], tmp_path / "suggestions")
    assert stat.S_IMODE(draft.stat().st_mode) == 0o700


@pytest.fixture
def moved(data: Path, tmp_path: Path) -> Path:
    """A draft that an editor has moved among the topics as it was made."""
    (draft, *_), _ = suggest([SWIM], [], tmp_path / "suggestions")
    return Path(shutil.copytree(draft, data / draft.name))


WRITTEN = {
    "title": 'title: "Can I swim?"',
    "text": 'text: "Stay out of the water until your clinic says that you may swim."',
    "facts": "facts: [A1]",
    "reviewed": "reviewed: {date: 2026-11-25, role: content editor}",
    "next": "next: [ask_see_doctor]",
}


def fill(draft: Path, *fields: str) -> None:
    file = draft / "answers.yml"
    text = file.read_text(encoding="utf-8")
    for field in fields:
        text = re.sub(rf"^( +){field}:.*$", rf"\1{WRITTEN[field]}", text, flags=re.MULTILINE)
    file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("left", WRITTEN)
def test_a_draft_in_which_a_field_is_left_does_not_pass_the_check(
    moved: Path, data: Path, clinic: Clinic, left: str
) -> None:
    fill(moved, *(it for it in WRITTEN if it != left))
    with pytest.raises(KnowledgeError, match="ask_swimming_pool"):
        load_knowledge(clinic, data)


def test_a_draft_that_is_completed_passes_the_check(moved: Path, data: Path, clinic: Clinic) -> None:
    fill(moved, *WRITTEN)
    answer = load_knowledge(clinic, data).answers["ask_swimming_pool"]
    assert (answer.title, answer.facts, answer.next) == ("Can I swim?", ["A1"], ["ask_see_doctor"])


def test_what_an_editor_has_written_stays(tmp_path: Path) -> None:
    (draft, *_), _ = suggest([SWIM], [], tmp_path)
    fill(draft, *WRITTEN)
    written = {it.name: it.read_text(encoding="utf-8") for it in draft.iterdir()}
    made, kept = suggest([SWIM, PRICE], [], tmp_path)
    assert [it.name for it in made] == ["price_pay"] and kept == [draft]
    assert {it.name: it.read_text(encoding="utf-8") for it in draft.iterdir()} == written


def test_a_group_that_has_grown_is_the_same_group_whatever_it_is_called_now(tmp_path: Path) -> None:
    suggest([SWIM], [], tmp_path)
    grown = Group(("pool", "water"), (*SWIM.wordings, "is pool water bad"), 12)
    made, kept = suggest([grown], [], tmp_path)
    assert made == [] and [it.name for it in kept] == ["swimming_pool"]


@pytest.mark.parametrize("content", ["nlu: [", "", "nlu: nothing", "nlu: {a: 1}", "- a"])
def test_a_draft_that_cannot_be_read_just_now_is_not_touched(tmp_path: Path, content: str) -> None:
    (draft, *_), _ = suggest([SWIM], [], tmp_path)
    (draft / "nlu.yml").write_text(content, encoding="utf-8")
    made, _ = suggest([SWIM], [], tmp_path)
    assert (draft / "nlu.yml").read_text(encoding="utf-8") == content
    assert [it.name for it in made] == ["swimming_pool_again"]


def test_a_name_is_never_that_of_a_topic_or_of_another_draft() -> None:
    assert proposed_name(["oil"], {"purge"}) == "oil"
    assert proposed_name(["purge", "skin", "nose"], {"purge_skin"}) == "purge_skin_nose"
    assert proposed_name(["purge"], {"purge", "purge_again"}) == "purge_again_again"
    assert proposed_name([], set()) == "other"


def test_the_folders_of_the_guide_are_taken(tmp_path: Path) -> None:
    made, _ = suggest([Group(("oil",), ("oil?", "which oil", "oils"), 3)], ["oil"], tmp_path)
    assert [it.name for it in made] == ["oil_again"]
    made, _ = suggest([Group(("safety",), ("safety?", "which safety", "safe"), 3)], [], tmp_path)
    assert [it.name for it in made] == ["safety_again"]


@given(st.lists(st.text(min_size=1), min_size=1, max_size=5))
def test_whatever_is_written_the_file_holds_it_as_plain_examples(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    wordings = tuple(dict.fromkeys(line for it in texts if (line := quotation(it))))
    if not wordings:
        return
    (draft, *_), _ = suggest([Group((), wordings, 3)], [], tmp_path_factory.mktemp("draft"))
    lines = examples(draft)
    assert len(lines) == len({" ".join(re.sub(r"[\[\]{}]", " ", it).split()) for it in wordings})
    assert not any(set(it) & set("[]{}") for it in lines)


def test_nothing_to_suggest_is_said() -> None:
    (line,) = summary([], [])
    assert "nothing to suggest" in line


def test_the_command_makes_drafts_of_a_whole_month_and_says_what_is_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    zone = ZoneInfo("Europe/London")
    url = f"sqlite:///{tmp_path / 'a.db'}"
    Writer(datetime.now(zone).date(), zone).write(url, 200)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setattr(suggesting, "SUGGESTIONS", tmp_path / "suggestions")
    main()
    told = capsys.readouterr().out
    drafts = list((tmp_path / "suggestions").iterdir())
    assert len(drafts) > 5 and all(f"made  {it}" in told for it in drafts) and "Next: " in told
    assert all(re.fullmatch("[a-z_]+", it.name) for it in drafts)
    text = "".join(file.read_text(encoding="utf-8") for it in drafts for file in it.iterdir())
    assert not any(secret in text for secret in (*SECRETS, "removed]", "in secret"))
    main()
    told = capsys.readouterr().out
    assert "made" not in told and all(f"kept  {it}" in told for it in drafts)

"""``make check`` as a clinic meets it: the real command on a copy of the data, with one mistake in it."""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.settings import ROOT

ANSWERS = "data/picking/answers.yml"
ANSWER = f"{ANSWERS}: answer ask_picking: "
FOLDER = "data/sunscreen"
# In seconds of one core: what else the machine does must not fail a test.
MOST_SECONDS = 5


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that the check reads, with reviews of today."""
    folder = tmp_path_factory.mktemp("whole")
    shutil.copytree(ROOT / "data", folder / "data")
    shutil.copytree(ROOT / "tests/stories", folder / "tests/stories")
    for name in ("clinic.yml", "domain.yml"):
        shutil.copyfile(ROOT / name, folder / name)
    for file in [*folder.glob("data/*/answers.yml"), folder / "data/safety/red_flags.yml"]:
        reviewed(file, date.today())
    return folder


@pytest.fixture
def root(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "root")
    return tmp_path / "root"


def reviewed(file: Path, day: date) -> None:
    rewrite(file, r"date: [\d-]+", f"date: {day}")


def rewrite(file: Path, pattern: str, replacement: str) -> None:
    before = file.read_text(encoding="utf-8")
    assert re.search(pattern, before)
    file.write_text(re.sub(pattern, lambda _: replacement, before, count=1), encoding="utf-8")


def run(root: Path, *arguments: str) -> tuple[int, str]:
    """How the command ends and what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "bot.check", str(root), *arguments], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def errors(root: Path) -> list[str]:
    """What it wants mended, found in time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code, printed = run(root)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < MOST_SECONDS
    title, *lines = printed.splitlines()
    assert (code, title) == (1, "Mend this first:")
    return [it.removeprefix("- ") for it in lines if it.startswith("- ")]


def test_what_is_whole_is_fine(root: Path) -> None:
    code, printed = run(root)
    assert code == 0 and "Mend" not in printed and "Look at" not in printed
    assert re.search(r"^\d+ answers are read; they rest on (\d+) of \1 facts\.$", printed, re.MULTILINE)


@pytest.mark.parametrize(
    ("pattern", "replacement", "error"),
    [
        pytest.param(r"title: .*", "title: [oops", f"{ANSWERS}: is not valid YAML: line ", id="broken YAML"),
        pytest.param("    title", "\ttitle", "indent with spaces, a tab is not allowed", id="tab"),
        pytest.param("    title: .*\n", "", f"{ANSWER}title: is missing, add it", id="missing field"),
        pytest.param("title:", "titel:", f"{ANSWER}titel: is not known here, check its spelling", id="misspelt field"),
        pytest.param(r"title: .*", "title: 5", f"{ANSWER}title: must be text, put it in quotes", id="number for text"),
        pytest.param(r"facts: .*", "facts: A10", f"{ANSWER}facts: must be a list, write it like", id="text for list"),
        pytest.param(r"reviewed: .*", "reviewed: today", f"{ANSWER}reviewed: must hold fields", id="text for fields"),
        pytest.param(r"next:", "serious: maybe\n    next:", f"{ANSWER}serious: must be true or false", id="no boolean"),
        pytest.param(
            r"next:", "check: later\n    next:", f"{ANSWER}check: must be always or when_worried", id="choice"
        ),
        pytest.param(r"facts: \[", "facts: [Z99, ", f"{ANSWER}facts: Z99 is not in facts.yml, check", id="fact"),
        pytest.param(r"next: \[", "next: [ask_x, ", f"{ANSWER}next: ask_x is not another answer's id", id="next"),
        pytest.param("more: >-", f"more: >-\n      {'Wash it. ' * 50}", f"{ANSWER}more: has 1", id="too many words"),
        pytest.param(
            "Please",
            "Inflammatory responses necessitate dermatological evaluation, additionally photoprotection. Please",
            'two sentences for "Inflammatory responses necessitate',
            id="hard",
        ),
        pytest.param(
            r"\{clinic_phone\}", "{phone}", f"{ANSWER}text: {{phone}} is not known, use one of", id="placeholder"
        ),
        pytest.param(r"\{clinic_phone\}", "{clinic_phone", f"{ANSWER}text: expected '}}'", id="open bracket"),
        pytest.param(
            "id: ask_picking",
            "id: ask_oil",
            "answer ask_oil: id: already used in data/oil/answers.yml",
            id="duplicate id",
        ),
        pytest.param("    next:", "    title: Two\n    next:", 'found duplicate key "title"', id="duplicate field"),
        pytest.param(
            r"date: [\d-]+", "date: 31.12.2025", f"{ANSWER}reviewed.date: is no date, write it like", id="date"
        ),
        pytest.param(
            r"date: [\d-]+",
            f"date: {date.today() + timedelta(days=2)}",
            f"{ANSWER}reviewed.date: {date.today() + timedelta(days=2)} is in the future, write the day",
            id="future",
        ),
        pytest.param(
            "next:", "image: picture.svg\n    next:", f"{ANSWER}image_alt: image and image_alt go", id="no alt"
        ),
    ],
)
def test_a_mistake_in_an_answer_is_named_with_its_mend(root: Path, pattern: str, replacement: str, error: str) -> None:
    rewrite(root / ANSWERS, pattern, replacement)

    found = errors(root)
    assert [it for it in found if it.startswith(ANSWERS) and error in it], found


@pytest.mark.parametrize(
    ("file", "pattern", "replacement", "error"),
    [
        ("domain.yml", "  - ask_oil\n", "", "domain.yml: intents: ask_oil is missing, add the line '  - ask_oil'"),
        (
            "domain.yml",
            "  - ask_oil\n",
            "  - ask_oil\n  - ask_sun\n",
            "domain.yml: intents: ask_sun has no answer, write it",
        ),
        ("domain.yml", "  - ask_oil\n", "  - ask_oil\n" * 2, "domain.yml: intents: ask_oil stands there twice"),
        (
            "domain.yml",
            "  - greet\n",
            "  - greet\n  - wave\n",
            "data/<topic>/nlu.yml: wave has no examples, add at least 1",
        ),
        ("domain.yml", "  - greet\n", "", "data/smalltalk/nlu.yml: greet is not among the intents of domain.yml"),
        (
            "data/answer/rules.yml",
            "          - intent: ask_oil\n",
            "",
            "data/answer/rules.yml: ask_oil is missing, add the line '          - intent: ask_oil'",
        ),
        ("data/oil/nlu.yml", "(?s)    - too much oil.*", "", "data/oil/nlu.yml: ask_oil has 5 examples, write 35 more"),
        ("data/oil/nlu.yml", "    - sebum\n", "    - sebum\n    - sebum\n", "'sebum' stands there twice, keep one"),
        ("data/oil/nlu.yml", "    - sebum\n", "    - Hello\n", "'hello' stands under ask_oil too, keep one"),
        (
            "data/oil/nlu.yml",
            "  examples: \\|",
            "  samples: |",
            "data/oil/nlu.yml: ask_oil has no examples, add at least 40",
        ),
        (
            "data/oil/answers.yml",
            "id: ask_oil",
            "id: ask_oily",
            "answer ask_oily: id: must be ask_oil, as the folder is",
        ),
        (
            "data/phrases.yml",
            "today for a fever",
            "immediately for hyperthermia",
            "phrase warning_signs: reads at grade",
        ),
        (
            "data/how_long/picture.svg",
            "usually a few",
            "always a few",
            "picture.png shows an older drawing, make it anew",
        ),
        ("clinic.yml", "breakout_limit_weeks: 4", "breakout_limit_weeks: some", "clinic.yml: breakout_limit_weeks: "),
    ],
)
def test_a_mistake_beside_the_answers_is_named_with_its_mend(
    root: Path, file: str, pattern: str, replacement: str, error: str
) -> None:
    rewrite(root / file, pattern, replacement)

    found = errors(root)
    assert [it for it in found if error in it], found


def test_a_new_topic_is_told_all_that_it_still_needs(root: Path) -> None:
    (root / FOLDER).mkdir()
    text = (root / "data/oil/answers.yml").read_text(encoding="utf-8").replace("ask_oil", "ask_sunscreen")
    (root / FOLDER / "answers.yml").write_text(text, encoding="utf-8")

    assert errors(root) == [
        "domain.yml: intents: ask_sunscreen is missing, add the line '  - ask_sunscreen'",
        "data/answer/rules.yml: ask_sunscreen is missing, add the line '          - intent: ask_sunscreen' under 'or:'",
        f"{FOLDER}/nlu.yml: ask_sunscreen has no examples, add at least 40",
        "tests/stories/sunscreen/test_sunscreen.yml is missing, add a conversation;"
        " tests/stories/oil/test_oil.yml is an example",
    ]


def test_where_there_are_no_tests_no_story_is_missed(root: Path) -> None:
    shutil.rmtree(root / "tests")
    assert run(root)[0] == 0


def test_an_overdue_review_is_told_apart_and_fails_only_if_asked(root: Path) -> None:
    old = date.today() - timedelta(days=366)
    reviewed(root / ANSWERS, old)
    reviewed(root / "data/safety/red_flags.yml", old)

    code, printed = run(root)
    assert code == 0 and printed.startswith("Look at this too:\n")
    assert f"- {ANSWER}reviewed.date: {old} is more than 12 months ago (review_every_months" in printed
    assert f"- data/safety/red_flags.yml: reviewed.date: {old} is more" in printed
    assert run(root, "--strict")[0] == 1


def test_the_clinic_sets_how_often_texts_are_reviewed(root: Path) -> None:
    reviewed(root / ANSWERS, date.today() - timedelta(days=366))
    rewrite(root / "clinic.yml", "review_every_months: 12", "review_every_months: 24")

    assert "Look at" not in run(root)[1]


def test_an_unused_fact_is_told(root: Path) -> None:
    rewrite(root / "data/facts.yml", "          A1:", "          A0: A fact of the clinic.\n          A1:")

    code, printed = run(root)
    assert code == 0 and "- data/facts.yml: fact A0: no answer rests on it, put it" in printed


def test_mistakes_of_all_kinds_are_listed_together_each_once(root: Path) -> None:
    rewrite(root / ANSWERS, "title:", "titel:")
    rewrite(root / "domain.yml", "  - ask_oil\n", "")
    rewrite(root / "data/safety/red_flags.yml", "reviewed:", "review:")
    rewrite(root / "data/channels/responses.yml", "responses:", "answers:")

    found = errors(root)
    for file in (ANSWERS, "domain.yml", "data/safety/red_flags.yml", "data/channels/responses.yml"):
        assert [it for it in found if it.startswith(file)], (file, found)
    assert len(found) == len(set(found))

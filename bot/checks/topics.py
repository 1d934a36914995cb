"""Whether each topic has all its parts: an intent, examples, a line in the rule, an answer, a story test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, StrictStr

from bot.wording import KnowledgeError, read_checked
from bot.yaml_file import YamlFileError, read_mapping

FEWEST_EXAMPLES = 40


class _Examples(BaseModel):
    """A block of ``nlu.yml``; those without an intent hold regular expressions and the like."""

    intent: StrictStr = ""
    examples: StrictStr = ""


class _NluFile(BaseModel):
    nlu: list[_Examples]


class _Domain(BaseModel):
    intents: list[StrictStr]


class _Step(BaseModel):
    intent: StrictStr = ""


class _Steps(BaseModel):
    any_of: list[_Step] = []

    class Config:
        """``or`` is a word of Python."""

        fields = {"any_of": "or"}


class _Rule(BaseModel):
    steps: list[_Steps]


class _RulesFile(BaseModel):
    rules: list[_Rule]


@dataclass
class Topics:
    """What the files say of topics."""

    root: Path
    intents: list[str]
    """Of ``domain.yml``."""
    in_rule: list[str]
    """Of the one rule for documented topics."""
    answered: dict[str, Path]
    """The ids of answers, and where each stands."""
    examples: dict[str, dict[str, Path]] = field(default_factory=dict)
    """By intent, each with the file that it stands in."""


def problems_of_topics(root: Path) -> list[str]:
    """What is missing, with the mend.

    Args:
        root: the folder of ``domain.yml``, ``data`` and ``tests``.
    """
    try:
        topics = _read(root)
    except KnowledgeError as error:
        return str(error).splitlines()
    return [*_parts_missing(topics), *_examples_wrong(topics), *_stories_missing(root)]


def _read(root: Path) -> Topics:
    data = root / "data"
    domain: _Domain = read_checked(root / "domain.yml", _Domain)
    rules: _RulesFile = read_checked(data / "answer" / "rules.yml", _RulesFile)
    in_rule = [step.intent for rule in rules.rules for steps in rule.steps for step in steps.any_of]
    topics = Topics(root, domain.intents, in_rule, dict(_answered(data)))
    problems = []
    for file in sorted(data.glob("*/nlu.yml")):
        try:
            blocks = read_checked(file, _NluFile).nlu
        except KnowledgeError as error:
            problems.append(str(error))
            continue
        for block in blocks:
            examples = topics.examples.setdefault(block.intent, {}) if block.intent else {}
            for line in block.examples.splitlines():
                if example := line.strip().removeprefix("-").strip():
                    if example in examples:
                        problems.append(f"{file}: {block.intent}: the example {example!r} stands there twice, keep one")
                    examples[example] = file
    if problems:
        raise KnowledgeError("\n".join(problems))
    return topics


def _answered(data: Path) -> Iterator[tuple[str, Path]]:
    """The ids of answers; a file that cannot be read is named where all answers are checked."""
    for file in sorted(data.glob("*/answers.yml")):
        try:
            answers: Any = read_mapping(file).get("answers")
        except YamlFileError:
            answers = [{"id": f"ask_{file.parent.name}"}]
        for answer in answers if isinstance(answers, list) else []:
            if isinstance(answer, dict) and isinstance(answer.get("id"), str):
                yield answer["id"], file


def _parts_missing(topics: Topics) -> Iterator[str]:
    domain, rules = topics.root / "domain.yml", topics.root / "data" / "answer" / "rules.yml"
    for topic, file in topics.answered.items():
        if topic != f"ask_{file.parent.name}":
            yield f"{file}: answer {topic}: id: must be ask_{file.parent.name}, as the folder is called; rename one"
        if topic not in topics.intents:
            yield f"{domain}: intents: {topic} is missing, add the line '  - {topic}'"
        if topic not in topics.in_rule:
            yield f"{rules}: {topic} is missing, add the line '          - intent: {topic}' under 'or:'"
    for place, named in ((f"{domain}: intents", topics.intents), (str(rules), topics.in_rule)):
        for topic in dict.fromkeys(named):
            if named.count(topic) > 1:
                yield f"{place}: {topic} stands there twice, keep one"
            if topic.startswith("ask_") and topic not in topics.answered:
                answers = topics.root / "data" / topic.removeprefix("ask_") / "answers.yml"
                yield f"{place}: {topic} has no answer, write it in {answers} or remove the line"


def _examples_wrong(topics: Topics) -> Iterator[str]:
    data = topics.root / "data"
    for intent in dict.fromkeys([*topics.intents, *topics.answered]):
        count = len(topics.examples.get(intent, {}))
        documented = intent in topics.answered
        file = data / intent.removeprefix("ask_") / "nlu.yml" if documented else f"{data}/<topic>/nlu.yml"
        if not count:
            yield f"{file}: {intent} has no examples, add at least {FEWEST_EXAMPLES if documented else 1}"
        elif documented and count < FEWEST_EXAMPLES:
            yield f"{file}: {intent} has {count} examples, write {FEWEST_EXAMPLES - count} more, all varied"
    owners: dict[str, str] = {}
    for intent, examples in topics.examples.items():
        if intent not in topics.intents and intent not in topics.answered:
            file = next(iter(examples.values()), data)
            yield f"{file}: {intent} is not among the intents of domain.yml, add the line '  - {intent}' there"
        for example, file in examples.items():
            owner = owners.setdefault(example.lower(), intent)
            if owner != intent:
                yield f"{file}: {intent}: the example {example!r} stands under {owner} too, keep one"


def _stories_missing(root: Path) -> Iterator[str]:
    stories = root / "tests" / "stories"
    if not stories.is_dir():  # where the assistant only runs, there are no tests
        return
    data = root / "data"
    for topic in sorted({it.parent.name for name in ("nlu", "answers") for it in data.glob(f"*/{name}.yml")}):
        if not (test := stories / topic / f"test_{topic}.yml").is_file():
            yield f"{test} is missing, add a conversation; {stories}/oil/test_oil.yml is an example"

"""Gates on the data: what Rasa's own validation does not catch."""

from __future__ import annotations

import json
import re
import string
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.importers.importer import TrainingDataImporter
from rasa_sdk.executor import ActionExecutor
from ruamel.yaml import YAML

from bot.handover.words import load_words
from bot.knowledge import Knowledge
from bot.safety.examples import load_examples
from bot.safety.red_flags import TIERS, load_red_flags
from bot.settings import ROOT, Clinic
from bot.wording import RECEIPT_VARIABLES, load_phrases

DATA = ROOT / "data"
TOPIC_FOLDERS = sorted(file.parent for file in DATA.glob("*/nlu.yml"))
TRAINING_KEYS = {"nlu", "rules", "stories", "responses"}


def read(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    return content


def domain() -> dict[str, Any]:
    return read(ROOT / "domain.yml")


def examples() -> Iterator[tuple[str, str]]:
    """Every training example with its intent."""
    for folder in TOPIC_FOLDERS:
        for block in read(folder / "nlu.yml")["nlu"]:
            if "intent" in block:
                for line in block["examples"].splitlines():
                    yield block["intent"], re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", line.strip().removeprefix("- "))


def responses() -> Iterator[tuple[str, Path, list[dict[str, Any]]]]:
    for file in sorted(DATA.glob("*/responses.yml")):
        for name, variations in read(file)["responses"].items():
            yield name, file, variations


def text_in(folder: str) -> str:
    return "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / folder).rglob("*.py"))


def normal(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def test_no_example_stands_twice_or_under_two_intents() -> None:
    counts = Counter(text.lower() for _, text in examples())
    assert [text for text, count in counts.items() if count > 1] == []


def test_every_intent_is_defined_once_and_has_examples() -> None:
    intents = domain()["intents"]
    assert len(intents) == len(set(intents))
    assert {intent for intent, _ in examples()} == set(intents)


def test_documented_topics_have_at_least_40_examples_and_boundaries_many_more(knowledge: Knowledge) -> None:
    counts = Counter(intent for intent, _ in examples())
    assert {topic: counts[topic] for topic in knowledge.answers if counts[topic] < 40} == {}
    assert min(counts["undocumented"], counts["out_of_scope"]) >= 400


def test_every_documented_intent_has_one_answer_in_its_own_folder(knowledge: Knowledge) -> None:
    topics = {intent for intent in domain()["intents"] if intent.startswith("ask_")}
    assert set(knowledge.answers) == topics
    for file in DATA.glob("*/answers.yml"):
        assert [answer["id"] for answer in read(file)["answers"]] == [f"ask_{file.parent.name}"]


def test_the_one_rule_names_every_documented_topic(knowledge: Knowledge) -> None:
    (rule,) = read(DATA / "answer" / "rules.yml")["rules"]
    assert [step["intent"] for step in rule["steps"][0]["or"]] == sorted(knowledge.answers)


def test_every_fact_is_used(knowledge: Knowledge) -> None:
    used = {fact for answer in knowledge.answers.values() for fact in answer.facts}
    assert sorted(set(knowledge.fact_sources) - used) == []


def facts_of_the_source(shared: Path) -> set[str]:
    """A clinic may add facts of its own, with other ids."""
    sheet = (shared / "source" / "FACTS.md").read_text(encoding="utf-8")
    return set(re.findall(r"^- ([A-D]\d+) ", sheet, re.MULTILINE))


def test_facts_are_those_of_the_source(knowledge: Knowledge, shared: Path) -> None:
    named = {it for it in knowledge.fact_sources if re.fullmatch(r"[A-D]\d+", it)}
    assert named == facts_of_the_source(shared)


def test_sources_are_titles_of_the_article(knowledge: Knowledge, shared: Path) -> None:
    article = (shared / "source" / "microneedling-breakouts.txt").read_text(encoding="utf-8")
    for source in {knowledge.fact_sources[it] for it in facts_of_the_source(shared)} - {"Overview"}:
        for title in source.removeprefix("Overview: ").split(": "):
            assert title in article or title == "Conclusion"


def test_no_answer_copies_a_sentence_of_the_article(knowledge: Knowledge, shared: Path) -> None:
    article = normal((shared / "source" / "microneedling-breakouts.txt").read_text(encoding="utf-8"))
    for answer in knowledge.answers.values():
        words = normal(f"{answer.text} {answer.more or ''}").split()
        runs = (" ".join(words[i : i + 9]) for i in range(len(words) - 8))
        assert [run for run in runs if run in article] == []


def test_no_response_stands_twice() -> None:
    counts = Counter(name for name, _, _ in responses())
    assert [name for name, count in counts.items() if count > 1] == []


def asking_for_slots() -> set[str]:
    forms = domain()["forms"].items()
    return {f"utter_ask_{form}_{slot}" for form, content in forms for slot in content["required_slots"]}


def test_every_response_is_used_and_every_used_one_exists() -> None:
    files = [*DATA.glob("*/rules.yml"), DATA / "safety" / "red_flags.yml"]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    used = set(re.findall(r"\butter_(?!message|action\b)\w+", text + text_in("actions")))
    used |= set(re.findall(r'"(utter_(?!action\b|warn)\w+)"', text_in("bot")))
    # The safety policy predicts a response for each tier.
    used |= {f"utter_warning_{tier}" for tier in TIERS}
    # A form asks for each slot with the response, or the action, that is named after both.
    used |= {it for it in asking_for_slots() if it.replace("utter_", "action_") not in domain()["actions"]}
    assert {name for name, _, _ in responses()} == used


def test_every_placeholder_in_responses_is_filled(clinic: Clinic) -> None:
    passed = set(re.findall(r"(\w+)=", text_in("actions"))) | set(RECEIPT_VARIABLES)
    known = set(clinic.variables()) | set(load_phrases(clinic)) | passed | set(domain()["slots"])
    for name, _, variations in responses():
        for variation in variations:
            names = {field for _, field, _, _ in string.Formatter().parse(variation["text"]) if field}
            assert names <= known, name


def test_buttons_of_responses_read_like_the_answers_they_give(knowledge: Knowledge) -> None:
    for name, _, variations in responses():
        for button in (button for variation in variations for button in variation.get("buttons", [])):
            assert "{" not in button["title"] or button["url"].startswith("tel:"), name
            if not button["payload"].startswith("/"):
                assert load_words().command(button["payload"]) or button["payload"] == button["title"].lower(), name
                continue  # words, as people can write them too
            target = button["payload"].removeprefix("/")
            assert target in domain()["intents"], name
            assert target not in knowledge.answers or button["title"] == knowledge.answers[target].title, name


def test_actions_of_the_domain_are_registered_once_and_the_reverse() -> None:
    executor = ActionExecutor()
    executor.register_package("actions")
    names = re.findall(r'return "((?:action|validate)_\w+)"', text_in("actions"))
    assert sorted(executor.actions) == sorted(domain()["actions"]) == sorted(names)


def test_every_folder_of_actions_is_a_package() -> None:
    folders = {file.parent for file in (ROOT / "actions").rglob("*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_files_that_are_not_training_data_have_none_of_its_keys() -> None:
    def keys(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield key
                yield from keys(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from keys(inner)

    files = [*DATA.glob("*.yml"), *DATA.glob("*/answers.yml"), *DATA.glob("safety/*s.yml")]
    files = [file for file in files if file.name != "responses.yml" and file.name != "rules.yml"]
    assert len(files) > 20
    for file in files:
        assert TRAINING_KEYS.isdisjoint(keys(read(file))), file


HELD_OUT = [
    "bench/patients/questions.jsonl",
    *(f"tests/nlu/{name}.jsonl" for name in ("privacy", "questions", "undocumented", "unseen")),
    *(f"tests/safety/{name}.jsonl" for name in ("warnings", "harmless", "tuning_warnings", "tuning_harmless")),
]


@pytest.mark.parametrize("name", HELD_OUT)
def test_no_held_out_message_is_a_training_example(shared: Path, name: str) -> None:
    file = shared / name if name.startswith("bench") else ROOT / name
    trained = {normal(text) for _, text in examples()}
    trained |= {normal(line) for lines in load_examples(load_red_flags().signs).values() for line in lines}
    held_out = [json.loads(line)["text"] for line in file.read_text(encoding="utf-8").splitlines()]
    # One or two words such as "moisturizer?" are what anyone writes.
    assert [text for text in held_out if normal(text) in trained and len(normal(text).split()) > 2] == []


def test_every_topic_folder_has_a_story_test() -> None:
    for folder in TOPIC_FOLDERS:
        assert (ROOT / "tests" / "stories" / folder.name / f"test_{folder.name}.yml").is_file(), folder.name


def test_imported_model_data_is_complete() -> None:
    importer = TrainingDataImporter.load_from_config(str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(DATA)])
    assert len(importer.get_nlu_data().intent_examples) == len(list(examples()))

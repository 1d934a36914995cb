"""What the assistant knows: the documented answers, the facts they rest on, and the terms that its guide covers or not.

Everything is read from YAML under ``data/`` and checked as a whole, so that a mistake is named with its file, answer
and field before anyone can be told something wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, Optional

from pydantic import Field, StrictStr, ValidationError, root_validator, validator

from bot.pictures import Picture, PictureError, read_picture
from bot.settings import Clinic
from bot.terms import Term, load_terms
from bot.wording import DATA, Checked, KnowledgeError, check_responses, load_phrases, read_checked, wrong_places
from bot.yaml_file import YamlFileError, describe, read_mapping

MOST_WORDS = 90
SEE_DOCTOR = "ask_see_doctor"

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


class Review(Checked):
    """Who last approved a text, and when."""

    date: date
    role: StrictStr = Field(min_length=3)


class Answer(Checked):
    """A documented answer: one topic, its wording and what it rests on."""

    id: StrictStr = Field(regex=r"^ask_[a-z_]+$")
    title: StrictStr = Field(min_length=3, max_length=40)
    text: StrictStr = Field(min_length=20)
    more: Optional[StrictStr] = Field(None, min_length=20)
    facts: list[StrictStr] = Field(min_items=1)
    reviewed: Review
    next: list[StrictStr] = Field(min_items=1, max_items=4)
    image: Optional[Literal["picture.svg"]] = None
    """The drawing in the topic's folder that is shown with the text."""
    image_alt: Optional[StrictStr] = Field(None, min_length=20, max_length=600)
    """What the picture shows, for those who can't see it."""
    mentions_time: bool = False
    """Whether the time since the treatment is put before the text."""
    when_lasting: Optional[Literal["warn", "see_doctor"]] = None
    """Once it lasts past the clinic's limit: warn first, or give the see-a-doctor answer in its place.

    After a warning sign the warning is repeated in the place of either kind.
    """
    check: Optional[Literal["always", "when_worried"]] = None
    """When the check of warning signs follows the answer."""
    serious: bool = False
    """Whether it weighs a cause that can be serious; nothing is calmed down beside it."""
    why: Optional[StrictStr] = None
    """The answer that a bare "why?" after this one asks for; without it, the longer part."""

    @validator("image_alt", always=True)
    def _tells_the_picture(cls, value: Optional[str], values: dict[str, Any]) -> Optional[str]:
        # An image that is wrong itself is not among the values, and has been named already.
        if "image" in values and (value is None) != (values["image"] is None):
            raise ValueError("image and image_alt go together: a picture, and what it shows in words; add the other")
        return value


class _Section(Checked):
    title: StrictStr
    facts: dict[StrictStr, StrictStr]


class _Document(Checked):
    title: StrictStr
    sections: list[_Section]


class _AnswersFile(Checked):
    answers: list[Answer] = Field(min_items=1)

    @root_validator(pre=True)
    def _name_wrong_answers(cls, values: dict[str, Any]) -> dict[str, Any]:
        if not all(isinstance(answer, dict) for answer in values.get("answers") or [None]):
            raise ValueError("each item under 'answers' must be fields such as id, title and text")
        return values


class _FactsFile(Checked):
    documents: list[_Document]


@dataclass(frozen=True)
class Knowledge:
    """The checked whole; texts are filled with the clinic's values."""

    answers: dict[str, Answer]
    phrases: dict[str, str]
    fact_sources: dict[str, str]
    terms: dict[str, Term]
    pictures: dict[str, Picture]
    """By the id of the answer that each is shown with."""

    def sources(self, answer: Answer) -> list[str]:
        """Where an answer comes from: titles of document and section, each once, in the guide's order."""
        titles = {self.fact_sources[fact] for fact in answer.facts}
        return [title for title in dict.fromkeys(self.fact_sources.values()) if title in titles]

    def together(self, answers: Sequence[Answer]) -> list[str]:
        """The texts of answers given together: a sentence that several share stands in the last of them only.

        Beside an answer that weighs a serious cause, no other says that there is no cause for alarm.
        """
        calming = {self.phrases["plain_breakout"]} if any(it.serious for it in answers) else set()
        texts = [[it for it in _SENTENCE_END.split(answer.text) if it not in calming] for answer in answers]
        return [
            " ".join(it for it in text if not any(it in later for later in texts[i + 1 :]))
            for i, text in enumerate(texts)
        ]


def load_knowledge(clinic: Clinic, data: Path = DATA) -> Knowledge:
    """Reads and checks every answer with its facts and phrases, and the terms that people use.

    Raises:
        KnowledgeError: listing all mistakes, each with file, answer and field.
    """
    fact_sources = load_fact_sources(data)
    phrases = load_phrases(clinic, data)
    variables = clinic.variables() | phrases
    problems: list[str] = []
    answers: dict[str, Answer] = {}
    places: dict[str, Path] = {}
    pictures: dict[str, Picture] = {}
    for file in sorted(data.glob("*/answers.yml")):
        for answer in _read_answers(file, problems):
            if answer.id in places:
                problems.append(f"{file}: answer {answer.id}: id: already used in {places[answer.id]}, choose another")
                continue
            places[answer.id] = file
            answers[answer.id] = _fill(answer, variables, file, problems)
            if answer.image:
                try:
                    pictures[answer.id] = read_picture(file.parent)
                except PictureError as error:
                    problems.append(f"{file}: answer {answer.id}: image: {error}")
    if not problems:  # else an answer that could not be read would be missed by all that name it
        for answer in answers.values():
            found = _loose_ends(answer, answers, fact_sources)
            problems += [f"{places[answer.id]}: answer {answer.id}: {it}" for it in found]
        terms = load_terms(data)
        problems += [
            f"{data}/entities/{term.kind}.yml: {term.id}: covered_by: {term.covered_by} is not an answer's id"
            for term in terms.values()
            if term.covered_by and term.covered_by not in answers
        ]
        if SEE_DOCTOR not in answers:
            problems.append(f"{data}: the answer {SEE_DOCTOR} is missing; lasting breakouts lead to it")
    try:
        check_responses(variables, data)
    except KnowledgeError as error:
        problems.append(str(error))
    if problems:
        raise KnowledgeError("\n".join(problems))
    return Knowledge(answers, phrases, fact_sources, terms, pictures)


def load_fact_sources(data: Path = DATA) -> dict[str, str]:
    """The document and section that each fact id comes from, in the guide's order.

    Raises:
        KnowledgeError: if the file is wrong or an id stands in it twice.
    """
    file = data / "facts.yml"
    sources: dict[str, str] = {}
    for document in read_checked(file, _FactsFile).documents:
        for section in document.sections:
            for fact in section.facts:
                if fact in sources:
                    raise KnowledgeError(f"{file}: fact {fact}: stands there twice, keep one")
                sources[fact] = f"{document.title}: {section.title}" if section.title else document.title
    return sources


def _read_answers(file: Path, problems: list[str]) -> list[Answer]:
    try:
        content = read_mapping(file)
        return _AnswersFile(**content).answers
    except YamlFileError as error:
        problems.append(str(error))
    except ValidationError as error:
        problems += [f"{file}: {problem}" for problem in describe(error, content)]
    return []


def _fill(answer: Answer, variables: dict[str, str], file: Path, problems: list[str]) -> Answer:
    filled = {}
    for field in ("text", "more"):
        text = getattr(answer, field)
        if text is None:
            continue
        if wrong := wrong_places(text, variables):
            problems += [f"{file}: answer {answer.id}: {field}: {it}" for it in wrong]
            continue
        filled[field] = text.format_map(variables)
        words = len(filled[field].split())
        if words > MOST_WORDS:
            problems.append(f"{file}: answer {answer.id}: {field}: has {words} words, shorten it to {MOST_WORDS}")
    return answer.copy(update=filled)


def _loose_ends(answer: Answer, answers: dict[str, Answer], fact_sources: dict[str, str]) -> Iterator[str]:
    for fact in answer.facts:
        if fact not in fact_sources:
            yield f"facts: {fact} is not in facts.yml, check the id or add the fact there"
    for field, others in (("next", answer.next), ("why", [answer.why] if answer.why else [])):
        for other in others:
            if other not in answers or other == answer.id:
                yield f"{field}: {other} is not another answer's id"

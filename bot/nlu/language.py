"""Builds the spaCy pipeline: spelling, sentences, and the terms that people use.

``python -m bot.nlu.language models/language`` is part of ``make train``: the pipeline is made from what stands in
``data/``, no pretrained spaCy model is needed. Importing this module registers the pipeline's components with spaCy.
"""

# No "from __future__ import annotations": spaCy reads the types of a factory's arguments at run time.

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import spacy
from pydantic import StrictStr
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.loading import load_data
from spacy.language import Language

from bot.nlu.spelling import TRUSTED, Spelling, count_words, english_words
from bot.nlu.term_marker import TermMarker
from bot.safety.examples import load_examples
from bot.safety.red_flags import load_red_flags
from bot.terms import Term, load_terms
from bot.wording import DATA, Checked, KnowledgeError, read_checked


class _ShorthandFile(Checked):
    shorthand: dict[StrictStr, StrictStr]


@Language.factory("spelling")
def make_spelling(nlp: Language, name: str) -> Spelling:
    """An empty one; its words come with the pipeline that is built, or read from disk."""
    return Spelling({}, {})


@Language.factory("terms")
def make_term_marker(nlp: Language, name: str) -> TermMarker:
    """An empty one, like the other."""
    return TermMarker(nlp, name)


def build_language(terms: Iterable[Term], texts: Iterable[str], shorthand: Mapping[str, str]) -> Language:
    """A pipeline that corrects spelling, ends sentences and marks terms: label = kind, entity id = the term's id.

    Args:
        terms: what to mark, in any case of letters and also where it is misspelt.
        texts: the training examples, whose words are what a misspelt one is corrected to.
        shorthand: what "u" or "pls" stands for.
    """
    language = spacy.blank("en")
    counts = count_words(texts)
    terms = list(terms)
    for term in terms:
        # Every word of a pattern is right as it stands, however rare.
        counts.update({word: 3 for pattern in term.patterns for word in count_words([pattern])})
    language.add_pipe("spelling")
    language.get_pipe("spelling").set_words(counts, shorthand)  # type: ignore[attr-defined]
    language.add_pipe("sentencizer")
    language.add_pipe("terms")
    language.get_pipe("terms").set_terms(terms)  # type: ignore[attr-defined]
    return language


def load_shorthand(data: Path = DATA) -> dict[str, str]:
    """What people type for short.

    Raises:
        KnowledgeError: if the file is wrong.
    """
    return dict(read_checked(data / "shorthand.yml", _ShorthandFile).shorthand)


def safety_words() -> Iterator[str]:
    """What warning signs are called and told of, so that a slip in one is mended to it and not to another word."""
    red_flags = load_red_flags()
    english = english_words()
    for lines in load_examples(red_flags.signs).values():
        # Only what is a word: the examples hold slips on purpose.
        yield from (word for line in lines for word in count_words([line]) if word in english)
    for phrases in [*red_flags.words.values(), *(sign.ways for sign in red_flags.signs.values())]:
        yield from (phrase for phrase in phrases for _ in range(TRUSTED) if "*" not in phrase)


def main() -> None:
    """Writes the pipeline into the folder named on the command line."""
    try:
        files = sorted(DATA.glob("*/nlu.yml"))
        texts = [str(example.get(TEXT)) for file in files for example in load_data(str(file)).intent_examples]
        build_language(load_terms().values(), [*texts, *safety_words()], load_shorthand()).to_disk(Path(sys.argv[1]))
    except KnowledgeError as error:
        sys.exit(f"The language pipeline could not be built: {error}")


if __name__ == "__main__":
    main()

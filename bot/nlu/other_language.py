"""Notices a message in another language than English, the only one that the assistant speaks."""

from __future__ import annotations

import py3langid
from spacy.tokens import Doc

ENGLISH = "en"
# A message of English words is English, whatever the detector says of so short a text; the fewer of its words are
# English, the less sure the detector must be: (share of English words at most, least lead in log probability).
RULES = ((0.9, 22.0), (0.7, 9.0), (0.3, 3.0))
# Of a few letters the detector makes any of its 97 languages; so weak a sign is taken for the widespread ones only.
WEAK_LEAD = 9.0
WIDESPREAD = frozenset(
    "ar bn cs da de el es fa fi fr he hi hu id it ja ko nl no pl pt ro ru sv th tr uk ur vi zh".split()
)
FEWEST_WORDS = 2


def load_detector() -> None:
    """Loads the detector's tables, which it otherwise does with the first message that needs it."""
    py3langid.classify("")


def other_language(doc: Doc) -> str | None:
    """The code of the language a message is written in, such as "es"; None where it is or may be English.

    Args:
        doc: a message that the language pipeline has read.
    """
    share = doc._.english_words
    if share > RULES[0][0]:
        return None
    ranked = dict(py3langid.rank(doc.text))
    code = max(ranked, key=ranked.__getitem__)
    lead = float(ranked[code] - ranked[ENGLISH])
    found = any(share <= most and lead >= least for most, least in RULES)
    too_weak = lead < WEAK_LEAD and code not in WIDESPREAD
    # A word alone may be any slip or cry ("whyyyyy"), unless it is in another script.
    too_short = len(doc) < FEWEST_WORDS and doc.text.isascii()
    return str(code) if found and not too_weak and not too_short else None

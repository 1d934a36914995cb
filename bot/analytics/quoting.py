"""What of a patient's words may stand in a report: nothing that tells who the patient is."""

from __future__ import annotations

import re
from typing import Optional

# What stands in the place of contact details that were removed before the message was kept.
_MASKED = re.compile(r"\[[^\[\]]* removed\]")
# Messages may be older than that, and nothing finds every name: rather one quotation too few.
_TELLS_WHO = re.compile(
    r"@|www\.|https?:|(?:\d[\s().+/-]*){7,}"
    r"|\b(?:my|the|her|his|full|first|last) (?:sur)?name\b|\bname(?:'s| is)\b|\b(?:called|call me|regards|yours)\b"
    r"|\b(?:mr|mrs|ms|miss|dr)\b\.? \w",
    re.IGNORECASE,
)
# "I'm Ann", "this is Ann Smith"; "I'm pregnant" is no name.
_INTRODUCES = re.compile(r"\b(?:[Ii](?:'m|’m| am)|[Tt]his is|[Ii]t's) [A-Z][a-z]+")
LONGEST = 300


def quotable(message: str) -> bool:
    """Whether parts of a message may be quoted: it is no button's payload and holds no contact details or names."""
    return not (
        message.startswith("/") or _MASKED.search(message) or _TELLS_WHO.search(message) or _INTRODUCES.search(message)
    )


def quotation(text: str) -> Optional[str]:
    """A text on one line, without what cannot be printed; None if nothing can be read in it."""
    line = " ".join("".join(it if it.isprintable() else " " for it in text).split())
    if not any(it.isalpha() for it in line):
        return None
    return line if len(line) <= LONGEST else f"{line[:LONGEST].rstrip()} ..."

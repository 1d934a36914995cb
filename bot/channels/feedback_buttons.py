"""Feedback as buttons below an answer, for the platforms: two thumbs, and reasons after a thumb down."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Optional

from bot.store.feedback import REASONS

HELPED, DID_NOT_HELP = "yes", "no"
UP, DOWN, CHOSEN = "👍", "👎", "✓"
_DATA = re.compile(rf"feedback:([0-9]{{1,18}}):({'|'.join((HELPED, DID_NOT_HELP, *REASONS))})")


@dataclass(frozen=True)
class Choice:
    """What a tap on such a button says."""

    message: int
    """The id of the message with the answer, see ``bot.store.conversations.message_id``."""
    helpful: bool
    reason: Optional[str] = None

    @classmethod
    def of(cls, data: Optional[str]) -> Optional[Choice]:
        """The choice that a button's data stands for; None if it is a button of another kind."""
        if not (found := _DATA.fullmatch(data or "")):
            return None
        chosen = found[2]
        return cls(int(found[1]), chosen == HELPED, chosen if chosen in REASONS else None)

    @property
    def data(self) -> str:
        """What the platform keeps for the button, at most 64 bytes."""
        return f"feedback:{self.message}:{self.reason or (HELPED if self.helpful else DID_NOT_HELP)}"


@dataclass(frozen=True)
class FeedbackButton:
    """A button, whatever the platform."""

    sign: str
    """A thumb; empty on a reason."""
    words: str
    label: str
    """What is read out in its place."""
    data: str

    @property
    def title(self) -> str:
        """What stands on it, where there is room for sign and words."""
        return f"{self.sign} {self.words}".strip()


class FeedbackButtons:
    """Makes the buttons, in rows, as they are to stand below an answer."""

    def __init__(self, phrases: Mapping[str, str]) -> None:
        """Takes the words, see ``data/phrases.yml``."""
        self._phrases = phrases

    def below(self, message: int, chosen: Optional[Choice] = None) -> list[list[FeedbackButton]]:
        """The thumbs; after a thumb down without a reason also the reasons, one a row."""
        thumbs = [self._thumb(Choice(message, helpful), chosen) for helpful in (True, False)]
        asks_why = chosen is not None and not chosen.helpful and chosen.reason is None
        return [thumbs, *([self._reason(Choice(message, False, it))] for it in REASONS if asks_why)]

    def thanks(self, choice: Choice) -> str:
        """What is said to a tap that was kept."""
        return self._say("thanks" if choice.helpful or choice.reason else "why")

    def not_kept(self) -> str:
        """What is said to a tap that could not be kept."""
        return self._say("not_kept")

    def _thumb(self, thumb: Choice, chosen: Optional[Choice]) -> FeedbackButton:
        words = self._say("helped" if thumb.helpful else "did_not_help")
        sign = UP if thumb.helpful else DOWN
        if chosen is None or chosen.helpful != thumb.helpful:
            return FeedbackButton(sign, words, words, thumb.data)
        return FeedbackButton(f"{CHOSEN} {sign}", words, f"{self._say('chosen')}: {words}", thumb.data)

    def _reason(self, choice: Choice) -> FeedbackButton:
        words = self._say(str(choice.reason))
        return FeedbackButton("", words, words, choice.data)

    def _say(self, name: str) -> str:
        return self._phrases[f"feedback_{name}"]

"""What a conversation keeps in mind of the warning signs that were reported in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.safety.red_flags import RedFlags

# The entities of a message, and the metadata of a question of the check.
WARNING_SIGN = "warning_sign"
CIRCUMSTANCE = "circumstance"
CHECK = "check"
CRISIS = "crisis"
UNNAMED = "something that a person should look at"
MOST_NAMED = 3


@dataclass(frozen=True)
class Alert:
    """The signs of a conversation so far, and what follows from the latest message."""

    signs: tuple[str, ...] = ()
    mentioned: str = UNNAMED
    """How the latest reply names what was understood."""
    response: str = ""
    tier: str = ""
    """The tier, or ``crisis``, that later reminders speak of."""

    @classmethod
    def from_slots(cls, slots: Mapping[str, Any]) -> Alert:
        """What the slots of the conversation hold."""
        return cls(tuple(slots.get("signs") or ()), tier=slots.get("tier") or "")

    @property
    def is_emergency(self) -> bool:
        """Whether there is no time for more questions."""
        return self.tier in ("emergency", CRISIS)

    def with_signs(self, signs: Iterable[str], red_flags: RedFlags) -> Alert:
        """After a message that reports signs; those told earlier count, too."""
        latest = red_flags.most_urgent_first(signs)
        named = [red_flags.signs[it].name for it in latest][:MOST_NAMED]
        return self._added(latest, _joined(named), red_flags)

    def with_yes(self, question: str | None, red_flags: RedFlags) -> Alert:
        """After a yes to a question of the check."""
        asked = next((it for it in red_flags.check if it.sign == question), None)
        return self._added([asked.sign], asked.name, red_flags) if asked else self.with_signs([], red_flags)

    def slots(self) -> dict[str, Any]:
        """What the conversation keeps; a "yes" no longer takes up what was offered before."""
        kept: dict[str, Any] = {
            "warned": True,
            "tier": self.tier,
            "signs": list(self.signs),
            "mentioned": self.mentioned,
            "last_answer": None,
            "offered": [],
        }
        # In an emergency there are no more questions to ask.
        return kept | {"check": None} if self.is_emergency else kept

    def _added(self, latest: list[str], mentioned: str, red_flags: RedFlags) -> Alert:
        together = tuple(dict.fromkeys([*self.signs, *latest]))
        # Words of its own are for the message that reports the sign; later ones get the tier's.
        own = next((text for it in latest if (text := red_flags.signs[it].text)), None)
        tier = red_flags.tier(together) or "same_day"
        return replace(
            self,
            signs=together,
            mentioned=mentioned or UNNAMED,
            response=own or f"utter_warning_{tier}",
            tier=own.removeprefix("utter_") if own else tier,
        )


def _joined(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)

"""``make purge``: removes what is older than the clinic keeps it, see ``retention_days`` in ``clinic.yml``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone

from sqlalchemy.exc import SQLAlchemyError

from bot.privacy.retention import purge
from bot.settings import SettingsError, load_clinic, load_settings

NAMES = {
    "events": "conversations",
    "warnings": "reports of warning signs",
    "feedback": "ratings of answers",
    "handovers": "requests to the clinic",
    "notices": "notices to the staff",
    "turns": "times of turns",
    "deliveries": "keys of answered messages",
}


def main() -> None:
    """Removes it, and prints a line for each kind."""
    try:
        clinic = load_clinic()
        removed = purge(load_settings().database_url, clinic, datetime.now(timezone.utc))
    except SettingsError as error:
        sys.exit(f"Please mend this first:\n{error}")
    except SQLAlchemyError as error:
        sys.exit(f"The database of DATABASE_URL cannot be used: {error}")
    print(f"Kept for {clinic.retention_days} days. Removed:")
    for line in lines(removed):
        print(line)


def lines(removed: Mapping[str, int]) -> Iterator[str]:
    """How much of each kind was removed, as it is printed."""
    for name, count in removed.items():
        yield f"  {count:6} {NAMES.get(name, name)}"


if __name__ == "__main__":
    main()

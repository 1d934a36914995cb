"""What is to be done beside the conversations: staff are told of requests, and what was kept long enough is removed."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.handover.notices import StaffNotices
from bot.metrics import LAST_PURGE, LAST_ROUND, PURGE_FAILURES
from bot.privacy.retention import purge
from bot.processes import end_on_signals
from bot.settings import Clinic, Settings, load_clinic, load_settings
from bot.store.database import database
from bot.store.handovers import HandoverStore

logger = logging.getLogger("bot.caretaker")  # also when it is the module that is run

SECONDS_BETWEEN_ROUNDS = 1
BETWEEN_PURGES = timedelta(days=1)
# Until what could not be removed is tried again.
AFTER_FAILURE = timedelta(minutes=10)


class Caretaker:
    """Does what is due, round by round."""

    def __init__(self, settings: Settings, clinic: Clinic) -> None:
        """Takes the database, and how staff are told.

        Raises:
            KnowledgeError: if the texts for the staff are wrong.
        """
        self._settings = settings
        self._clinic = clinic
        self._notices = StaffNotices(HandoverStore(database(settings.database_url)), settings, clinic)
        self._purge_at = datetime.min.replace(tzinfo=timezone.utc)

    def round(self, now: datetime) -> None:
        """Tells the staff what they have not been told; once a day removes what has been kept for long enough.

        Args:
            now: with a time zone.
        """
        self._notices.send_due()
        if now >= self._purge_at:
            self._purge(now)
        LAST_ROUND.set_to_current_time()
        if self._settings.heartbeat_file:
            Path(self._settings.heartbeat_file).touch()

    def _purge(self, now: datetime) -> None:
        try:
            removed = purge(self._settings.database_url, self._clinic, now)
        except SQLAlchemyError as error:
            logger.error("What is too old was not removed: %s", type(error).__name__)
            PURGE_FAILURES.inc()
            self._purge_at = now + AFTER_FAILURE
        else:
            logger.info("Removed, as it was too old: %s", ", ".join(f"{it} {name}" for name, it in removed.items()))
            LAST_PURGE.set_to_current_time()
            self._purge_at = now + BETWEEN_PURGES


def main() -> None:
    """Works until it is told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s  - %(message)s")
    end_on_signals()
    caretaker = Caretaker(load_settings(), load_clinic())
    try:
        while True:
            caretaker.round(datetime.now(timezone.utc))
            time.sleep(SECONDS_BETWEEN_ROUNDS)
    except KeyboardInterrupt:
        pass  # what has not been sent is sent after the next start


if __name__ == "__main__":
    main()

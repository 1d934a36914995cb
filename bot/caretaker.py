"""What is to be done beside the conversations: the staff are told of requests. ``make run`` starts it as a process."""

from __future__ import annotations

import logging
import time

from bot.handover.notices import StaffNotices
from bot.processes import end_on_signals
from bot.settings import load_clinic, load_settings
from bot.store.database import database
from bot.store.handovers import HandoverStore

SECONDS_BETWEEN_ROUNDS = 1


def main() -> None:
    """Works until it is told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s  - %(message)s")
    end_on_signals()
    settings = load_settings()
    notices = StaffNotices(HandoverStore(database(settings.database_url)), settings, load_clinic())
    try:
        while True:
            notices.send_due()
            time.sleep(SECONDS_BETWEEN_ROUNDS)
    except KeyboardInterrupt:
        pass  # what has not been sent is sent after the next start


if __name__ == "__main__":
    main()

"""The receipt of a removal: it names nobody, and is stored with nobody."""

from __future__ import annotations

import logging
import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.settings import Clinic
from bot.store.records import Records

logger = logging.getLogger(__name__)

# Without letters and digits that look alike.
_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_GROUPS = (4, 4)


def receipt_values(records: Records, clinic: Clinic) -> dict[str, str]:
    """What the receipt of a removal that was done just now says.

    Its number goes into the log beside the time, and nothing else does: so the clinic can tell a true receipt.
    """
    number = "-".join("".join(secrets.choice(_SIGNS) for _ in range(length)) for length in _GROUPS)
    logger.info("A conversation was removed on request; receipt %s", number)
    return {
        "moment": f"{datetime.now(ZoneInfo(clinic.time_zone)):%d %B %Y at %H:%M}",
        "messages": str(records.messages),
        "reports": str(records.reports),
        "ratings": str(records.ratings),
        "requests": str(records.requests),
        "receipt": number,
    }

"""``make warnings``: lists the warning signs that were reported in the last 30 days, without what was written."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError

from bot.safety.red_flags import load_red_flags
from bot.settings import SettingsError, load_clinic, load_settings
from bot.store.warnings import Warned, WarningStore
from bot.wording import KnowledgeError

DAYS = 30


def main() -> None:
    """Prints one line for each report, the newest last."""
    try:
        clinic, names = load_clinic(), {it.id: it.name for it in load_red_flags().signs.values()}
        store = WarningStore(load_settings().database_url)
        reports = store.since(datetime.now(timezone.utc).replace(tzinfo=None) - timedelta(days=DAYS))
    except (SettingsError, KnowledgeError) as error:
        sys.exit(f"Please mend this first:\n{error}")
    except SQLAlchemyError as error:
        sys.exit(f"The database of DATABASE_URL cannot be read: {error}")
    for line in lines(reports, names, ZoneInfo(clinic.time_zone)):
        print(line)
    print(f"{len(reports)} reports of warning signs in the last {DAYS} days.")


def lines(reports: Iterable[Warned], names: dict[str, str], time_zone: ZoneInfo) -> Iterable[str]:
    """When (in the clinic's time zone), where, how urgent, which signs, and in which conversation."""
    for report in reports:
        moment = report.reported_at.replace(tzinfo=timezone.utc).astimezone(time_zone)
        signs = "; ".join(names.get(it, it) for it in report.signs) or "not named"
        tier = report.tier.replace("_", " ")
        yield f"{moment:%Y-%m-%d %H:%M}  {report.channel:9} {tier:9}  {signs}  ({report.conversation})"


if __name__ == "__main__":
    main()

"""``make inbox``: lists the open requests to be called; ``make inbox DONE=12`` marks one as dealt with."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy.exc import SQLAlchemyError

from bot.handover.notices import in_clinic_time
from bot.settings import Clinic, SettingsError, load_clinic, load_settings
from bot.store.database import Database
from bot.store.handovers import Handover, HandoverStore


def main(arguments: Sequence[str]) -> None:
    """Prints what waits, the most urgent first; or marks the request of the number that is given."""
    try:
        clinic, store = load_clinic(), HandoverStore(Database(load_settings().database_url))
        if arguments:
            mark(store, " ".join(arguments))
            return
        waiting, untold = store.open(), store.untold()
    except SettingsError as error:
        sys.exit(f"Please mend this first:\n{error}")
    except SQLAlchemyError as error:
        sys.exit(f"The database of DATABASE_URL cannot be used: {error}")
    for line in lines(waiting, untold, clinic):
        print(line)
    print(f"{len(waiting)} open." if waiting else "No one is waiting.")


def mark(store: HandoverStore, given: str) -> None:
    """Marks a request as dealt with, or says why it cannot."""
    if not given.isdecimal():
        sys.exit(f"DONE={given}: must be the number of a request, as 'make inbox' lists it")
    if not store.done(int(given)):
        sys.exit(f"DONE={given}: there is no open request of this number; 'make inbox' lists them")
    print(f"Request {int(given)} is done.")


def lines(waiting: Iterable[Handover], untold: set[int], clinic: Clinic) -> Iterator[str]:
    """Each request in a few lines, in the clinic's time."""
    for it in waiting:
        yield f"{it.id}  answer by {in_clinic_time(it.due_at, clinic)}"
        if it.tier:
            yield f"    told of a warning sign: {it.tier.replace('_', ' ')}"
        yield f"    {it.name or 'no name given'}, {it.phone or it.email}, best time: {it.best_time or 'any'}"
        yield f"    {' '.join((it.question or 'no question given').split())}"
        not_told = "; not everyone has been told of it yet" if it.id in untold else ""
        yield f"    asked {in_clinic_time(it.asked_at, clinic)} in {it.channel}{not_told}\n"


if __name__ == "__main__":
    main(sys.argv[1:])

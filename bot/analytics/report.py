"""``make report``: what patients ask and how they are served, as one HTML file for the clinic."""

from __future__ import annotations

import sys
from datetime import datetime, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError

from bot.analytics.figures import Figures, read_figures
from bot.analytics.groups import Grouper, Grouping, field_questions
from bot.analytics.page import Names, render
from bot.analytics.period import Period, chosen_period
from bot.knowledge import load_knowledge
from bot.nlu.encoder import EncoderMissingError, load_encoder
from bot.safety.red_flags import load_red_flags
from bot.settings import ROOT, Clinic, ReportOptions, SettingsError, load_clinic, load_report_options, load_settings
from bot.store.database import engine_of
from bot.wording import KnowledgeError

ENCODER = ROOT / "models" / "encoder"
FAILURES = (SettingsError, KnowledgeError, EncoderMissingError)


def main() -> None:
    """Writes the report and says where it is."""
    now = datetime.now(timezone.utc)
    try:
        clinic, options = load_clinic(), load_report_options()
        figures = figures_of(load_settings().database_url, options, clinic, now)
        page = report(figures, clinic, now)
    except FAILURES as error:
        sys.exit(f"Please mend this first:\n{error}")
    except SQLAlchemyError as error:
        sys.exit(f"The database of DATABASE_URL cannot be read: {error}")
    write(page, options.file)
    print(f"{told(figures)}\nThe report is in {options.file}: open it in a browser.")


def figures_of(database_url: str, options: ReportOptions, clinic: Clinic, now: datetime) -> Figures:
    """Counts what the options ask for.

    Raises:
        SettingsError: if they ask for no possible period.
        sqlalchemy.exc.SQLAlchemyError: if the database cannot be read.
    """
    period: Period = chosen_period(options, now, ZoneInfo(clinic.time_zone))
    with engine_of(database_url).connect() as connection:
        return read_figures(connection, period, options.channel)


def groupings(figures: Figures) -> tuple[Grouping, Grouping]:
    """The questions outside the guide and those that were not understood, by meaning.

    Raises:
        EncoderMissingError: if there is something to group and no encoder.
    """
    asked = figures.undocumented.wordings, figures.not_understood.wordings
    if not any(asked):
        return Grouping((), 0), Grouping((), 0)
    grouper = Grouper(load_encoder(ENCODER).encode, field_questions())
    return grouper.group(asked[0]), grouper.group(asked[1])


def report(figures: Figures, clinic: Clinic, now: datetime) -> str:
    """The report as HTML.

    Raises:
        KnowledgeError: if the answers or the warning signs are wrong.
        EncoderMissingError: if there is something to group and no encoder.
    """
    titles = {it.id: it.title for it in load_knowledge(clinic).answers.values()}
    signs = {it.id: it.name for it in load_red_flags().signs.values()}
    names = Names(clinic.name, titles, signs)
    return render(figures, *groupings(figures), names, now.astimezone(figures.period.zone))


def write(page: str, file: Path) -> None:
    """Writes the file so that its user alone can read it: patients' words are in it."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        file.chmod(0o600)
        file.write_text(page, encoding="utf-8")
    except OSError as error:
        sys.exit(f"Please mend this first:\nOUT: {file} cannot be written ({error.strerror}), choose another file")


def told(figures: Figures) -> str:
    """The period and its size in one line."""
    period, count = figures.period, sum(figures.all_conversations.values())
    return f"{period.first} to {period.last}: {count} conversations, {figures.message_count} messages."


if __name__ == "__main__":
    main()

"""Runs one part of the assistant alone, as a container does: ``python -m bot.serve assistant|actions|caretaker``.

``make run`` runs all three on one machine. Here the process becomes the part itself, so that it gets every signal.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bot.processes import MODEL, StartError, check_model, commands, environment, load_texts, make_database_folder
from bot.settings import ROOT, SettingsError, load_settings
from bot.wording import KnowledgeError

# In the order of the commands.
PARTS = ("actions", "assistant", "caretaker")


def main() -> None:
    """Becomes the part that the command line names."""
    if len(sys.argv) != 2 or sys.argv[1] not in PARTS:
        sys.exit(f"Say which part to run: python -m bot.serve {'|'.join(PARTS)}")
    try:
        command, variables = prepared(sys.argv[1])
    except (SettingsError, KnowledgeError, StartError) as error:
        sys.exit(f"The assistant cannot start:\n{error}")
    os.chdir(ROOT)
    os.umask(0o077)  # what patients say is for this user's eyes alone
    os.execve(command[0], command, variables)


def prepared(part: str, model: Path = MODEL) -> tuple[list[str], dict[str, str]]:
    """The command line and the environment of a part, once nothing stands in its way.

    Args:
        part: one of ``PARTS``.
        model: the trained model, which only the assistant needs.

    Raises:
        SettingsError: if the environment or ``clinic.yml`` cannot be used.
        KnowledgeError: if a text cannot be used.
        StartError: if the model is missing, or is to come from elsewhere.
    """
    settings = load_settings()
    clinic = load_texts()
    if part == "assistant":
        check_model(model)
    make_database_folder(settings)
    every = commands(settings, model, clinic.website_origins, settings.interface)
    return every[PARTS.index(part)], environment(settings, settings.interface)


if __name__ == "__main__":
    main()

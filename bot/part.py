"""Runs one part of the assistant, with its logs and metrics: ``python -m bot.part rasa run ...``.

Started by ``bot/processes.py`` and ``bot/serve.py``.
"""

from __future__ import annotations

import sys

from bot import logs, metrics, quiet
from bot.processes import MODEL, end_on_signals
from bot.settings import SettingsError, load_settings

PARTS = {"rasa": "assistant", "rasa_sdk": "actions", "bot.caretaker": "caretaker"}


def main() -> None:
    """Runs the module named first on the command line."""
    # Until the server has handlers of its own; as the first process of a container it would not be ended else.
    end_on_signals()
    try:
        settings = load_settings()
        logs.begin(settings)
        metrics.serve(PARTS[sys.argv[1]], settings, MODEL)
    except SettingsError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"METRICS_PORT: {error.strerror}; set it to another port")
    try:
        quiet.main()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()

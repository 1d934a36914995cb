"""``make run``: starts the assistant and keeps it running until Ctrl-C."""

from __future__ import annotations

import sys
import time

from bot.handover.notices import ways
from bot.processes import StartError, demo_address, end_on_signals, rest_address, running_assistant
from bot.settings import SettingsError, load_settings
from bot.wording import KnowledgeError


def main() -> None:
    """Runs until Ctrl-C, or until a part ends; then ends everything."""
    end_on_signals()
    try:
        settings = load_settings()
        print("Starting the assistant ...", flush=True)
        with running_assistant(settings) as processes:
            address = rest_address(settings)
            print(f"\nOpen {demo_address(settings)} and ask it something.\n\nOr in another terminal:\n")
            print(f"""  curl -s {address} -d '{{"sender": "me", "message": "why am I breaking out?"}}'\n""")
            print("or 'make chat'. Ctrl-C stops it.", flush=True)
            if not ways(settings):
                print(
                    "\nRequests to be called wait in 'make inbox': no one is told of them before STAFF_EMAIL or",
                    end=" ",
                )
                print("STAFF_WEBHOOK is set.", flush=True)
            while all(process.poll() is None for process in processes):
                time.sleep(0.5)
            sys.exit("A part of the assistant ended unexpectedly, so it was stopped; the lines above say why.")
    except (SettingsError, KnowledgeError, StartError) as error:
        sys.exit(f"The assistant cannot start:\n{error}")
    except KeyboardInterrupt:
        print("\nThe assistant has stopped.")


if __name__ == "__main__":
    main()

"""Runs a module without its libraries' warnings about each other's age: ``python -m bot.quiet rasa run ...``.

The libraries under Rasa reset the filters of the warnings module, so a filter is not enough: warnings go to a logger,
and that logger is quiet.
"""

from __future__ import annotations

import logging
import runpy
import sys

from bot.refusals import Refused, refuse_unsafe


def main() -> None:
    """Runs the module named first on the command line with the arguments that follow it; not Rasa in an unsafe way."""
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    del sys.argv[0]
    try:
        refuse_unsafe(sys.argv)
    except Refused as error:
        sys.exit(str(error))
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

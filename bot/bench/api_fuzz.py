"""``make bench``: every HTTP address of the assistant, asked with what ``docs/openapi.yml`` allows and with what not.

``python -m bot.bench.api_fuzz [COUNT]`` ends with 1 if an answer is a server error or is not as documented.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from requests.auth import AuthBase
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Err
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bot.bench.hostile.attack import settings_for
from bot.bench.hostile.headers import FORM, true_headers
from bot.bench.hostile.platform_server import serving
from bot.bench.hostile.run import FromAddress
from bot.processes import HOST, running_assistant
from bot.settings import ROOT, Settings

COUNT = 100
DOCUMENT = ROOT / "docs" / "openapi.yml"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
Case = schemathesis.Case[Any]
Operation = schemathesis.APIOperation[Any, Any, Any, Any]
# It streams for as long as it is read.
ENDLESS = "listen"
# Each address of this machine, and each session, has limits of its own.
ADDRESSES = 50
REQUESTS_OF_A_SESSION = 10


class Signed(AuthBase):
    """Adds what each channel asks for: a token, a secret, or a signature over the body."""

    def __init__(self, settings: Settings) -> None:
        """Takes the secrets."""
        self._settings = settings
        self._sessions = itertools.count()

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Adds it to a request that is ready to be sent."""
        path = str(request.path_url)
        channel = next((it for it in ("slack", "telegram", "rest") if it in path), "web")
        body = request.body or b""
        content = body.encode() if isinstance(body, str) else body
        is_form = str(request.headers.get("Content-Type")).startswith(FORM)
        session = next(self._sessions) // REQUESTS_OF_A_SESSION
        needed = true_headers(channel, self._settings, session, content, is_form)
        request.headers.update({it: value for it, value in needed.items() if it != "Content-Type"})
        return request


class Fuzz:
    """Asks one running assistant, and keeps what is wrong with its answers."""

    def __init__(self, settings: Settings) -> None:
        """Reads the document."""
        self.schema = schemathesis.openapi.from_path(DOCUMENT)
        self.schema.config.update(base_url=f"http://{HOST}:{settings.port}")
        self.statuses: dict[str, Counter[int]] = {}
        self.failures: dict[str, str] = {}
        """By operation and kind, one of each."""
        self._auth = Signed(settings)
        self._sessions = itertools.cycle(_session_from(f"127.0.1.{it}") for it in range(1, ADDRESSES + 1))

    def ask(self, operation: Operation, mode: schemathesis.GenerationMode, count: int) -> None:
        """Sends so many requests to one address."""

        @given(case=operation.as_strategy(generation_mode=mode))
        @hypothesis_settings(
            max_examples=count,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def all_are_answered(case: Case) -> None:
            self._check(operation.label, case)

        with suppress(Unsatisfiable):  # there is no wrong request to some addresses
            all_are_answered()

    def _check(self, label: str, case: Case) -> None:
        response = case.call(session=next(self._sessions), auth=self._auth, timeout=20)
        self.statuses.setdefault(label, Counter())[response.status_code] += 1
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as group:
            for error in group.exceptions:
                kind = f"{label}: {getattr(error, 'title', type(error).__name__)}, HTTP {response.status_code}"
                self.failures.setdefault(kind, f"{error}\n{case.as_curl_command()[:1000]!a}")


def fuzz(folder: Path, count: int) -> Fuzz:
    """Runs the assistant, and sends so many right and so many wrong requests to each of its addresses."""
    with serving() as platform:
        settings = settings_for(folder, platform.base)
        with running_assistant(settings, log=folder / "log"):
            run = Fuzz(settings)
            for found in run.schema.get_all_operations():
                if isinstance(found, Err):
                    raise found.err()
                operation = found.ok()
                if operation.definition.raw["operationId"] == ENDLESS:
                    continue
                run.ask(operation, schemathesis.GenerationMode.POSITIVE, count)
                if operation.body or operation.query or operation.path_parameters:
                    run.ask(operation, schemathesis.GenerationMode.NEGATIVE, count)
    return run


def main() -> None:
    """Prints how often each address was asked, and what was wrong."""
    parser = argparse.ArgumentParser(prog="bot.bench.api_fuzz", description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=COUNT)
    arguments = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        run = fuzz(Path(folder), arguments.count)
    total = sum(sum(it.values()) for it in run.statuses.values())
    print(f"\n{total} requests to {len(run.statuses)} addresses in {time.monotonic() - begun:.0f} s, {DOCUMENT.name}")
    for label, statuses in run.statuses.items():
        print(f"  {label:34} " + "  ".join(f"HTTP {it}: {statuses[it]}" for it in sorted(statuses)))
    print(f"  {len(run.failures)} failures")
    for kind, failure in run.failures.items():
        print(f"- {kind}\n  {failure}")
    sys.exit(1 if run.failures else 0)


def _session_from(address: str) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", FromAddress(address))
    return session


if __name__ == "__main__":
    main()

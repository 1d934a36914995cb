from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.checks.advisories import Finding, findings, judged, not_looked_up
from bot.settings import ROOT

KNOWN = {"id": "GHSA-xxxx-xxxx-xxxx", "aliases": ["CVE-2026-37737"], "fix_versions": []}
UNKNOWN = {"id": "PYSEC-2099-1", "aliases": ["CVE-2099-0001"], "fix_versions": ["9.9"]}
FINE = {"name": "attrs", "version": "22.1.0", "vulns": []}
SKIPPED = {"name": "idna", "skip_reason": "Dependency not found"}


def of(*dependencies: dict[str, Any]) -> dict[str, Any]:
    return {"dependencies": list(dependencies), "fixes": []}


def weak(vulnerability: dict[str, Any]) -> dict[str, Any]:
    return {"name": "sanic-cors", "version": "2.0.1", "vulns": [vulnerability]}


def test_findings_and_what_was_not_looked_up_are_read() -> None:
    report = of(FINE, weak(UNKNOWN), SKIPPED)
    assert findings(report) == [Finding("sanic-cors", "2.0.1", ("PYSEC-2099-1", "CVE-2099-0001"), ("9.9",))]
    assert not_looked_up(report) == ["idna"]


def test_names_of_weaknesses_are_found_in_a_text() -> None:
    text = "| CVE-2026-37737, GHSA-ab12-cd34-ef56 | PYSEC-2024-277 | cve of 2024"
    assert judged(text) == {"CVE-2026-37737", "GHSA-ab12-cd34-ef56", "PYSEC-2024-277"}


@pytest.mark.parametrize(
    ("report", "code", "said"),
    [
        (of(FINE), 0, "1 packages, 0 findings"),
        (of(FINE, weak(KNOWN)), 0, "judged: sanic-cors 2.0.1: GHSA-xxxx-xxxx-xxxx CVE-2026-37737; no version fixes it"),
        (of(FINE, weak(UNKNOWN)), 1, "NOT JUDGED: sanic-cors 2.0.1: PYSEC-2099-1 CVE-2099-0001; fixed in 9.9"),
        (of(FINE, SKIPPED), 2, "Nothing is known of 1 packages"),
        (of(SKIPPED, weak(UNKNOWN)), 1, "NOT JUDGED"),
        ({}, 2, "Nothing is known of all packages"),
    ],
)
def test_what_is_not_judged_or_not_known_fails(tmp_path: Path, report: dict[str, Any], code: int, said: str) -> None:
    file = tmp_path / "audit.json"
    file.write_text(json.dumps(report), encoding="utf-8")
    command = [sys.executable, "-m", "bot.checks.advisories", str(file)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == code and said in result.stdout + result.stderr

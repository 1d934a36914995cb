"""How much disk the packages take that something needs to run, counted as they are installed."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def installed_bytes(site_packages: Path, requirements: Iterable[str]) -> int:
    """The size of packages and of all that they require, as far as it is installed there.

    Packages for tests that are installed beside them do not count, nor do those left out on purpose.

    Args:
        site_packages: the folder of an environment.
        requirements: the packages that are asked for, with or without versions.
    """
    installed = {canonicalize_name(it.metadata["Name"]): it for it in distributions(path=[str(site_packages)])}
    needed: dict[str, Distribution] = {}
    waiting = [canonicalize_name(Requirement(it).name) for it in requirements]
    while waiting:
        name = waiting.pop()
        if name in needed or name not in installed:
            continue
        needed[name] = installed[name]
        waiting += [canonicalize_name(it.name) for it in _required(installed[name])]
    return sum(_size(it) for it in needed.values())


def _required(distribution: Distribution) -> list[Requirement]:
    requirements = [Requirement(it) for it in distribution.requires or ()]
    return [it for it in requirements if it.marker is None or it.marker.evaluate({"extra": ""})]


def _size(distribution: Distribution) -> int:
    files = (Path(str(distribution.locate_file(it))) for it in distribution.files or ())
    return sum(it.stat().st_size for it in files if it.is_file())

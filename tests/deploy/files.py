"""The files of ``deploy/`` as the tests read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from dockerfile_parse import DockerfileParser

from bot.settings import ROOT

DEPLOY = ROOT / "deploy"
MANIFESTS = DEPLOY / "kubernetes"
Mapping = dict[str, Any]


def dockerfile() -> DockerfileParser:
    return DockerfileParser(str(DEPLOY / "Dockerfile"))


def stages() -> dict[str, list[Mapping]]:
    """The instructions of each stage of the Dockerfile, by its name; what stands before the first is left out."""
    found: dict[str, list[Mapping]] = {}
    for it in dockerfile().structure:
        if it["instruction"] == "FROM":
            found[it["value"].split()[-1]] = []
        if found:
            found[list(found)[-1]].append(it)
    return found


def documents(file: Path) -> list[Mapping]:
    return [it for it in yaml.safe_load_all(file.read_text(encoding="utf-8")) if it]


def manifests() -> Iterator[Mapping]:
    """All that kustomization.yaml applies."""
    (kustomization,) = documents(MANIFESTS / "kustomization.yaml")
    for name in kustomization["resources"]:
        yield from documents(MANIFESTS / name)


def of_kind(kind: str) -> list[Mapping]:
    return [it for it in manifests() if it["kind"] == kind]


def containers() -> list[tuple[Mapping, Mapping]]:
    """Each container of each deployment, with the pod that it is in."""
    pods = [it["spec"]["template"]["spec"] for it in of_kind("Deployment")]
    return [(pod, container) for pod in pods for container in pod["containers"]]

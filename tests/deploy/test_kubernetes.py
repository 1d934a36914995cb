"""The manifests: right by Kubernetes' own schemas, and what every container in them promises."""

from __future__ import annotations

import re
from typing import Any

import kubernetes_validate
import pytest

from bot.settings import ROOT, Clinic, load_clinic
from tests.deploy.files import MANIFESTS, Mapping, containers, documents, manifests, of_kind

# The newest whose schemas the package carries for this Python; all kinds here have been stable since.
VERSION = "1.27"
EVERYTHING = [*manifests(), *documents(MANIFESTS / "secrets.example.yaml")]
CONTAINERS = [pytest.param(pod, container, id=container["name"]) for pod, container in containers()]


def title(manifest: Mapping) -> str:
    return f"{manifest['kind']}-{manifest['metadata']['name']}"


def named(kind: str, name: str) -> Mapping:
    return next(it for it in of_kind(kind) if it["metadata"]["name"] == name)


@pytest.mark.parametrize("manifest", EVERYTHING, ids=title)
def test_a_manifest_is_right(manifest: Mapping) -> None:
    kubernetes_validate.validate(manifest, VERSION, strict=True)


def test_a_mistake_would_be_found() -> None:
    wrong: dict[str, Any] = {**named("Service", "aftercare-actions"), "specification": {}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSION, strict=True)


def test_every_manifest_is_applied() -> None:
    (kustomization,) = documents(MANIFESTS / "kustomization.yaml")
    files = {it.name for it in MANIFESTS.glob("*.yaml")} - {"kustomization.yaml", "secrets.example.yaml"}
    assert set(kustomization["resources"]) == files


def test_the_clinic_is_that_of_the_project() -> None:
    (text,) = (it["data"]["clinic.yml"] for it in of_kind("ConfigMap"))
    assert text == (ROOT / "clinic.yml").read_text(encoding="utf-8")
    assert isinstance(load_clinic(), Clinic)


@pytest.mark.parametrize(("pod", "container"), CONTAINERS)
def test_a_container_is_confined(pod: Mapping, container: Mapping) -> None:
    assert pod["securityContext"]["runAsNonRoot"] is True and pod["securityContext"]["runAsUser"] == 10001
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    own = container["securityContext"]
    assert own["readOnlyRootFilesystem"] is True and own["allowPrivilegeEscalation"] is False
    assert own["capabilities"] == {"drop": ["ALL"]}
    assert not any(pod.get(it) for it in ("hostNetwork", "hostPID", "hostIPC", "initContainers"))
    assert all(set(it) & {"emptyDir", "configMap"} for it in pod["volumes"])


@pytest.mark.parametrize(("pod", "container"), CONTAINERS)
def test_a_container_has_limits_and_probes(pod: Mapping, container: Mapping) -> None:
    assert set(container["resources"]["requests"]) == {"cpu", "memory"}
    assert "memory" in container["resources"]["limits"]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert set(container[probe]) & {"httpGet", "exec"}, probe


@pytest.mark.parametrize(("pod", "container"), CONTAINERS)
def test_services_set_no_variable_of_a_container(pod: Mapping, container: Mapping) -> None:
    # A service that is called actions would set ACTIONS_PORT to tcp://...
    assert pod["enableServiceLinks"] is False


@pytest.mark.parametrize(("pod", "container"), CONTAINERS)
def test_secrets_come_from_secrets(pod: Mapping, container: Mapping) -> None:
    assert not any(
        re.search("SECRET|TOKEN|PASSWORD|DATABASE|REDIS|SMTP", it["name"]) for it in container.get("env", [])
    )
    offered = {it["metadata"]["name"] for it in documents(MANIFESTS / "secrets.example.yaml")}
    assert {it["secretRef"]["name"] for it in container["envFrom"]} <= offered


def test_the_database_being_away_takes_no_replica_off_the_net() -> None:
    _, container = next(it for it in containers() if it[1]["name"] == "assistant")
    assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    assert container["livenessProbe"]["httpGet"]["path"] == "/health/live"


@pytest.mark.parametrize("name", ["aftercare-assistant", "aftercare-actions"])
def test_an_update_takes_nothing_away_before_there_is_more(name: str) -> None:
    spec = named("Deployment", name)["spec"]
    assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    assert spec["replicas"] >= 2 and spec["template"]["spec"]["topologySpreadConstraints"]
    budget = named("PodDisruptionBudget", name)["spec"]
    assert budget["minAvailable"] >= 1 and budget["selector"] == spec["selector"]


def test_there_are_never_two_caretakers() -> None:
    spec = named("Deployment", "aftercare-caretaker")["spec"]
    assert spec["replicas"] == 1 and spec["strategy"] == {"type": "Recreate"}


def test_nothing_is_allowed_that_is_not_named() -> None:
    deny = named("NetworkPolicy", "default-deny")["spec"]
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_only_the_ingress_reaches_the_assistant_and_only_the_assistant_the_actions() -> None:
    (to_assistant,) = named("NetworkPolicy", "assistant")["spec"]["ingress"]
    (ingress,) = to_assistant["from"]
    assert ingress == {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress-nginx"}}}
    assert to_assistant["ports"] == [{"protocol": "TCP", "port": "http"}]
    (to_actions,) = named("NetworkPolicy", "actions")["spec"]["ingress"]
    assert to_actions["from"] == [{"podSelector": {"matchLabels": {"app.kubernetes.io/name": "assistant"}}}]
    assert "ingress" not in named("NetworkPolicy", "caretaker")["spec"]


def test_every_pod_has_a_policy() -> None:
    pods = [it["spec"]["template"]["metadata"]["labels"] for it in of_kind("Deployment")]
    chosen = [it["spec"]["podSelector"].get("matchLabels") for it in of_kind("NetworkPolicy")]
    assert all(labels in chosen for labels in pods)


def test_only_what_people_and_platforms_need_has_a_way_in() -> None:
    (ingress,) = of_kind("Ingress")
    paths = [it for rule in ingress["spec"]["rules"] for it in rule["http"]["paths"]]
    assert {(it["path"], it["pathType"]) for it in paths} == {
        ("/chat", "Prefix"),
        ("/webhooks/telegram/webhook", "Exact"),
        ("/webhooks/slack/webhook", "Exact"),
    }
    assert ingress["spec"]["tls"] and "defaultBackend" not in ingress["spec"]
    assert all(it["port"] == 5005 or it["port"] == 5055 for s in of_kind("Service") for it in s["spec"]["ports"])


def test_images_have_a_tag_of_their_own() -> None:
    (kustomization,) = documents(MANIFESTS / "kustomization.yaml")
    named_there = {it["name"]: it for it in kustomization["images"]}
    for _, container in containers():
        name, _, tag = container["image"].partition(":")
        assert tag == "REVISION" and named_there[name]["newTag"] not in ("", "latest")


def test_the_scaler_keeps_two_replicas() -> None:
    (scaler,) = of_kind("HorizontalPodAutoscaler")
    assert scaler["spec"]["scaleTargetRef"]["name"] == "aftercare-assistant" and scaler["spec"]["minReplicas"] >= 2

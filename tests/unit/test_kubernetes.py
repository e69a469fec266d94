"""The base in deploy/kubernetes: it is valid, its parts fit together, and the service has the time it needs to stop."""

from __future__ import annotations

from typing import Any

import kubernetes_validate
import pytest
import yaml

from bot.channels.web.security import HEALTH_PATHS
from bot.conversation.workers import DRAIN_SECONDS
from bot.core.paths import REPOSITORY
from bot.core.settings import SECRETS, Settings

BASE = REPOSITORY / "deploy" / "kubernetes"
NAMES = {name.upper() for name in Settings.model_fields} | {f"{name.upper()}_FILE" for name in SECRETS}


@pytest.fixture(scope="module")
def base() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((BASE / "kustomization.yaml").read_text())
    return loaded


@pytest.fixture(scope="module")
def resources(base: dict[str, Any]) -> dict[str, Any]:
    """The resources, by kind."""
    loaded = [yaml.safe_load((BASE / name).read_text()) for name in base["resources"]]
    return {each["kind"]: each for each in loaded}


@pytest.fixture
def pod(resources: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = resources["Deployment"]["spec"]["template"]["spec"]
    return found


def test_every_file_is_part_of_the_base_and_valid(base: dict[str, Any], resources: dict[str, Any]) -> None:
    assert {path.name for path in BASE.glob("*.yaml")} == {*base["resources"], "kustomization.yaml"}
    assert len(resources) == len(base["resources"])
    for each in resources.values():
        kubernetes_validate.validate(each, kubernetes_validate.latest_version(), strict=True)


def test_the_selectors_find_the_pods_and_the_ports_are_theirs(resources: dict[str, Any], pod: dict[str, Any]) -> None:
    labels = resources["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert resources["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert resources["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    assert resources["Service"]["spec"]["selector"] == labels
    assert [each["labelSelector"]["matchLabels"] for each in pod["topologySpreadConstraints"]] == [labels]
    [bot] = pod["containers"]
    ports = {each["name"]: each["containerPort"] for each in bot["ports"]}
    assert ports["http"] == Settings.model_fields["port"].default
    [served] = resources["Service"]["spec"]["ports"]
    assert served["targetPort"] in ports
    [rule] = resources["Ingress"]["spec"]["rules"]
    [path] = rule["http"]["paths"]
    backend = path["backend"]["service"]
    assert (backend["name"], backend["port"]["name"]) == (resources["Service"]["metadata"]["name"], served["name"])


def test_the_variables_are_settings_and_the_secrets_are_files(base: dict[str, Any], pod: dict[str, Any]) -> None:
    [made] = base["configMapGenerator"]
    lines = [line for name in made["envs"] for line in (BASE / name).read_text().splitlines()]
    assert {line.partition("=")[0] for line in lines} <= NAMES
    [secret] = base["secretGenerator"]
    files = {name.rpartition("/")[2] for name in secret["files"]}
    assert all(name.startswith("secrets/") for name in secret["files"])
    assert "/deploy/kubernetes/secrets/" in (REPOSITORY / ".gitignore").read_text()
    volumes = {each["name"]: each for each in pod["volumes"]}
    assert volumes["secrets"]["secret"]["secretName"] == secret["name"]
    for container in [*pod["initContainers"], *pod["containers"]]:
        assert container["envFrom"] == [{"configMapRef": {"name": made["name"]}}]
        mounts = {each["name"]: each["mountPath"] for each in container["volumeMounts"]}
        assert mounts.keys() == volumes.keys()
        given = {each["name"]: each["value"] for each in container["env"]}
        assert given.keys() <= NAMES
        assert {value.rpartition("/") for value in given.values()} == {(mounts["secrets"], "/", name) for name in files}


def test_the_pods_are_confined(pod: dict[str, Any]) -> None:
    assert pod["securityContext"]["runAsNonRoot"] is True
    user = (pod["securityContext"]["runAsUser"], pod["securityContext"]["runAsGroup"])
    assert "USER {}:{}\n".format(*user) in (REPOSITORY / "deploy" / "Dockerfile").read_text()
    assert pod["automountServiceAccountToken"] is False
    assert pod["enableServiceLinks"] is False
    for container in [*pod["initContainers"], *pod["containers"]]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def test_a_pod_is_looked_at_and_has_time_to_stop(resources: dict[str, Any], pod: dict[str, Any]) -> None:
    [bot] = pod["containers"]
    probes = {name: bot[name]["httpGet"]["path"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert set(probes.values()) == HEALTH_PATHS
    assert probes["readinessProbe"] == "/readyz"
    *_, waits = bot["lifecycle"]["preStop"]["exec"]["command"]
    # The turns may take that long, and their requests as long again.
    assert pod["terminationGracePeriodSeconds"] >= int(waits) + 2 * DRAIN_SECONDS + 5
    assert resources["Deployment"]["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert resources["PodDisruptionBudget"]["spec"]["maxUnavailable"] < resources["Deployment"]["spec"]["replicas"]

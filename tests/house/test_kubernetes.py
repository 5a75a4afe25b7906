"""deploy/k8s: manifests that a cluster takes, lists without gaps, and services that agree.

No cluster and no kustomize is needed: the files are plain, so they are checked as they stand.
"""

import json
import re
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from shenbao_stack import manifests
from shenbao_stack.manifests import ALL, BASE, K8S, WITH_PODS, Manifest, containers
from shenbao_stack.services import EVERYTHING, SERVICES, folder

OLDEST, NEWEST = "1.30", "1.37"
SECRET_KEYS = (
    "DATABASE_URL",
    "CLIENT_SECRET",
    "SIGNING_KEY",
    "DATA_KEY",
    "COOKIE_KEY",
    "BROKER_URL",
    "PASSWORD",
    "CLIENTS",
)
FOLDERS = {"files", "person-keys"}
KUSTOMIZATIONS = sorted(K8S.rglob("kustomization.yaml"))


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize("manifest", ALL, ids=str)
def test_a_manifest_is_what_kubernetes_takes(manifest: Manifest, version: str) -> None:
    kubernetes_validate.validate(manifest.body, version, strict=True)


@pytest.mark.parametrize("path", KUSTOMIZATIONS, ids=lambda p: str(p.parent.relative_to(K8S)))
def test_a_kustomization_lists_what_lies_beside_it_and_nothing_else(path: Path) -> None:
    (said,) = manifests.documents(path)
    patches = {p["path"] for p in said.get("patches", []) if "path" in p}
    listed = set(said["resources"]) | patches
    inside = {name for name in listed if not name.startswith("../")}
    folders = {p.name for p in path.parent.iterdir() if (p / "kustomization.yaml").is_file()}
    assert inside == {p.name for p in path.parent.glob("*.yaml") if p != path} | folders
    assert all((path.parent / name).exists() for name in listed)
    assert {path.parent / name for name in patches} <= manifests.PATCHES


@pytest.mark.parametrize("overlay", sorted((K8S / "overlays").iterdir()), ids=lambda p: p.name)
def test_an_overlay_puts_everything_into_a_namespace_of_its_own_that_it_makes(overlay: Path) -> None:
    (said,) = manifests.documents(overlay / "kustomization.yaml")
    (made,) = manifests.documents(overlay / "namespace.yaml")
    assert said["namespace"] == made["metadata"]["name"] == f"shenbao-{overlay.name}"


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("part", ["web", "worker", "relay", "migrate"])
def test_services_differ_in_their_name_only(service: str, part: str) -> None:
    assert _shape(service, part) == _shape("units", part)


@pytest.mark.parametrize("service", EVERYTHING)
def test_a_web_has_probes_a_scale_and_a_budget(service: str) -> None:
    bodies = {b["kind"]: b for b in manifests.documents(BASE / service / "web.yaml")}
    assert set(bodies) == {"Deployment", "Service", "HorizontalPodAutoscaler", "PodDisruptionBudget"}
    (container,) = bodies["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert {"startupProbe", "readinessProbe", "livenessProbe"} <= set(container)
    # With a number here each `apply` would undo what the autoscaler has done.
    assert "replicas" not in bodies["Deployment"]["spec"]
    assert bodies["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["name"] == f"{service}-web"


@pytest.mark.parametrize("manifest", [m for m in ALL if m.body["kind"] == "Deployment"], ids=str)
def test_selectors_find_the_pods_that_they_are_for(manifest: Manifest) -> None:
    assert manifest.pod is not None
    labels = manifest.pod["metadata"]["labels"].items()
    budgets = [b for b in manifests.documents(manifest.path) if b["kind"] == "PodDisruptionBudget"]
    for body in (manifest.body, *budgets):
        assert body["spec"]["selector"]["matchLabels"].items() <= labels


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("part", ["web", "worker", "relay"])
def test_a_process_starts_after_its_migrations(service: str, part: str) -> None:
    pod = manifests.documents(BASE / service / f"{part}.yaml")[0]["spec"]["template"]["spec"]
    (first,) = pod["initContainers"]
    assert first["command"] == ["python", "-m", "shenbao_common.web.migrated", service]
    assert first["image"] == pod["containers"][0]["image"] == f"shenbao/{service}"


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("part", ["web", "worker", "relay"])
def test_a_process_is_scraped_at_the_port_that_it_has_and_that_monitoring_may_reach(service: str, part: str) -> None:
    template = manifests.documents(BASE / service / f"{part}.yaml")[0]["spec"]["template"]
    (port,) = [p["containerPort"] for c in template["spec"]["containers"] for p in c["ports"]]
    assert template["metadata"]["annotations"] == {"prometheus.io/scrape": "true", "prometheus.io/port": str(port)}
    told = dict(line.split("=", 1) for line in _literals(BASE / "kustomization.yaml"))
    assert str(port) == ("8000" if part == "web" else told["SHENBAO_METRICS_PORT"])
    monitoring = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}
    policies = [m.body["spec"] for m in ALL if m.body["kind"] == "NetworkPolicy"]
    opened = [rule for spec in policies if _is_for(spec["podSelector"], part) for rule in spec.get("ingress", [])]
    assert [r for r in opened if monitoring in r["from"] and {"protocol": "TCP", "port": port} in r["ports"]]


OUTSIDE = {
    "APPLICATIONS_REGISTERS_URL": ("applications", "web", 443),
    "DOCUMENTS_PROVIDERS": ("documents", "web", 443),
    "DOCUMENTS_S3": ("documents", "worker", 443),
    "DOCUMENTS_SCANNER": ("documents", "web", 3310),
    "IDENTITY_MAIL_URL": ("identity", "worker", 587),
    "IDENTITY_PROVIDERS": ("identity", "web", 443),
    "IDENTITY_REAL_NAME_URL": ("identity", "web", 443),
    "IDENTITY_SHARED_DATA_URL": ("identity", "web", 443),
    "IDENTITY_SMS_URL": ("identity", "worker", 443),
    "SUBSCRIPTIONS_BROKER_API_URL": ("subscriptions", "worker", 15671),
    "UNITS_REGISTRY_URL": ("units", "web", 443),
}
"""Settings that name somebody outside, and who goes there by which port."""


def test_every_party_that_a_setting_names_can_be_reached() -> None:
    read = [(folder(s) / "src" / f"shenbao_{s}" / "settings.py").read_text(encoding="utf-8") for s in SERVICES]
    named = set(re.findall(r'"([A-Z_]+_(?:URL|PROVIDERS|SCANNER|S3))"', "\n".join(read)))
    assert named <= set(OUTSIDE), "who reaches it, and by which port of deploy/k8s/base/network.yaml?"
    policies = [m.body["spec"] for m in ALL if m.body["kind"] == "NetworkPolicy"]
    for setting, (service, role, port) in OUTSIDE.items():
        its = [spec for spec in policies if _is_for(spec["podSelector"], role) and _of(spec["podSelector"], service)]
        ways = [rule["ports"] for spec in its for rule in spec.get("egress", []) if "to" not in rule]
        assert any({"protocol": "TCP", "port": port} in ports for ports in ways), setting


def _of(selector: dict[str, Any], service: str) -> bool:
    values = [e["values"] for e in selector.get("matchExpressions", []) if e["key"] == "app"]
    return any(service in listed for listed in values)


def _is_for(selector: dict[str, Any], role: str) -> bool:
    said = selector.get("matchLabels", {}).get("role")
    values = [e["values"] for e in selector.get("matchExpressions", []) if e["key"] == "role"]
    return role == said or any(role in listed for listed in values)


def test_no_file_holds_a_secret() -> None:
    assert [str(m) for m in ALL if m.body["kind"] == "Secret"] == []
    for container in (c for m in WITH_PODS for c in containers(m.pod or {})):
        given = [e["name"] for e in container.get("env", []) if "value" in e]
        assert not [name for name in given if name.endswith(SECRET_KEYS)]
    literals = [line for path in KUSTOMIZATIONS for line in _literals(path)]
    assert literals
    assert not [line for line in literals if line.split("=", 1)[0].endswith(SECRET_KEYS) or "@" in line]


@pytest.mark.parametrize("overlay", ["dev", "staging", "prod"])
def test_an_overlay_tells_every_common_setting_and_tags_every_image(overlay: str) -> None:
    path = K8S / "overlays" / overlay / "kustomization.yaml"
    told = {line.split("=", 1)[0] for p in (BASE / "kustomization.yaml", path) for line in _literals(p)}
    common = {"PROFILE", "COMPRESS", "ISSUER", "PORTAL_URL", "TRUSTED_PROXIES", "METRICS_PORT"}
    wanted = common | {f"{s.upper()}_URL" for s in SERVICES}
    assert told == {f"SHENBAO_{name}" for name in wanted}
    (said,) = manifests.documents(path)
    assert {i["name"] for i in said["images"]} == {f"shenbao/{s}" for s in EVERYTHING}


def test_nothing_passes_that_no_policy_names() -> None:
    policies = {m.body["metadata"]["name"]: m.body["spec"] for m in ALL if m.body["kind"] == "NetworkPolicy"}
    assert policies.pop("nothing-by-default") == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for name, spec in policies.items():
        rules = [*spec.get("ingress", []), *spec.get("egress", [])]
        assert rules, name
        assert all(rule.get("ports") for rule in rules), f"{name} opens every port"
    named = [e["values"] for s in policies.values() for e in s["podSelector"].get("matchExpressions", [])]
    assert {v for values in named for v in values} <= {*SERVICES, "web", "worker", "relay"}


def test_the_patch_of_networks_narrows_policies_that_exist() -> None:
    names = {m.body["metadata"]["name"] for m in ALL}
    patched = [body for path in manifests.PATCHES for body in manifests.documents(path)]
    assert {body["metadata"]["name"] for body in patched} == {"to-database", "to-broker"} <= names
    assert all(rule["to"] and rule["ports"] for body in patched for rule in body["spec"]["egress"])


def _literals(path: Path) -> list[str]:
    (said,) = manifests.documents(path)
    return [line for generator in said.get("configMapGenerator", []) for line in generator["literals"]]


def _shape(service: str, part: str) -> Any:
    """The file without the service's name, and without the folders that some have, and the room for what is in them."""
    text = json.dumps(list(yaml.safe_load_all((BASE / service / f"{part}.yaml").read_text(encoding="utf-8"))))
    bodies = json.loads(re.sub(service.upper(), "SERVICE", text.replace(service, "service")))
    for body in bodies:
        if body["kind"] != "Deployment":
            continue
        pod = body["spec"]["template"]["spec"]
        pod["volumes"] = [v["name"] for v in pod["volumes"] if v["name"] not in FOLDERS]
        for container in pod["containers"]:
            container["volumeMounts"] = [v for v in container["volumeMounts"] if v["name"] not in FOLDERS]
            container["env"] = [e for e in container.get("env", []) if not e["name"].endswith("_PERSON_KEYS")]
            container["resources"]["limits"].pop("memory")
    return bodies

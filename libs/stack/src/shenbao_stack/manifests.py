"""The Kubernetes files as the rules about them see them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from shenbao_stack.services import root

K8S = root() / "deploy" / "k8s"
BASE = K8S / "base"
# A patch of kustomize is half a manifest; it is named in `patches`.
PATCHES = {K8S / "overlays" / "prod" / "outside.yaml"}


@dataclass(frozen=True)
class Manifest:
    path: Path
    body: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.path.relative_to(K8S)}:{self.body['kind']}/{self.body['metadata']['name']}"

    @property
    def pod(self) -> dict[str, Any] | None:
        """What it says of its pods, if it makes any."""
        if self.body["kind"] not in {"Deployment", "Job"}:
            return None
        found: dict[str, Any] = self.body["spec"]["template"]
        return found


def documents(path: Path) -> list[dict[str, Any]]:
    return [body for body in yaml.safe_load_all(path.read_text(encoding="utf-8")) if body]


def manifests() -> Iterator[Manifest]:
    for path in sorted(K8S.rglob("*.yaml")):
        if path.name != "kustomization.yaml" and path not in PATCHES:
            for body in documents(path):
                yield Manifest(path, body)


def containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]


ALL = list(manifests())
WITH_PODS = [m for m in ALL if m.pod]

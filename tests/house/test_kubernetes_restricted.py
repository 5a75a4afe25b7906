"""Every pod keeps the profile `restricted` of Kubernetes' Pod Security Standards, and a little more.

Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/ (profiles baseline and restricted). Written
here because these assertions are fewer than what a linter that knows them would bring along.
"""

from typing import Any

import pytest

from shenbao_stack.manifests import WITH_PODS, Manifest, containers

# restricted: the kinds of volume that a pod may have.
VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}

pods = pytest.mark.parametrize("manifest", WITH_PODS, ids=str)


def pod(manifest: Manifest) -> dict[str, Any]:
    assert manifest.pod is not None
    found: dict[str, Any] = manifest.pod["spec"]
    return found


def each(manifest: Manifest) -> list[dict[str, Any]]:
    return containers(manifest.pod or {})


@pods
def test_a_pod_has_nothing_of_its_host(manifest: Manifest) -> None:
    """baseline: host namespaces, host ports, sysctls, host processes, probes and hooks that name a host."""
    spec = pod(manifest)
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec)
    assert not {"sysctls", "windowsOptions", "seLinuxOptions", "appArmorProfile"} & set(spec["securityContext"])
    for container in each(manifest):
        assert not [p for p in container.get("ports", []) if "hostPort" in p]
        probes = [container[name] for name in container if name.endswith("Probe")]
        assert not [p for p in probes if "host" in p.get("httpGet", {})]


@pods
def test_a_pod_has_only_volumes_that_are_no_way_to_the_host(manifest: Manifest) -> None:
    assert {kind for v in pod(manifest)["volumes"] for kind in v if kind != "name"} <= VOLUMES


@pods
def test_a_pod_is_nobody_special(manifest: Manifest) -> None:
    """restricted: a user that is not root, and the runtime's own filter of system calls."""
    context = pod(manifest)["securityContext"]
    assert context["runAsNonRoot"] is True
    assert context["runAsUser"] == 10001  # as in every Dockerfile
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}


@pods
def test_a_container_cannot_become_more_than_it_is(manifest: Manifest) -> None:
    """restricted: no way up, no capability; nothing here takes back what the pod says. Ours: it writes to no image."""
    for container in each(manifest):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert "/tmp" in {m["mountPath"] for m in container["volumeMounts"]}  # noqa: S108  (the one place to write)


@pods
def test_a_pod_holds_no_key_to_the_cluster(manifest: Manifest) -> None:
    assert pod(manifest)["automountServiceAccountToken"] is False
    assert "serviceAccountName" not in pod(manifest)


@pods
def test_a_container_says_what_it_needs_and_may_take(manifest: Manifest) -> None:
    for container in each(manifest):
        assert set(container["resources"]["requests"]) == set(container["resources"]["limits"]) == {"cpu", "memory"}

"""Why an application came back to whoever filled it in."""

from collections.abc import Mapping
from typing import Any

from shenbao_portal.client import service


def last_of(material: Mapping[str, Any]) -> dict[str, Any] | None:
    """The entry of its log that returned it; None unless it is returned now."""
    if material["status"] != "returned":
        return None
    log = service("review").get(f"/v1/cases/{material['id']}/log", limit=100).body["items"]
    returns = [line for line in log if line["action"] == "return"]
    return returns[-1] if returns else None

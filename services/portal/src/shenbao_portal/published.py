"""What authorities publish for everybody, as several pages show it."""

from typing import Any

from shenbao_portal.client import service
from shenbao_portal.refusals import Unreachable
from shenbao_portal.texts import _l

PUBLIC = "/v1/public"
"""Below it applications answers anybody."""

KINDS = {
    "notice": _l("公告"),
    "evaluation_notice": _l("职称评审通知"),
    "guide": _l("帮助中心"),
    "question": _l("常见问题解答"),
}
_ON_A_HOME_PAGE = 6


def read(kind: str, **query: Any) -> Any:
    """One page of what is visible now."""
    return service("applications").get(f"{PUBLIC}/publications", kind=kind, **query).body


def board() -> dict[str, list[dict[str, Any]]]:
    """The newest notices, for home pages (S4e-06, S0-36); these stand without them while the service is away."""
    try:
        return {kind: read(kind, limit=_ON_A_HOME_PAGE)["items"] for kind in ("evaluation_notice", "notice")}
    except Unreachable:
        return {}


def guides_of(programme: str) -> list[dict[str, Any]]:
    """What there is to download beside the forms of a programme (S0-36)."""
    found: list[dict[str, Any]] = read("guide", programme=programme, limit=100)["items"]
    return found

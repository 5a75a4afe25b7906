"""What a certificate's state is called, with its colour."""

from collections.abc import Mapping

from shenbao_portal.texts import _l

STATES: Mapping[str, tuple[object, str]] = {
    "valid": (_l("有效"), "green"),
    "expired": (_l("已过期"), "orange"),
    "revoked": (_l("已撤销"), "red"),
    "replaced": (_l("已换发新证"), "red"),
}

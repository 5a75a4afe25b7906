"""What the user's last writes told, kept in the session and asked of every later call (`Shenbao-After`)."""

from flask import has_request_context, session

from shenbao_common.kernel import clock

_KEPT = 60
_MOST = 12


def remember(version: str | None) -> None:
    """Takes in a `Shenbao-Version`; a newer event of the same type takes the place of the older."""
    if not version:
        return
    now = int(clock.now().timestamp())
    known: dict[str, list[str | int]] = {**session.get("writes", {})}
    for part in version.split(","):
        kind, _, event = part.strip().rpartition(":")
        known.pop(kind, None)
        known[kind] = [event, now]
    session["writes"] = dict(list(known.items())[-_MOST:])


def to_wait_for() -> str:
    """The header's value; writes older than a minute have surely arrived, or never will in time."""
    if not has_request_context():
        return ""
    young = int(clock.now().timestamp()) - _KEPT
    return ",".join(f"{kind}:{event}" for kind, (event, at) in session.get("writes", {}).items() if at > young)

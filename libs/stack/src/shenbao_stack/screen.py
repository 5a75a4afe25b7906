"""What `shenbao run` says: little, and what a newcomer needs next."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Hint:
    """Somebody whom one can sign in as. tab: of the sign-in page."""

    who: str
    tab: str
    username: str
    password: str


def ready(url: str, folder: Path, hints: Sequence[Hint], seconds: float) -> str:
    """The screen when everything answers."""
    lines = ["", f"  申报 Shenbao is running at {url}  (ready after {seconds:.0f} s)", ""]
    if hints:
        width = max(_width(h.who) for h in hints)
        lines.append("  Sign in as (and with 省统一身份认证 as a person, without a password):")
        for hint in hints:
            pad = " " * (width - _width(hint.who))
            lines.append(f"    {hint.who}{pad}   {hint.tab}   {hint.username:<16} {hint.password}")
        lines.append("")
    lines += [
        f"  APIs        {url}/api/<service>/docs: identity, units, applications, review, documents, subscriptions",
        f"  Data        {folder} (kept; delete it to begin anew)",
        "  Stop        Ctrl-C",
        "",
    ]
    return "\n".join(lines)


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if ord(c) > 0x2E7F else 1 for c in text)

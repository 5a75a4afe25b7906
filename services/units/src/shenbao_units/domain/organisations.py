"""What an organisation's code may be, and when it can be taken out of the tree (S4a-01, S4i-05)."""

import re
from dataclasses import dataclass

from shenbao_common.kernel.errors import Conflict, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """What an organisation still has: organisations below it, accounts that work at it, employers under it."""

    children: int
    staff: int
    units: int


def ensure_empty(remaining: Remaining) -> None:
    """Refuses `organisation_not_empty` and says what remains."""
    left = {"children": remaining.children, "staff": remaining.staff, "units": remaining.units}
    if any(left.values()):
        raise Conflict("organisation_not_empty", **left)


def objections_to_code(code: str, parent_code: str, digits: int) -> list[Problem]:
    """The coding rule: the code of the parent and so many digits."""
    if re.fullmatch(re.escape(parent_code) + f"[0-9]{{{digits}}}", code):
        return []
    return [Problem("breaks_coding_rule", "code", {"parent": parent_code, "digits": digits})]


def next_code(parent_code: str, last: str | None, digits: int) -> str:
    """The code after the last one that was given; refuses `codes_used_up`."""
    number = int(last[len(parent_code) :]) + 1 if last else 1
    if number >= 10**digits:
        raise Conflict("codes_used_up")
    return f"{parent_code}{number:0{digits}}"

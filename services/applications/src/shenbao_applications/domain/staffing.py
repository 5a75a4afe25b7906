"""Structure ratios (结构比例): how many of a level may be appointed, and what happens to one more (S4a-11)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from shenbao_applications.domain.received import LEVELS
from shenbao_common.kernel.errors import Conflict, Problem

REFUSE, FLAG = "refuse", "flag"
REACTIONS = (REFUSE, FLAG)


def exceeds(quotas: Mapping[str, int], appointed: Mapping[str, int], level: str, reaction: str) -> bool:
    """Whether one more of the level exceeds its quota; refuses it where the supervising department says so."""
    quota = quotas.get(level)
    now = appointed.get(level, 0)
    if quota is None or now < quota:
        return False
    if reaction == REFUSE:
        raise Conflict("quota_exceeded", level=level, quota=quota, appointed=now)
    return True


def objections_to_structure(posts: int, quotas: Mapping[str, int]) -> list[Problem]:
    """Quotas are a part of the posts."""
    return [Problem("too_large", "quotas", {"limit": posts})] if sum(quotas.values()) > posts else []


def objections_to_period(starts_on: date, ends_on: date) -> list[Problem]:
    return [Problem("ends_before_start", "ends_on")] if ends_on < starts_on else []


def statistics(posts: int, quotas: Mapping[str, int], appointed: Mapping[str, int]) -> list[dict[str, Any]]:
    """Per level from the highest: appointed, quota, its share of all posts in percent, and whether it is exceeded."""
    return [_line(level, posts, quotas.get(level), appointed.get(level, 0)) for level in reversed(list(LEVELS))]


def _line(level: str, posts: int, quota: int | None, appointed: int) -> dict[str, Any]:
    return {
        "level": level,
        **LEVELS[level],
        "appointed": appointed,
        "quota": quota,
        "share": round(100 * appointed / posts, 1) if posts else None,
        "exceeded": quota is not None and appointed > quota,
    }

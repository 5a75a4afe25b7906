"""The code dictionaries (字典) that all programmes share, and who keeps them."""

import re
from collections.abc import Mapping
from datetime import date

from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import Conflict, NotAllowed

DICTIONARIES: Mapping[str, Mapping[str, str]] = {
    "series": {"zh": "系列", "en": "Title series"},
    "committee": {"zh": "评委会", "en": "Committees"},
    "specialty": {"zh": "评审专业", "en": "Evaluation specialties"},
    "position": {"zh": "职务名称", "en": "Position names"},
    "education": {"zh": "学历", "en": "Education"},
    "level": {"zh": "级别", "en": "Levels"},
    "unit_kind": {"zh": "单位性质", "en": "Kinds of unit"},
}

KEY = re.compile(r"[a-z0-9][a-z0-9_]{0,59}")

_CENTRAL = ("province", "city_hr_bureau")


def ensure_central(actor: Actor, level: str | None) -> None:
    """Dictionaries are kept by the central office, or an administrator, and read by everybody (S4a-02)."""
    if actor.kind is Kind.ADMIN:
        actor.require("programme.publish")
        return
    if actor.kind is not Kind.OFFICE or level not in _CENTRAL:
        raise NotAllowed("central_office_only")
    actor.require("project.publish")


def is_central(actor: Actor, level: str | None) -> bool:
    """Whether pages offer to change something."""
    try:
        ensure_central(actor, level)
    except NotAllowed:
        return False
    return True


def ensure_in_turn(effective_on: date, *, latest: date | None, today: date) -> None:
    """No version changes what was in force on days that are over, nor comes before the one published last."""
    if effective_on < today or (latest is not None and effective_on < latest):
        least = max(today, latest or today)
        raise Conflict("effective_too_early", least=least.isoformat())

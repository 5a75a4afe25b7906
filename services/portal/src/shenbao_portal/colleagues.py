"""Who was first: a refusal that names an account of the own office says the officer's name instead."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from shenbao_portal.client import service
from shenbao_portal.i18n import moment
from shenbao_portal.messages import words
from shenbao_portal.refusals import Refused, Trouble, Unreachable

_NAMED = {"claimed_by_other": "claimed_by_colleague", "decided_by_other": "decided_by_colleague"}


def named(refused: Refused) -> Refused:
    """The same refusal in words that name the colleague; as it was where identity does not tell the name."""
    return Refused(refused.status, refused.code, refused.params, tuple(_named(t, _name) for t in refused))


def reasons(lines: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    """Of each of many results why it was refused, in words that name colleagues; each is asked for once."""
    known = cache(_name)
    return [[words(t.code, t.params) for t in (_named(t, known) for t in _troubles(line))] for line in lines]


def _troubles(line: Mapping[str, Any]) -> list[Trouble]:
    told = [Trouble(e["code"], "", e["params"]) for e in line.get("errors") or ()]
    return told or ([Trouble(line["code"])] if line.get("code") else [])


def _named(trouble: Trouble, name_of: Any) -> Trouble:
    by, at = trouble.params.get("by"), trouble.params.get("at")
    name = name_of(by) if trouble.code in _NAMED and by and at else None
    return Trouble(_NAMED[trouble.code], trouble.path, {"name": name, "moment": moment(at)}) if name else trouble


def _name(account_id: str) -> str | None:
    try:
        found: str = service("identity").get(f"/v1/colleagues/{account_id}").body["display_name"]
    except (Refused, Unreachable):
        return None
    return found

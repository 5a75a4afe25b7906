"""What a new application begins with: copied once from the personal centre, and never synchronised back (X22)."""

from collections.abc import Mapping
from typing import Any

from shenbao_applications.actions.filling import Content
from shenbao_applications.domain.pack.compiled import Field, Pack
from shenbao_common.kernel.errors import Problem, RuleBroken


def sections(pack: Pack, profile: Mapping[str, Any] | None) -> dict[str, dict[str, Any]]:
    """The sections that the personal centre fills in; what does not suit the form is left to the applicant.

    Refuses to begin without the profile where the programme begins with it (`profile_needed`).
    """
    lines = pack.document.get("prefill", [])
    if not lines:
        return {}
    if profile is None:
        raise RuleBroken("invalid", Problem("profile_needed", "profile"))
    given: dict[str, dict[str, Any]] = {}
    for line in lines:
        section, key = line["place"].split(".")
        given.setdefault(section, {})[key] = _answer(pack.field(line["place"]), profile.get(line["profile"]))
    return Content(pack, {}, given, whole=True).sections


def _answer(field: Field, said: Any) -> Any:
    """A choice is told by its name (男), and kept by its key."""
    return next((o["key"] for o in field.get("options", ()) if said in {o["key"], o["zh"]}), said)

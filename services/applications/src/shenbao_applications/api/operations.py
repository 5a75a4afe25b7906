"""What somebody may do with an application now, for the operations of a list (S0-21, S0-23)."""

from collections.abc import Mapping
from typing import Any

from shenbao_applications.domain import lifecycle, staging
from shenbao_applications.domain.lifecycle import Move
from shenbao_applications.domain.pack.compiled import Pack
from shenbao_applications.models import Application
from shenbao_common.kernel.actor import Actor


def of(row: Application, pack: Pack, actor: Actor) -> list[str]:
    """In the order of a line: edit or view, delete, print:<kind>, progress."""
    fills = actor.kind in pack.accounts("fill", row.variant) and actor.may("application.fill")
    editable = fills and lifecycle.allows(row.status, staging.move_of_save(pack, complete=True))
    deletable = fills and row.round == 0 and lifecycle.allows(row.status, Move.DELETE)
    prints = [f"print:{form['kind']}" for form in pack.forms(row.variant) if is_printable(row, pack, form)]
    return ["edit" if editable else "view", *(["delete"] if deletable else []), *prints, "progress"]


def is_printable(row: Application, pack: Pack, document: Mapping[str, Any]) -> bool:
    """Always, unless the pack says when."""
    rule = document.get("printable_when")
    return rule is None or pack.holds(rule, {"status": row.status, "variant": row.variant, "tier": row.project.tier})

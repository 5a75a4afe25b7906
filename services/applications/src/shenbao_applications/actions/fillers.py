"""Who may fill in and report: the kinds of account that a programme names, as surely known as it asks (X02 to X04)."""

from collections.abc import Mapping
from typing import Any

from shenbao_applications.domain import assurance
from shenbao_applications.domain.pack.compiled import Pack
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotAllowed


def ensure_filler(pack: Pack, variant: str, actor: Actor) -> None:
    if actor.kind not in pack.accounts("fill", variant):
        raise NotAllowed("may_not_fill")
    actor.require("application.fill")
    ensure_assured(pack, actor)


def ensure_assured(pack: Pack, actor: Actor) -> None:
    """Whoever acts for a unit is answered for by the unit."""
    if actor.kind is Kind.PERSON and not assurance.is_enough(pack.document, actor.assurance):
        raise NotAllowed("assurance_too_low")


def ensure_face(pack: Pack, analysis: Mapping[str, Any] | None) -> None:
    """A face was shown for the analysis that the application begins with."""
    if analysis is None and assurance.asks_for_face(pack.document):
        raise NotAllowed("face_auth_required")


def shows_face(pack: Pack, actor: Actor) -> bool:
    """Whether a submission takes a fresh face authentication; a unit has none to show."""
    return actor.kind is Kind.PERSON and assurance.asks_for_face_at_submission(pack.document)

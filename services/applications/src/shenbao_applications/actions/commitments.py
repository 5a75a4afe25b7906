"""What somebody must agree to before an application begins (S2-04): which text of which version, and when."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from shenbao_applications.actions.desk import Desk
from shenbao_applications.domain.pack.compiled import Pack
from shenbao_applications.models import Application, Commitment
from shenbao_common.kernel.errors import Problem, ensure


def ensure_accepted(pack: Pack, accepted: Sequence[str]) -> None:
    """Refuses with every commitment of the programme that was not agreed to."""
    missing = [c["key"] for c in pack.document.get("commitments", ()) if c["key"] not in accepted]
    ensure([Problem("commitment_missing", f"accepted.{key}") for key in missing], "commitment_missing")


def remember(session: Session, row: Application, pack: Pack, desk: Desk) -> None:
    """Keeps each with its time; the row of the application must be stored already."""
    for commitment in pack.document.get("commitments", ()):
        session.add(
            Commitment(
                application_id=row.id,
                key=commitment["key"],
                account_id=desk.actor.account_id,
                version_id=row.version_id,
                accepted_at=desk.now,
            )
        )

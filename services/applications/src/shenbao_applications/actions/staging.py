"""Saving the materials of a form whose information was saved before (S0-25, S0-30)."""

from sqlalchemy.orm import Session

from shenbao_applications.actions import milestones, saved_news
from shenbao_applications.actions.desk import Desk
from shenbao_applications.actions.fillers import ensure_filler
from shenbao_applications.domain import lifecycle, staging
from shenbao_applications.domain.lifecycle import Move
from shenbao_applications.domain.progress import MATERIALS
from shenbao_applications.models import Application
from shenbao_applications.queries import packs
from shenbao_common.kernel.errors import ensure


def save_materials(session: Session, row: Application, *, desk: Desk) -> Application:
    """T05: from now on the unit may report; refuses with every material that is due, or has to be handed in anew."""
    pack = packs.of(session, row)
    ensure_filler(pack, row.variant, desk.actor)
    status = lifecycle.after(row.status, Move.SAVE_MATERIALS)
    ensure(staging.wanting(pack, row.sections, variant=row.variant), "incomplete")
    row.status = status
    row.revision += 1
    row.saved_at = desk.now
    saved_news.tell(session, row, pack)
    milestones.reach(session, row, MATERIALS, desk=desk)
    return row

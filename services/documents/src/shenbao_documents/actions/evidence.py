"""What files are evidence of, and where the same evidence is claimed twice (B-14)."""

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from shenbao_common.data.sealed import sealer_of
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.errors import NotAllowed, NotFound
from shenbao_documents import queries
from shenbao_documents.domain.evidence import ensure_fitting, key_of
from shenbao_documents.models import ApplicationFile, File, Party

MOST_FINDINGS = 100


def describe(session: Session, file_id: UUID, *, kind: str, values: Mapping[str, str], actor: Actor) -> File:
    """Keeps what the owner says the file is; an empty value is no value."""
    ensure_fitting(kind, values)
    file = queries.own_file_of(session, file_id, actor)
    kept = {key: value for key, value in values.items() if value}
    key = key_of(kind, kept)
    file.facts = {"kind": kind, "values": kept}
    file.fact_key = sealer_of(session).blind(key) if key else None
    session.flush()
    return file


def findings(session: Session, application_id: UUID, actor: Actor) -> list[dict[str, object]]:
    """For an office of the route: files of this application that another reported application stands on too."""
    if actor.kind is not Kind.OFFICE:
        raise NotAllowed("wrong_kind_of_account")
    if not queries.is_reader(session, application_id, actor.organisation_id):
        raise NotFound
    mine, theirs, here, there = aliased(File), aliased(File), aliased(ApplicationFile), aliased(ApplicationFile)
    same = sa.or_(theirs.sha256 == mine.sha256, theirs.fact_key == mine.fact_key)
    found = (
        sa.select(mine, theirs.sha256 == mine.sha256, Party)
        .join(here, here.file_id == mine.id)
        .join(theirs, same)
        .join(there, there.file_id == theirs.id)
        .join(Party, Party.application_id == there.application_id)
        .where(here.application_id == application_id, there.application_id != application_id)
        .order_by(Party.reference, mine.id)
        .limit(MOST_FINDINGS)
    )
    told = [_told(file, same_content, party) for file, same_content, party in session.execute(found)]
    return [one for place, one in enumerate(told) if one not in told[:place]]


def _told(file: File, same_content: bool, party: Party) -> dict[str, object]:
    facts = file.facts or {}
    return {
        "code": "same_content" if same_content else "same_number",
        "file_id": file.id,
        "file_name": file.name,
        "kind": facts.get("kind"),
        "number": facts.get("values", {}).get("number"),
        "application_id": party.application_id,
        "reference": party.reference,
    }

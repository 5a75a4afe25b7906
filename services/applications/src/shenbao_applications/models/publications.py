"""What authorities publish for everybody, and which committee evaluates a project."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shenbao_applications.models.base import Base
from shenbao_common.kernel.ids import uuid7


class Publication(Base):
    """A notice, a guide of the help centre, or a question with its answer (body).

    visible_from, visible_until: days in China, both included; without the first it is hidden. position: the lower, the
    earlier in its list. programme: "" for every programme. attachments: [{document_id, name, size, sha256}].
    committees: [{committee_id, name, scope, specialties, contact}] of an evaluation notice.
    """

    __tablename__ = "publication"
    __table_args__ = (
        sa.Index("publication_by_kind", "kind", "position", "id"),
        sa.Index("publication_by_organisation", "organisation_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    kind: Mapped[str] = mapped_column(sa.String(20))
    title: Mapped[str] = mapped_column(sa.String(200))
    body: Mapped[str] = mapped_column(sa.Text)
    programme: Mapped[str] = mapped_column(sa.String(60))
    position: Mapped[int]
    visible_from: Mapped[date | None]
    visible_until: Mapped[date | None]
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    project_ids: Mapped[list[str]]
    committees: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    organisation_id: Mapped[UUID]
    organisation_name: Mapped[str] = mapped_column(sa.String(200))
    changed_by: Mapped[UUID]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(nullable=False)

    __mapper_args__ = {"version_id_col": version}


class ProjectCommittee(Base):
    """The committee that evaluates a project. groups: subject groups that the project takes, [] for all of its own."""

    __tablename__ = "project_committee"
    __table_args__ = (sa.Index("project_committee_by_committee", "committee_id", "project_id"),)

    project_id: Mapped[UUID] = mapped_column(sa.ForeignKey("project.id"), primary_key=True)
    committee_id: Mapped[UUID] = mapped_column(sa.ForeignKey("committee.id"))
    groups: Mapped[list[str]]

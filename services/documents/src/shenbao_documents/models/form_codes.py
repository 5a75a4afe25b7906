"""What the codes on printed forms lead to."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, column_property, mapped_column

from shenbao_documents.models import Application, Base


class FormCode(Base):
    """A form that was printed from one revision of an application. made_at: first. Tells of nobody."""

    __tablename__ = "form_code"

    code: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    application_id: Mapped[UUID]
    title: Mapped[str] = mapped_column(sa.String(200))
    reference: Mapped[str] = mapped_column(sa.String(100))
    revision: Mapped[int]
    reported: Mapped[bool]
    print_hash: Mapped[str] = mapped_column(sa.String(200))
    made_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True))
    outdated: ClassVar[Mapped[bool]]


FormCode.outdated = column_property(
    sa.exists()
    .where(Application.id == FormCode.application_id)
    .where(Application.revision > FormCode.revision, Application.print_hash != FormCode.print_hash)
    .correlate_except(Application)
)

"""The unit directory (单位库): units that offices know of, whether these have registered or not."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shenbao_common.kernel.ids import uuid7
from shenbao_units.models.base import Base

DIRECTORY_CODE_ONCE = "directory_code_once"


class DirectoryUnit(Base):
    """A unit by its code. org_code: nine characters, what makes two units the same. uscc: "" where it is not known."""

    __tablename__ = "directory_unit"
    __table_args__ = (
        UniqueConstraint("org_code", name=DIRECTORY_CODE_ONCE),
        Index("directory_of_department", "department_id", "org_code"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    org_code: Mapped[str] = mapped_column(String(9))
    uscc: Mapped[str] = mapped_column(String(18))
    name: Mapped[str] = mapped_column(String(200))
    department_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    added_by: Mapped[UUID]
    added_at: Mapped[datetime]

"""What came to a body or a unit's cases on a day, and what became of it: counters, so that charts count no cases."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from shenbao_review.models.base import Base


class Tally(Base):
    """owner_id: an office, or the unit whose cases they are. day: in China.

    shard: by the connection that counts, so that those who decide at the same moment seldom wait for each other.
    within_1 to longer: decided steps by the days that they were open.
    """

    __tablename__ = "tally"

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(primary_key=True)
    shard: Mapped[int] = mapped_column(primary_key=True)
    came: Mapped[int] = mapped_column(default=0)
    passed: Mapped[int] = mapped_column(default=0)
    returned: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    within_1: Mapped[int] = mapped_column(default=0)
    within_3: Mapped[int] = mapped_column(default=0)
    within_5: Mapped[int] = mapped_column(default=0)
    within_10: Mapped[int] = mapped_column(default=0)
    longer: Mapped[int] = mapped_column(default=0)

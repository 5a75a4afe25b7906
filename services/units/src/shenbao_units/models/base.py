"""What all rows of units stand on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Uuid
from sqlalchemy.orm import DeclarativeBase

from shenbao_common.data.of_person import SealedOfPerson, seal_rows

OF_ACCOUNT = SealedOfPerson(owner="account_id", erased_as_empty=True)


class Base(DeclarativeBase):
    """Of this service only: five services can share a process."""

    type_annotation_map = {datetime: DateTime(timezone=True), UUID: Uuid}


seal_rows(Base)

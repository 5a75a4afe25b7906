"""Metadata of this service's own tables."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

from shenbao_common.data.of_person import SealedOfPerson, seal_rows

OF_FILLER = SealedOfPerson(owner="filler_id", erased_as_empty=True)
OF_ACCOUNT = SealedOfPerson(owner="account_id", erased_as_empty=True)
OF_PERSON = SealedOfPerson(erased_as_empty=True)
"""Where rows are written as plain values, which say themselves whose they are."""


class Base(DeclarativeBase):
    """Metadata of this service's own tables."""

    type_annotation_map = {datetime: sa.DateTime(timezone=True), dict[str, Any]: JSONB, list[str]: JSONB}


seal_rows(Base)

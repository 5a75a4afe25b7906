"""The base of all rows of review."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

from shenbao_common.data.of_person import SealedListOfPerson, SealedOfPerson, SealedTextOfPerson

OF_FILLER = SealedOfPerson(erased_as_empty=True)
TEXT_OF_FILLER, LIST_OF_FILLER = SealedTextOfPerson(), SealedListOfPerson()
"""Of the person whose case it is: the values say themselves whose they are (`of_person.of`)."""


class Base(DeclarativeBase):
    """Review's own tables; five services share one process in embedded mode, so the MetaData is not shared."""

    type_annotation_map = {datetime: sa.DateTime(timezone=True), str: sa.Text, dict[str, Any]: JSONB}

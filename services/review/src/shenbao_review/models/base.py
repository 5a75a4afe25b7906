"""The base of all rows of review."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Review's own tables; five services share one process in embedded mode, so the MetaData is not shared."""

    type_annotation_map = {datetime: sa.DateTime(timezone=True), str: sa.Text, dict[str, Any]: JSONB}

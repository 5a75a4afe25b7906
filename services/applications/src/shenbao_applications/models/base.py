"""Metadata of this service's own tables."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Metadata of this service's own tables."""

    type_annotation_map = {datetime: sa.DateTime(timezone=True), dict[str, Any]: JSONB, list[str]: JSONB}

"""What all rows of identity stand on."""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, DateTime, LargeBinary, String
from sqlalchemy.orm import DeclarativeBase

from shenbao_common.data.sealed import SealedJson


class Base(DeclarativeBase):
    type_annotation_map = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: SealedJson,
        list[str]: ARRAY(String),
        bytes: LargeBinary,
    }

"""What all rows of documents stand on."""

from sqlalchemy.orm import DeclarativeBase

from shenbao_common.data.of_person import SealedOfPerson, SealedTextOfPerson, seal_rows

OF_OWNER = SealedOfPerson(owner="owner_id", erased_as_empty=True)
TEXT_OF_OWNER = SealedTextOfPerson(owner="owner_id")
TEXT_OF_PERSON = SealedTextOfPerson()
"""Where the row does not say whose it is: the text does (`of_person.of`)."""


class Base(DeclarativeBase):
    """Own metadata: five services may share one process."""


seal_rows(Base)

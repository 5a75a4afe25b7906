"""Against guessing: image codes and counted tries, each kept in a transaction of its own."""

from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from shenbao_common.kernel.errors import NotFound
from shenbao_common.web.edge import own_transaction, transaction
from shenbao_common.web.errors import TooMany
from shenbao_identity.actions import image_codes, tries
from shenbao_identity.api import browser
from shenbao_identity.domain import lockout
from shenbao_identity.models import Base

Row = TypeVar("Row", bound=Base)


def image_is_right(image_code_id: UUID, code: str, *, now: datetime) -> bool:
    """Uses the image up, also when the request is refused afterwards."""
    with own_transaction() as session:
        return image_codes.take(session, image_code_id, code, now=now)


def count_try(key: str, *, limit: int, code: str, now: datetime, window: timedelta = lockout.WINDOW) -> None:
    """Refuses with 429 when the key has had its tries."""
    with own_transaction() as session:
        locked = tries.take(session, key, limit=limit, now=now, window=window)
    if locked:
        raise TooMany(code, retry_after=locked)


def count_sign_in(key: str, address: str, *, now: datetime) -> None:
    """Counts for names that nobody has as for others, so that a lock tells nothing."""
    count_try(f"address:{address}", limit=lockout.PER_ADDRESS, code="too_many_tries", now=now)
    count_try(key, limit=lockout.PER_ACCOUNT, code="account_locked", now=now)


def only_in_tests(row: type[Row], key: UUID) -> Row:
    """What a person reads off a picture or a mobile; answers in the profile `test` only."""
    if browser.settings().profile != "test":
        raise NotFound
    with transaction() as session:
        found = session.get(row, key)
    if found is None:
        raise NotFound
    return found

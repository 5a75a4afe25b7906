"""What the database allows once, as a refusal instead of an error."""

from collections.abc import Mapping

from psycopg.errors import UniqueViolation
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shenbao_common.kernel.errors import Conflict


def flush_or_conflict(session: Session, codes: Mapping[str, str]) -> None:
    """Sends what is pending; a broken constraint named in `codes` refuses with its code.

    Asking first and inserting then would let two simultaneous requests through; the constraint lets one.
    """
    try:
        session.flush()
    except IntegrityError as wrong:
        broken = wrong.orig.diag.constraint_name if isinstance(wrong.orig, UniqueViolation) else None
        code = codes.get(broken or "")
        if code is None:
            raise
        raise Conflict(code) from None

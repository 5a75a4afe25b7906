"""What anybody may ask, only so often from one address."""

from shenbao_common.kernel import clock
from shenbao_common.web.callers import counted_address
from shenbao_common.web.edge import own_transaction
from shenbao_common.web.errors import TooMany
from shenbao_documents.actions import throttle


def ensure_not_too_often(counted: str) -> None:
    """counted: what is counted together; one kind of question does not use up another's."""
    with own_transaction() as session:
        address = f"{counted}:{counted_address()}"
        seconds = throttle.seconds_to_wait(session, address, now=clock.now())
    if seconds:
        raise TooMany("too_many_requests", retry_after=seconds)

"""How many failed tries are too many: five an account, fifty an address, for a quarter of an hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shenbao_identity.domain import usernames

PER_ACCOUNT = 5
PER_ADDRESS = 50
RECOVERIES_PER_CODE = 50
WINDOW = timedelta(minutes=15)


def name_key(username: str) -> str:
    """What tries at a name are counted by, whether or not an account has it."""
    return f"account:{usernames.key(username)}"


@dataclass(frozen=True, kw_only=True)
class Tries:
    """Tries counted since `since`; no further one before `locked_until`."""

    failures: int
    since: datetime
    locked_until: datetime | None = None

    def seconds_locked(self, now: datetime) -> int:
        """0 when open."""
        if self.locked_until is None or self.locked_until <= now:
            return 0
        return int((self.locked_until - now).total_seconds()) + 1


def after_try(tries: Tries | None, *, limit: int, now: datetime, window: timedelta = WINDOW) -> Tries:
    """Counts a try before its outcome is known, so that simultaneous guesses cannot slip through together."""
    if tries is None or now - tries.since >= window or (tries.locked_until and tries.locked_until <= now):
        tries = Tries(failures=0, since=now)
    failures = tries.failures + 1
    return Tries(failures=failures, since=tries.since, locked_until=now + window if failures >= limit else None)

"""How often somebody unknown may ask the register in vain: else it could be used to guess who represents whom."""

from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
PER_CODE = 10
PER_ADDRESS = 60


def seconds_closed(misses: int, since: datetime, limit: int, now: datetime) -> int:
    """For how long no further look-up is made; 0 when one may be."""
    left = since + WINDOW - now
    return int(left.total_seconds()) + 1 if misses >= limit and left > timedelta(0) else 0

"""How long everything that this service hands out lives."""

from datetime import timedelta

ACCESS_TOKEN = timedelta(minutes=5)
RECENT_SIGN_IN = timedelta(minutes=10)
"""For how long after a sign-in the ways into the account may be changed."""
AUTHORIZATION_CODE = timedelta(seconds=60)
CHALLENGE = timedelta(minutes=30)
UPSTREAM = timedelta(minutes=10)
"""From the departure to a provincial sign-in to the return."""
USED_TICKET = timedelta(days=1)
FAILED_TRIES = timedelta(days=1)
SENT_CODE = timedelta(days=2)
"""Longer than the day in which codes are counted."""
FACE_SESSION = timedelta(days=1)
"""That a face was shown stays in the audit trail; who asked to show it and when need not."""
SHARED_DATA_READ = timedelta(days=3 * 366)
"""Reads of the government's platform are on record for three years."""
IMAGE_CODE = timedelta(minutes=5)
TICKET = timedelta(minutes=30)
RESERVATION = timedelta(hours=1)
LAPSED_RESERVATION = timedelta(days=30)
"""How long a reservation is remembered after its name was freed, for a registration whose news comes late."""
HELD_RESERVATION = timedelta(days=31)
"""A day longer than units lets a request to act for a unit be decided."""

REFRESH_GRACE = timedelta(seconds=10)
"""Two pages of one browser may refresh with the same token at once; later than this it is a stolen token."""

"""A subscriber's way into the broker: where, and with which password, shown once and kept as the broker keeps it."""

import base64
import hashlib
import os
import secrets

VIRTUAL_HOST = "shenbao.subscribers"
"""Beside the bus's own: whoever may read here has no way to the events of the suite."""


def new() -> str:
    return secrets.token_urlsafe(24)


def hashed(password: str) -> str:
    """A salted SHA-256 as RabbitMQ takes it (its guide on passwords): base64 of salt and digest."""
    salt = os.urandom(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()

"""One act from a list or a button: what came of it is told on the next page."""

from collections.abc import Callable

from flask import flash

from shenbao_portal.messages import words
from shenbao_portal.refusals import Refused

_TOLD = frozenset({409, 412, 422, 428})
"""Refusals that depend on the present state or the content; others have pages of their own."""


def attempted(act: Callable[[], object], said: str) -> bool:
    """Does it; flashes `said`, or the reasons why not."""
    try:
        act()
    except Refused as refused:
        if refused.status not in _TOLD:
            raise
        for trouble in refused:
            flash(words(trouble.code, trouble.params), "danger")
        return False
    flash(said, "success")
    return True

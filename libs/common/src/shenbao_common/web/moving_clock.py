"""The address at which a test moves a service's clock (B-25); only the profile `test` has it."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import marshmallow as ma
from flask_smorest import Blueprint

from shenbao_common.bus import moved_clock
from shenbao_common.kernel import clock
from shenbao_common.web.auth import public
from shenbao_common.web.edge import transaction
from shenbao_common.web.schema import Schema

blp = Blueprint("clock", __name__, url_prefix="/v1/test/clock", description="The clock, in the profile test.")

_CENTURY = 100 * 366 * 86400.0


class ClockIn(Schema):
    ahead_seconds = ma.fields.Float(required=True, validate=ma.validate.Range(-_CENTURY, _CENTURY))


class ClockOut(Schema):
    now = ma.fields.AwareDateTime()
    ahead_seconds = ma.fields.Float()


@blp.get("")
@blp.response(200, ClockOut)
@public
def show() -> dict[str, Any]:
    """What the process that answers takes the time to be."""
    return _told()


@blp.put("")
@blp.arguments(ClockIn)
@blp.response(200, ClockOut)
@public
def move(body: dict[str, Any]) -> dict[str, Any]:
    """Sets how far this service is ahead of its machine; its other processes follow within a second."""
    ahead = timedelta(seconds=body["ahead_seconds"])
    with transaction() as session:
        moved_clock.move(session, ahead)
    clock.move(ahead)
    return _told()


def follow_service(url: str) -> None:
    """For a process without a database: looks at a service's clock again and again, as moved_clock.follow listens."""
    moved_clock.start_once(partial(_follow, f"{url}{blp.url_prefix}"))


def _follow(address: str, seen: Callable[[], None]) -> None:
    pause = threading.Event()
    with httpx.Client(timeout=5) as http:
        while True:
            with suppress(httpx.HTTPError):
                answer = http.get(address)
                if answer.is_success:
                    clock.move(timedelta(seconds=answer.json()["ahead_seconds"]))
            seen()
            pause.wait(moved_clock.PAUSE)


def _told() -> dict[str, Any]:
    return {"now": clock.now(), "ahead_seconds": clock.ahead().total_seconds()}

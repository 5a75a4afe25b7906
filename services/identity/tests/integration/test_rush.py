"""A rush of sign-ins: who finds no room in line comes again with what he has."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from shenbao_common.kernel.actor import Actor
from shenbao_identity.actions import hashing
from shenbao_identity.domain import lockout


def test_a_full_line_uses_up_neither_the_image_nor_a_try(browser: Any, unit: Callable[..., Actor]) -> None:
    unit("unitA1")
    body = {"username": "unitA1", "password": "Hang-Zhou7x", **browser.image()}
    path = f"/v1/sign-ins/{browser.challenge()}"
    with ExitStack() as line:
        for _ in range(hashing.WORKERS + hashing.WAITING):
            line.enter_context(hashing.place())
        for _ in range(lockout.PER_ACCOUNT + 1):
            refused = browser.http.post(path, json=body)
            assert (refused.status_code, refused.json["code"]) == (503, "sign_in_busy")
            assert refused.headers["Retry-After"] == "1"
    assert browser.http.post(path, json=body).status_code == 200

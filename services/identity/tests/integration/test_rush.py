"""A rush of sign-ins: who finds no room in line comes again with what he has. A large batch makes no rush."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.service import UnderTest
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


def test_a_batch_of_a_thousand_holds_no_sign_in_up_and_is_made_once_for_its_key(
    identity: UnderTest, browser: Any, unit: Callable[..., Actor]
) -> None:
    owner = unit("unitA1")
    path, key = "/v1/sub-account-reservations/batch", {"Idempotency-Key": "batch-of-1000"}

    def make() -> tuple[Any, float]:
        began = time.perf_counter()
        made = identity.client(owner).post(path, json={"count": 1000}, headers=key)
        return made, time.perf_counter() - began

    with ThreadPoolExecutor(1) as other:
        batch = other.submit(make)
        signed_in = 0
        while not batch.done():
            browser.sign_in("unitA1")
            signed_in += 1
        made, took = batch.result()
    assert (made.status_code, len(made.json["items"]), signed_in > 1) == (201, 1000, True)
    assert took < 20
    assert len({item["initial_password"] for item in made.json["items"]}) == 1000
    again = identity.client(owner).post(path, json={"count": 1000}, headers=key)
    assert (again.headers["Idempotency-Replayed"], again.json) == ("true", made.json)
    first = made.json["items"][0]
    assert (first["username"], made.json["items"][-1]["username"]) == ("unitA11", "unitA11000")

"""Thirty passwords and what the profile `mlps3` says of each (checklist 15); the line before the hash."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from shenbao_common.kernel.errors import Busy
from shenbao_common.testing.service import eventually
from shenbao_identity.actions import hashing
from shenbao_identity.domain import passwords

USCC = "913300000000000191"
VERDICTS = {
    "123456": False,
    "12345678": False,
    "password": False,
    "Abcd1234!": False,
    "Password1!": False,
    "P@ssw0rd": False,
    "p@ssword": False,
    "1qaz@WSX": False,
    "1qaz!QAZ": False,
    "qwerty123": False,
    "abc12345": False,
    "ab1!": False,
    "abcdefgh!": False,
    "12345678!": False,
    "iloveyou1": False,
    "zhangsan": False,
    "张三2026": False,
    "        ": False,
    f"{USCC}": False,
    f"X-{USCC}-x": False,
    "x" * 130 + "1!": False,
    "abc1234!": True,
    "Hang-Zhou7x": True,
    "correct horse 7": True,
    "密码Ab12345!": True,
    "西湖-2026-龙井": True,
    "Neu-Kennwort8": True,
    "a1!a1!a1!": True,
    "7 Wörter sind mehr": True,
    "Zx9#kLm2$": True,
}


@pytest.mark.parametrize(("password", "accepted"), VERDICTS.items())
def test_checklist_15_the_profile_mlps3(password: str, accepted: bool) -> None:
    assert (passwords.objections(password, username=USCC) == []) is accepted
    assert len(VERDICTS) == 30


def test_a_rush_waits_in_line_and_what_does_not_fit_is_told_to_come_again() -> None:
    stored = hashing.hashed("Hang-Zhou7x")
    go_on = threading.Event()
    for _ in range(hashing.WORKERS):
        hashing._pool.submit(go_on.wait)
    line = hashing.WORKERS + hashing.WAITING
    waiting: Counter[str] = Counter()

    def sign_in() -> None:
        try:
            waiting["right" if hashing.is_of(stored, "Hang-Zhou7x") else "wrong"] += 1
        except Busy as busy:
            waiting[f"busy, again after {busy.params['retry_after']} s"] += 1

    with ThreadPoolExecutor(line + 5) as people:
        asked = [people.submit(sign_in) for _ in range(line + 5)]
        # The line stands still: only those turned away are answered.
        assert eventually(lambda: sum(waiting.values()) == 5)
        go_on.set()
        for one in asked:
            one.result(timeout=60)
    assert waiting == {"busy, again after 1 s": 5, "right": line}
    assert hashing.is_of(stored, "Hang-Zhou7x")

"""What callers send, and a disk that has no room for it: a clear answer, and nothing half done."""

import json

import pytest

from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.actors import unit_actor
from shenbao_common.testing.service import UnderTest


@pytest.fixture
def anna() -> Actor:
    return unit_actor()


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        (b'{"text": "' + b"x" * 10_000_000 + b'"}', "application/json", 413),
        (b"{not json", "application/json", 400),
        (b'{"text": ' + b"[" * 20_000 + b"]" * 20_000 + b"}", "application/json", 400),
        (b'{"copies": ' + b"9" * 5_000 + b"}", "application/json", 400),
        (b"[1, 2]", "application/json", 422),
        (b"text=hello", "application/x-www-form-urlencoded", 422),
        (b"\xff\xfe\x00", "application/json", 400),
        (b'{"\\ud800": 1}', "application/json", 422),
    ],
)
def test_a_body_of_the_wrong_kind_is_a_clear_4xx(
    notes: UnderTest, anna: Actor, data: bytes, content_type: str, status: int
) -> None:
    answer = notes.client(anna).post("/v1/notes", data=data, content_type=content_type)
    assert answer.status_code == status, answer.text
    assert answer.json["code"] in {"too_large", "invalid", "invalid_json"}


def test_a_full_disk_is_no_bug_and_leaves_nothing_behind(
    notes: UnderTest, anna: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = notes.client(anna).post("/v1/notes", json={"text": "full"})
    assert (answer.status_code, answer.json["code"], answer.headers["Retry-After"]) == (503, "try_again", "60")
    assert notes.client(anna).get("/v1/notes").json["items"] == []
    assert "disk_full" in [json.loads(line)["event"] for line in capsys.readouterr().out.splitlines()]

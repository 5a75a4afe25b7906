"""A file that waits for its check is kept, but no form stands on it yet."""

import io
from collections.abc import Callable

import httpx
from flask.testing import FlaskClient

HOME = "https://portal.example"


def test_who_sends_a_file_while_the_scanner_is_away_reads_that_it_has_arrived(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: object
) -> None:
    services.answer = lambda _: httpx.Response(202, json={"id": "u1", "state": "checking"})  # type: ignore[attr-defined]
    browser = signed_in(token(kind="person"))
    sent = {"file": (io.BytesIO(b"%PDF-1.7"), "a.pdf")}
    answered = browser.post("/wallet/uploads", data=sent, base_url=HOME, headers={"HX-Request": "true"})
    assert "文件已收到，安全检查恢复后自动检查" in answered.text
    assert answered.status_code == 409

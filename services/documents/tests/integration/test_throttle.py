"""Anybody may ask about a certificate, and nobody tries them out."""

import sqlalchemy as sa

from shenbao_common.testing.service import UnderTest
from shenbao_documents.actions.throttle import MOST, WINDOW
from shenbao_documents.models import LookUps


def test_certificates_are_not_tried_out_by_the_hundred(documents: UnderTest) -> None:
    client = documents.client()
    asked = {"number": "CD2026000001", "name": "某人"}
    for _ in range(MOST - 1):
        assert client.post("/v1/verifications", json=asked).status_code == 404
    assert client.get("/v1/verifications/nobody-guesses-this").status_code == 404
    refused = client.post("/v1/verifications", json=asked)
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_requests")
    assert 0 < int(refused.headers["Retry-After"]) <= 601
    elsewhere = client.post("/v1/verifications", json=asked, environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.status_code == 404
    with documents.service.sessions.begin() as session:
        session.execute(sa.update(LookUps).values(since=LookUps.since - WINDOW))
    assert client.post("/v1/verifications", json=asked).status_code == 404

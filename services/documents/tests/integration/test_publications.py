"""Files that authorities publish: who brings them, and how everybody gets them."""

from datetime import timedelta
from typing import Any

from shenbao_common.contracts.applications import ApplicationSubmittedV1, FilesUsedV1
from shenbao_common.kernel import clock
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor, person_actor, unit_actor
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest
from shenbao_documents.actions.sweeping import sweep
from shenbao_documents.actions.throttle import MOST

SLIP = "shenbao-attachment+jwt"
PUBLISHER = office_actor(uuid7(), "project.publish")


def fetched(documents: UnderTest, document_id: str, *, issuer: str = "applications", seconds: int = 60) -> Any:
    """By somebody unknown, with the slip that applications would sign."""
    slip = documents.slip(issuer, SLIP, {"document_id": document_id}, seconds=seconds)
    return documents.client().post("/v1/public-contents", json={"slip": slip})


def test_an_attachment_goes_to_anybody_with_the_slip_of_applications_alone(
    documents: UnderTest, send: Any, samples: Any
) -> None:
    body = samples.pdf()
    made = send(PUBLISHER, body, "通知.pdf", "publication")
    assert made.status_code == 201, made.json
    got = fetched(documents, made.json["id"])
    assert (got.status_code, got.data) == (200, body)
    assert got.headers["Content-Disposition"].startswith("attachment; ")
    got.close()
    for refused in (
        fetched(documents, made.json["id"], issuer="units"),
        fetched(documents, made.json["id"], seconds=-1),
        documents.client().post("/v1/public-contents", json={"slip": "nonsense"}),
    ):
        assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "slip_invalid")
    assert documents.client().get(f"/v1/files/{made.json['id']}/content").status_code == 401
    assert documents.client(person_actor()).get(f"/v1/files/{made.json['id']}/content").status_code == 404


def test_an_attachment_of_a_publication_is_not_deleted_before_the_publication_lets_go_of_it(
    documents: UnderTest, send: Any, samples: Any
) -> None:
    publisher, publication = office_actor(uuid7(), "project.publish"), str(uuid7())
    client = documents.client(publisher)
    shown, overtaken, never = (send(publisher, samples.pdf(), "通知.pdf", "publication").json["id"] for _ in range(3))

    def told(revision: int, *files: str) -> None:
        event = example_event(FilesUsedV1, used_by=publication, revision=revision, document_ids=list(files))
        documents.hear(event)

    assert client.delete(f"/v1/files/{overtaken}").status_code == 204
    told(1, shown, overtaken)
    with fetched(documents, overtaken) as answer:
        assert answer.status_code == 200, "published before it was deleted, heard afterwards"
    for file in (shown, overtaken):
        refused = client.delete(f"/v1/files/{file}")
        assert (refused.status_code, refused.json["code"]) == (409, "file_in_use")
    assert client.delete(f"/v1/files/{never}").status_code == 204
    told(3, overtaken)
    told(2, shown, overtaken)  # Late news.
    assert client.delete(f"/v1/files/{shown}").status_code == 204
    assert client.delete(f"/v1/files/{overtaken}").status_code == 409
    told(4)
    assert client.delete(f"/v1/files/{overtaken}").status_code == 204


def test_what_was_taken_in_before_uses_were_told_counts_as_in_use(
    documents: UnderTest, send: Any, samples: Any, kept: Any
) -> None:
    client, unit = documents.client(PUBLISHER), unit_actor()
    notice = send(PUBLISHER, samples.pdf(), "通知.pdf", "publication").json["id"]
    form = send(unit, samples.pdf(9000), "评审表.pdf").json["id"]
    with documents.service.engine.begin() as connection:
        connection.exec_driver_sql("update file set uses_known = false")
    assert client.delete(f"/v1/files/{notice}").json["code"] == "file_in_use"
    assert documents.client(unit).delete(f"/v1/files/{form}").status_code == 204
    storage = documents.app.extensions["shenbao_documents"].storage
    for _ in range(2):
        sweep(documents.service.sessions, storage, clock.now() + timedelta(days=30))
    assert len(kept()) == 2, "a draft of before may stand on it, and be reported yet"
    documents.hear(example_event(ApplicationSubmittedV1, application_id=str(uuid7()), document_ids=[form]))
    assert documents.client(unit).get(f"/v1/files/{form}").status_code == 200


def test_no_slip_opens_a_file_taken_in_for_something_else(documents: UnderTest, send: Any, samples: Any) -> None:
    kept = send(person_actor(), samples.pdf(), "证书.pdf", "wallet").json["id"]
    assert fetched(documents, kept).status_code == 404
    assert fetched(documents, str(uuid7())).status_code == 404


def test_only_a_publisher_brings_files_to_publish_and_nothing_else(send: Any, samples: Any) -> None:
    clerk = office_actor(uuid7(), "review.decide")
    for actor, purpose in ((unit_actor(), "publication"), (person_actor(), "publication"), (clerk, "publication")):
        assert send(actor, samples.pdf(), "通知.pdf", purpose).status_code == 403
    for purpose in ("wallet", "unit_licence"):
        assert send(PUBLISHER, samples.pdf(), "文件.pdf", purpose).status_code == 403


def test_downloads_of_one_address_are_bounded_and_leave_the_verifications_alone(documents: UnderTest) -> None:
    client = documents.client()
    for _ in range(MOST):
        assert client.post("/v1/public-contents", json={"slip": "nonsense"}).status_code == 422
    refused = client.post("/v1/public-contents", json={"slip": "nonsense"})
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_requests")
    assert client.get("/v1/verifications/nobody-guesses-this").status_code == 404

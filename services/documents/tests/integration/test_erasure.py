"""Files and certificates of a person lie under the person's key, and read as erased without it (B-26, S4h-10)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from shenbao_common.contracts.applications import ApplicationApprovedV1, ApplicationSubmittedV1
from shenbao_common.contracts.identity import AccountDeletedV1, PersonErasedV1
from shenbao_common.data import of_person
from shenbao_common.data.person_keys import PersonKeys
from shenbao_common.data.sealed import Sealer
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import NOBODY, Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import person_actor, unit_actor
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest
from shenbao_documents.actions.sweeping import sweep

ATTACHMENT = "attachment:title_initial_determination:3:attachment_files"
TEXTS = ("张三", "材料不实", "身份证")
SEALED = {"file": "name", "certificate": "holder"}


@pytest.fixture
def keys(documents: UnderTest, tmp_path: Path) -> Iterator[PersonKeys]:
    """The service as it runs with DOCUMENTS_PERSON_KEYS."""
    found = PersonKeys(tmp_path, Sealer(b"k" * 32))
    of_person.install(documents.service.engine, found)
    yield found
    of_person.install(documents.service.engine, None)


def copied(documents: UnderTest) -> dict[str, list[tuple[UUID, bytes]]]:
    """Ids and sealed values as they lie in the database."""
    with documents.service.engine.connect() as connection:
        asked = {t: sa.text(f"SELECT id, {column} FROM {t}") for t, column in SEALED.items()}  # noqa: S608
        return {t: [(row[0], bytes(row[1])) for row in connection.execute(query)] for t, query in asked.items()}


def restored(documents: UnderTest, copy: dict[str, list[tuple[UUID, bytes]]]) -> None:
    with documents.service.engine.begin() as connection:
        for table, rows in copy.items():
            change = sa.text(f"UPDATE {table} SET {SEALED[table]} = :old WHERE id = :id")  # noqa: S608
            for row_id, old in rows:
                connection.execute(change, {"old": old, "id": row_id})


@pytest.fixture
def person() -> Actor:
    return replace(person_actor(), unit_id=NOBODY)


@pytest.fixture
def upload(send: Any, samples: Any, person: Actor) -> Callable[[], Any]:
    return lambda: send(person, samples.pdf(), "张三身份证.pdf", ATTACHMENT).json


def reported(documents: UnderTest, person: Actor, application: str, file_id: str) -> None:
    whose: dict[str, Any] = {"filler_id": str(person.account_id), "document_ids": [file_id]}
    whose |= {"unit_id": str(NOBODY)}
    documents.hear(example_event(ApplicationSubmittedV1, application_id=application, **whose))
    documents.hear(example_event(ApplicationApprovedV1, application_id=application))


@pytest.mark.req("B-26")
def test_files_and_certificates_read_as_erased_also_from_an_old_copy(
    documents: UnderTest, upload: Callable[[], Any], office: Actor, approved: Any, person: Actor, keys: PersonKeys
) -> None:
    file, application = upload(), approved(person, positive=False)
    reported(documents, person, application, file["id"])
    wording = {"series": "CD", "holder": "张三", "title": "助理工程师", "valid_until": None}
    asked = {"application_id": application, **wording}
    certificate = documents.client(office).post("/v1/certificates", json=asked).json
    path = f"/v1/certificates/{certificate['id']}"
    assert documents.client(office).post(f"{path}/revocation", json={"reason": "材料不实"}).status_code == 200
    shown = {"query_string": {"application_id": application}}
    assert documents.client(office).get("/v1/certificates", **shown).json["items"][0]["holder"] == "张三"
    copy, own = copied(documents), f"p1.aes256gcm.{person.account_id}.".encode()
    assert {table: [value.startswith(own) for _, value in rows] for table, rows in copy.items()} == {
        "file": [True],
        "certificate": [True],
    }

    for _ in range(2):
        documents.hear(PersonErasedV1(account_id=person.account_id))
    assert keys.of(person.account_id) is None
    restored(documents, copy)
    for answer in (
        documents.client(office).get(f"/v1/files/{file['id']}"),
        documents.client(office).get("/v1/certificates", **shown),
        documents.client().get(f"/v1/verifications/{certificate['code']}"),
    ):
        assert answer.status_code == 200, answer.json
        assert not any(text in str(answer.json) for text in TEXTS)
    assert documents.client(office).get("/v1/certificates", **shown).json["items"][0]["holder"] == "已删除"


@pytest.mark.req("B-26")
@pytest.mark.usefixtures("keys")
def test_the_certificate_of_an_erased_person_is_kept_as_it_was_for_its_issuer_alone(
    documents: UnderTest, office: Actor, approved: Any, person: Actor
) -> None:
    unit = unit_actor()
    application = approved(replace(person, unit_id=unit.unit_id))
    wording = {"series": "CD", "holder": "张三", "title": "助理工程师", "valid_until": "2098-03-01"}
    asked = {"application_id": application, **wording}
    certificate = documents.client(office).post("/v1/certificates", json=asked).json
    path = f"/v1/certificates/{certificate['id']}"

    def content(reader: Actor) -> Any:
        return documents.client(reader).get(f"{path}/content", buffered=True)

    before = content(office).data
    renewed = {"certificate_id": certificate["id"], "valid_until": "2099-03-01"}
    assert content(unit).data == before
    documents.hear(PersonErasedV1(account_id=person.account_id))
    documents.hear(example_event(ApplicationApprovedV1, application_id=str(uuid7()), **renewed))
    for reader in (unit, person):
        assert (content(reader).status_code, content(reader).json["code"]) == (409, "holder_erased")
    for deed, body in (
        ("extension", {"valid_until": "2099-03-01"}),
        ("replacement", {**wording, "reason": "补发"}),
    ):
        refused = documents.client(office).post(f"{path}/{deed}", json=body)
        assert (refused.status_code, refused.json["code"]) == (409, "holder_erased")
    assert content(office).data == before
    told = documents.client().get(f"/v1/verifications/{certificate['code']}").json
    assert (told["state"], told["holder"], told["valid_until"]) == ("valid", "已删除", "2098-03-01")
    ended = documents.client(office).post(f"{path}/revocation", json={"reason": "材料不实"})
    assert (ended.status_code, ended.json["state"]) == (200, "revoked")


@pytest.mark.req("S4h-10")
def test_files_go_with_a_deleted_account_and_their_bytes_a_week_later(
    documents: UnderTest, upload: Callable[[], Any], person: Actor, keys: PersonKeys
) -> None:
    storage = documents.app.extensions["shenbao_documents"].storage
    file = upload()
    documents.hear(AccountDeletedV1(account_id=person.account_id))
    assert documents.client(person).get(f"/v1/files/{file['id']}").status_code == 404
    assert keys.of(person.account_id) is None
    sweep(documents.service.sessions, storage, clock.now() + timedelta(days=8))
    with pytest.raises(FileNotFoundError):
        storage.open(file["sha256"])

"""The way files are sent."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from shenbao_common.contracts.applications import ApplicationApprovedV1, ApplicationSubmittedV1
from shenbao_common.contracts.review import StepOpenedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.papers import Samples
from shenbao_common.testing.service import UnderTest
from shenbao_documents.providers.recognition import Reader
from shenbao_documents.providers.storage import Incoming, Storage

EVALUATION_FORM = "material:title_initial_determination:3:evaluation_form_file"
Send = Callable[..., TestResponse]
Printed = Callable[..., bytes]


@pytest.fixture
def send(documents: UnderTest) -> Send:
    """Uploads bytes under a name for a purpose, by default as the evaluation form."""

    def upload(actor: Actor, body: bytes, name: str = "form.pdf", purpose: str = EVALUATION_FORM) -> TestResponse:
        form = {"file": FileStorage(io.BytesIO(body), name), "purpose": purpose}
        boundary, encoded = encode_multipart(form)
        head = f"multipart/form-data; boundary={boundary}"
        return documents.client(actor).post("/v1/files", data=encoded, content_type=head)

    return upload


@pytest.fixture
def printed(documents: UnderTest) -> Printed:
    """The PDF of a unit's form, by default a reported one of an application of its own."""

    def make(unit: Actor, application: str = "", **changes: Any) -> bytes:
        claims = {
            "kind": "determination_form",
            "application_id": application or str(uuid7()),
            "revision": 4,
            "reported": True,
            "print_hash": "content-1",
            "programme": "title_initial_determination",
            "version": 3,
            "unit_id": str(unit.unit_id),
            "filler_id": str(unit.account_id),
            "reference": "CD2014000123",
            "project_name": "2014年初定初级",
            "unit_name": "示例科技有限公司",
            "year": "2014",
            "variant_label": "初定初级",
            "sections": {"basic": {"person_name": "测试𬱖𠮷", "mobile": "13800000000"}},
        } | changes
        slip = documents.slip("applications", "shenbao-sheet+jwt", claims)
        made = documents.client(unit).post("/v1/prints", json={"sheet": slip})
        assert made.status_code == 201, made.json
        return bytes(documents.client(unit).get(f"/v1/prints/{made.json['id']}/content", buffered=True).data)

    return make


@pytest.fixture
def samples() -> type[Samples]:
    return Samples


class Watched:
    """The storage, with a look at whether somebody else could remove the bytes while they are being kept."""

    def __init__(self, documents: UnderTest, storage: Storage) -> None:
        self.held: list[bool] = []
        self._documents, self._storage = documents, storage

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)

    def keep(self, incoming: Incoming) -> None:
        with self._documents.sessions() as sweeper:
            lock = int(incoming.sha256[:15], 16)
            self.held.append(not sweeper.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(lock))))
        self._storage.keep(incoming)


@pytest.fixture
def held(documents: UnderTest) -> Iterator[list[bool]]:
    """Of each content that is kept, whether it is safe from the sweeper until its row is there."""
    own = documents.app.extensions["shenbao_documents"]
    watched = Watched(documents, own.storage)
    documents.app.extensions["shenbao_documents"] = replace(own, storage=cast(Storage, watched))
    yield watched.held
    documents.app.extensions["shenbao_documents"] = own


@pytest.fixture
def office() -> Actor:
    return office_actor()


@pytest.fixture
def approved(documents: UnderTest, office: Actor) -> Callable[..., str]:
    """An application in the office's route, by default approved, of the given unit."""

    def make(unit: Actor | None = None, *, positive: bool = True) -> str:
        application = str(uuid7())
        whose = {"unit_id": str(unit.unit_id), "filler_id": str(unit.account_id)} if unit else {}
        opened = {"organisation_id": str(office.organisation_id), "organisation_name": "杭州市人力资源和社会保障局"}
        documents.hear(example_event(StepOpenedV1, application_id=application, **opened))
        documents.hear(example_event(ApplicationSubmittedV1, application_id=application, document_ids=[], **whose))
        if positive:
            documents.hear(example_event(ApplicationApprovedV1, application_id=application))
        return application

    return make


@pytest.fixture(scope="session")
def reader() -> Iterator[Reader]:
    """One reading process for all tests: its models take seconds to load."""
    reading = Reader()
    yield reading
    reading.close()

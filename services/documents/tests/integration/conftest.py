"""The way files are sent."""

import io
from collections.abc import Callable, Iterator

import pytest
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

EVALUATION_FORM = "material:title_initial_determination:3:evaluation_form_file"
Send = Callable[..., TestResponse]


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
def samples() -> type[Samples]:
    return Samples


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

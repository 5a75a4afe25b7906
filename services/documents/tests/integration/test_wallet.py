"""The wallet: a file is named, turned, used again and deleted by its owner; the original stays what it was."""

import io
import zlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from PIL import Image

from shenbao_common.contracts.applications import (
    ApplicationDeletedV1,
    ApplicationSavedV1,
    ApplicationSubmittedV1,
    ProgrammePublishedV1,
)
from shenbao_common.contracts.review import StepOpenedV1
from shenbao_common.contracts.units import ProofShownV1
from shenbao_common.kernel import clock
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor, sub_account_actor, unit_actor
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest
from shenbao_documents.actions.sweeping import sweep
from shenbao_documents.models import File
from shenbao_documents.providers.storage import Storage

ATTACHMENT = "attachment:title_initial_determination:3:attachment_files"


@pytest.fixture
def storage(documents: UnderTest) -> Storage:
    found: Storage = documents.app.extensions["shenbao_documents"].storage
    return found


def picture(documents: UnderTest, actor: Any, file_id: str) -> Image.Image:
    answer = documents.client(actor).get(f"/v1/files/{file_id}/content", buffered=True)
    return Image.open(io.BytesIO(answer.data))


def image_with_orientation(orientation: int) -> bytes:
    """40 x 30 pixels, the upper half red, with the orientation that a camera writes."""
    picture = Image.new("RGB", (40, 30), "white")
    picture.paste("red", (0, 0, 40, 15))
    exif = Image.Exif()
    exif[0x0112] = orientation
    target = io.BytesIO()
    picture.save(target, "JPEG", exif=exif, quality=95)
    return target.getvalue()


@pytest.mark.req("S3-24")
def test_a_renamed_attachment_shows_its_name_and_keeps_its_content(
    send: Any, samples: Any, documents: UnderTest
) -> None:
    unit = unit_actor()
    made = send(unit, samples.image("JPEG"), "IMG_001.jpg", ATTACHMENT).json
    client = documents.client(unit)
    renamed = client.patch(f"/v1/files/{made['id']}", json={"name": "身份证正面"}).json
    assert (renamed["name"], renamed["sha256"]) == ("身份证正面", made["sha256"])
    claims = documents.service.keys_of("documents").verify("shenbao-receipt+jwt", renamed["receipt"])
    assert (claims["name"], claims["sha256"]) == ("身份证正面", made["sha256"])
    assert [f["name"] for f in client.get("/v1/files").json["items"]] == ["身份证正面"]
    content = client.get(f"/v1/files/{made['id']}/content", buffered=True)
    assert content.data == samples.image("JPEG")
    assert content.headers["Content-Disposition"].endswith("%E6%AD%A3%E9%9D%A2.jpg")
    empty = client.patch(f"/v1/files/{made['id']}", json={"name": " "})
    assert (empty.status_code, empty.json["errors"][0]["path"]) == (422, "name")
    assert documents.client(unit_actor()).patch(f"/v1/files/{made['id']}", json={"name": "x"}).status_code == 404


def test_a_turned_image_is_a_file_of_its_own_beside_the_original(send: Any, samples: Any, documents: UnderTest) -> None:
    unit = unit_actor()
    made = send(unit, samples.image("JPEG", (400, 300)), "a.jpg", ATTACHMENT).json
    turned = documents.client(unit).post(f"/v1/files/{made['id']}/rotations", json={"degrees": 90})
    assert turned.status_code == 201, turned.json
    assert (turned.json["origin_id"], turned.json["purpose"]) == (made["id"], ATTACHMENT)
    assert picture(documents, unit, turned.json["id"]).size == (300, 400)
    assert picture(documents, unit, made["id"]).size == (400, 300)


@pytest.mark.parametrize(("orientation", "size"), [(1, (40, 30)), (3, (40, 30)), (6, (30, 40)), (8, (30, 40))])
def test_what_a_camera_wrote_about_its_orientation_is_applied_once(
    send: Any, documents: UnderTest, orientation: int, size: tuple[int, int]
) -> None:
    unit = unit_actor()
    made = send(unit, image_with_orientation(orientation), "a.jpg", ATTACHMENT).json
    client = documents.client(unit)
    shown = Image.open(io.BytesIO(client.get(f"/v1/files/{made['id']}/preview", buffered=True).data))
    assert (shown.size, shown.getexif().get(0x0112)) == (size, None)
    turned = client.post(f"/v1/files/{made['id']}/rotations", json={"degrees": 180}).json
    again = picture(documents, unit, turned["id"])
    assert (again.size, again.getexif().get(0x0112, 1)) == (size, 1)


def test_turning_goes_clockwise(send: Any, documents: UnderTest) -> None:
    unit = unit_actor()
    made = send(unit, image_with_orientation(1), "a.jpg", ATTACHMENT).json
    turned = documents.client(unit).post(f"/v1/files/{made['id']}/rotations", json={"degrees": 90}).json
    seen = picture(documents, unit, turned["id"]).convert("RGB")
    right, left = seen.getpixel((27, 20)), seen.getpixel((2, 20))
    assert isinstance(right, tuple)
    assert isinstance(left, tuple)
    assert (right[1] < 60, left[1] > 200) == (True, True)


@pytest.mark.parametrize(("form", "mode"), [("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "I;16")])
def test_every_kind_of_image_has_a_preview_for_screens(
    send: Any, samples: Any, documents: UnderTest, form: str, mode: str
) -> None:
    unit = unit_actor()
    ending = {"JPEG": "jpg", "PNG": "png"}[form]
    made = send(unit, samples.image(form, (400, 300), mode), f"a.{ending}", ATTACHMENT).json
    answer = documents.client(unit).get(f"/v1/files/{made['id']}/preview?longest=100", buffered=True)
    shown = Image.open(io.BytesIO(answer.data))
    assert (shown.format, shown.mode, shown.size) == ("JPEG", "RGB", (100, 75))


def test_an_image_whose_checksums_are_right_and_content_is_not_is_called_damaged(
    send: Any, samples: Any, documents: UnderTest
) -> None:
    unit, png = unit_actor(), samples.image(size=(400, 300))
    start = png.index(b"IDAT")
    length = int.from_bytes(png[start - 4 : start])
    wrong = b"IDAT" + bytes(length)
    forged = png[:start] + wrong + zlib.crc32(wrong).to_bytes(4) + png[start + length + 8 :]
    made = send(unit, forged, "a.png", ATTACHMENT).json["id"]
    client = documents.client(unit)
    answers = [
        client.get(f"/v1/files/{made}/preview"),
        client.post(f"/v1/files/{made}/rotations", json={"degrees": 90}),
    ]
    assert [(a.status_code, a.json["errors"][0]["code"]) for a in answers] == [(422, "file_damaged")] * 2


def test_what_is_no_image_is_neither_turned_nor_previewed(send: Any, samples: Any, documents: UnderTest) -> None:
    unit = unit_actor()
    made = send(unit, samples.pdf(), "a.pdf", ATTACHMENT).json["id"]
    client = documents.client(unit)
    turned = client.post(f"/v1/files/{made}/rotations", json={"degrees": 90})
    shown = client.get(f"/v1/files/{made}/preview")
    assert [a.json["errors"][0]["code"] for a in (turned, shown)] == ["not_an_image"] * 2
    wrong = client.post(f"/v1/files/{made}/rotations", json={"degrees": 45})
    assert wrong.json["errors"][0] == {"code": "unknown_choice", "path": "degrees", "params": {}}


@pytest.mark.req("B-13")
def test_a_degree_certificate_is_used_in_two_programmes_without_a_second_upload(
    send: Any, samples: Any, documents: UnderTest, storage: Storage, kept: Any
) -> None:
    for programme in ("programme_one", "programme_two"):
        pack = {"materials": [{"key": "degree_certificate", "formats": ["pdf"], "max_bytes": 100_000}]}
        documents.hear(ProgrammePublishedV1(programme=programme, version=1, pack=pack))
    unit, office = unit_actor(), office_actor()
    client = documents.client(unit)
    first = send(unit, samples.pdf(), "学位证书.pdf", "material:programme_one:1:degree_certificate").json
    client.patch(f"/v1/files/{first['id']}", json={"valid_until": "2030-12-31"})

    purpose = "material:programme_two:1:degree_certificate"
    second = client.post(f"/v1/files/{first['id']}/uses", json={"purpose": purpose})
    assert second.status_code == 201, second.json
    told = {key: second.json[key] for key in ("sha256", "source", "origin_id", "purpose", "valid_until")}
    assert told == {
        "sha256": first["sha256"],
        "source": "upload",
        "origin_id": first["id"],
        "purpose": purpose,
        "valid_until": "2030-12-31",
    }
    assert len(kept()) == 1

    assert client.delete(f"/v1/files/{first['id']}").status_code == 204
    sweep(documents.service.sessions, storage, clock.now())
    assert client.get(f"/v1/files/{first['id']}").status_code == 404
    assert client.get(f"/v1/files/{second.json['id']}/content", buffered=True).data == samples.pdf()

    application = str(uuid7())
    documents.hear(example_event(StepOpenedV1, application_id=application, organisation_id=str(office.organisation_id)))
    reported = {"application_id": application, "document_ids": [second.json["id"]]}
    documents.hear(example_event(ApplicationSubmittedV1, **reported))
    documents.client(office).get(f"/v1/files/{second.json['id']}/content", buffered=True)
    client.get(f"/v1/files/{second.json['id']}/content", buffered=True)
    seen = client.get(f"/v1/files/{second.json['id']}/views").json["items"]
    assert [(view["kind"], view["organisation_id"]) for view in seen] == [("office", str(office.organisation_id))]
    for stranger in (office, unit_actor()):
        assert documents.client(stranger).get(f"/v1/files/{second.json['id']}/views").status_code == 404


def test_a_file_is_not_used_again_where_its_kind_is_not_allowed(send: Any, samples: Any, documents: UnderTest) -> None:
    unit = unit_actor()
    made = send(unit, samples.image(), "a.png", ATTACHMENT).json["id"]
    form = "material:title_initial_determination:3:evaluation_form_file"
    refused = documents.client(unit).post(f"/v1/files/{made}/uses", json={"purpose": form})
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "wrong_format")
    stranger = documents.client(unit_actor()).post(f"/v1/files/{made}/uses", json={"purpose": ATTACHMENT})
    assert stranger.status_code == 404


def test_deleted_bytes_go_when_nothing_stands_on_them(
    send: Any, samples: Any, documents: UnderTest, storage: Storage, kept: Any
) -> None:
    unit = unit_actor()
    made = send(unit, samples.image(), "a.png", ATTACHMENT).json["id"]
    assert documents.client(unit_actor()).delete(f"/v1/files/{made}").status_code == 404
    assert documents.client(unit).delete(f"/v1/files/{made}").status_code == 204
    assert documents.client(unit).get(f"/v1/files/{made}").status_code == 404
    assert documents.client(unit).get("/v1/files").json["items"] == []
    sweep(documents.service.sessions, storage, clock.now() + timedelta(days=6))
    assert len(kept()) == 1
    sweep(documents.service.sessions, storage, clock.now() + timedelta(days=8))
    assert kept() == []
    with documents.sessions() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(File)) == 0


def test_a_file_that_a_draft_stands_on_is_not_deleted_before_the_draft_lets_go_of_it(
    send: Any, samples: Any, documents: UnderTest, storage: Storage, kept: Any
) -> None:
    unit, application = unit_actor(), str(uuid7())
    client = documents.client(unit)
    first, second = (send(unit, samples.image(size=(n, 30)), "a.png", ATTACHMENT).json["id"] for n in (40, 50))

    def saved(revision: int, *files: str) -> None:
        told = {"application_id": application, "revision": revision, "document_ids": list(files)}
        documents.hear(example_event(ApplicationSavedV1, **told))

    saved(2, first, second)
    refused = client.delete(f"/v1/files/{first}")
    assert (refused.status_code, refused.json["code"]) == (409, "file_in_use")
    saved(4, second)
    saved(3, first, second)  # Late news.
    assert client.delete(f"/v1/files/{first}").status_code == 204
    assert client.delete(f"/v1/files/{second}").status_code == 409

    saved(5, first)  # Saved before it was deleted, heard afterwards.
    assert client.delete(f"/v1/files/{second}").status_code == 204
    sweep(documents.service.sessions, storage, clock.now() + timedelta(days=8))
    sweep(documents.service.sessions, storage, clock.now())
    assert len(kept()) == 1, "what the draft stands on is not lost when it is reported"
    documents.hear(example_event(ApplicationDeletedV1, application_id=application))
    sweep(documents.service.sessions, storage, clock.now() + timedelta(days=8))
    sweep(documents.service.sessions, storage, clock.now())
    assert kept() == []


def test_evidence_that_was_reported_before_it_was_deleted_comes_back_with_the_news(
    send: Any, samples: Any, documents: UnderTest, storage: Storage
) -> None:
    unit, office = unit_actor(), office_actor()
    made = send(unit, samples.image(), "a.png", ATTACHMENT).json["id"]
    # Reported, but the news is still on its way.
    assert documents.client(unit).delete(f"/v1/files/{made}").status_code == 204
    application = str(uuid7())
    documents.hear(example_event(ApplicationSubmittedV1, application_id=application, document_ids=[made]))
    documents.hear(example_event(StepOpenedV1, application_id=application, organisation_id=str(office.organisation_id)))
    sweep(documents.service.sessions, storage, clock.now() + timedelta(days=8))
    read = documents.client(office).get(f"/v1/files/{made}/content", buffered=True)
    assert (read.status_code, read.data) == (200, samples.image())
    assert documents.client(unit).delete(f"/v1/files/{made}").json["code"] == "file_reported"


def test_a_file_of_a_reported_application_is_not_deleted(send: Any, samples: Any, documents: UnderTest) -> None:
    unit = unit_actor()
    made = send(unit, samples.image(), "a.png", ATTACHMENT).json["id"]
    documents.hear(example_event(ApplicationSubmittedV1, application_id=str(uuid7()), document_ids=[made]))
    refused = documents.client(unit).delete(f"/v1/files/{made}")
    assert (refused.status_code, refused.json["code"]) == (409, "file_reported")


def test_a_letter_that_was_shown_as_proof_is_not_deleted_nor_lost_to_a_deletion_before_the_news(
    send: Any, samples: Any, documents: UnderTest
) -> None:
    unit, office = unit_actor(), office_actor()
    shown, overtaken = (send(unit, samples.pdf(), "委托书.pdf", "authorization_letter").json["id"] for _ in range(2))
    assert documents.client(unit).delete(f"/v1/files/{overtaken}").status_code == 204
    for letter in (shown, overtaken):
        told = {"document_id": letter, "organisation_id": str(office.organisation_id)}
        documents.hear(example_event(ProofShownV1, **told))
        refused = documents.client(unit).delete(f"/v1/files/{letter}")
        assert (refused.status_code, refused.json["code"]) == (409, "file_shown")
        assert documents.client(office).get(f"/v1/files/{letter}/content", buffered=True).status_code == 200


def test_the_wallet_holds_ones_own_files_newest_first_page_by_page(
    send: Any, samples: Any, documents: UnderTest
) -> None:
    unit = unit_actor()
    clerk = sub_account_actor(UUID(str(unit.unit_id)))
    for n in range(3):
        send(clerk, samples.image(size=(n + 9, 9)), f"{n}.png", ATTACHMENT)
    send(unit_actor(), samples.image(), "stranger.png", ATTACHMENT)
    first = documents.client(clerk).get("/v1/files?limit=2").json
    second = documents.client(clerk).get(f"/v1/files?limit=2&after={first['next']}").json
    assert [f["name"] for f in first["items"] + second["items"]] == ["2.png", "1.png", "0.png"]
    assert len(documents.client(unit).get("/v1/files").json["items"]) == 3
    assert documents.client(office_actor()).get("/v1/files").json["items"] == []

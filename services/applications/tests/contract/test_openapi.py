"""Whatever is sent to any documented route, the answer is never a fault of ours."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from shenbao_common.testing.actors import person_actor
from shenbao_common.testing.service import token

PROGRAMMES, PROJECTS, APPLICATIONS = "/v1/programmes", "/v1/projects", "/v1/applications"
ONE = f"{APPLICATIONS}/{{application_id}}"
PUBLIC = "/v1/public"
UNIT = "/v1/units/{unit_id}"
RECORD = "/v1/archive/records/{record_id}"
ROUTES = (
    (PROGRAMMES, "GET"),
    (PROGRAMMES, "POST"),
    (f"{PROGRAMMES}/check", "POST"),
    (f"{PROGRAMMES}/comparison", "POST"),
    (f"{PROGRAMMES}/{{key}}", "GET"),
    (f"{PROGRAMMES}/{{key}}/self-test", "GET"),
    (f"{PROGRAMMES}/{{key}}/self-test", "POST"),
    (f"{PROGRAMMES}/{{key}}/versions/{{number}}", "GET"),
    (f"{PROGRAMMES}/{{key}}/versions/{{number}}/withdrawal", "POST"),
    (PROJECTS, "GET"),
    (PROJECTS, "POST"),
    (f"{PROJECTS}/publishers", "GET"),
    (f"{PROJECTS}/work", "GET"),
    (f"{PROJECTS}/{{project_id}}", "GET"),
    (f"{PROJECTS}/{{project_id}}/blank-sheets/{{kind}}", "GET"),
    (APPLICATIONS, "GET"),
    (APPLICATIONS, "POST"),
    (f"{APPLICATIONS}/counts", "GET"),
    (f"{APPLICATIONS}/deletions", "POST"),
    (f"{APPLICATIONS}/reports", "POST"),
    (f"{APPLICATIONS}/publicity-sheet", "POST"),
    (f"{APPLICATIONS}/form-sheets", "POST"),
    (f"{APPLICATIONS}/summary-sheet", "GET"),
    (ONE, "GET"),
    (ONE, "DELETE"),
    (f"{ONE}/comparison", "GET"),
    (f"{ONE}/route", "GET"),
    (f"{ONE}/same-person", "POST"),
    (f"{ONE}/sections", "PUT"),
    (f"{ONE}/sections", "PATCH"),
    (f"{ONE}/report", "POST"),
    (f"{ONE}/check", "GET"),
    (f"{ONE}/check", "POST"),
    (f"{ONE}/receipt", "GET"),
    (f"{ONE}/withdrawal", "POST"),
    (f"{ONE}/redeclaration", "POST"),
    (f"{ONE}/sheets/{{kind}}", "GET"),
    (f"{ONE}/materials", "PUT"),
    (f"{ONE}/history", "GET"),
    (f"{PROJECTS}/{{project_id}}/renewal-needs", "POST"),
    ("/v1/recognitions", "GET"),
    ("/v1/recognitions", "POST"),
    ("/v1/recognitions/claims", "POST"),
    ("/v1/references/{reference}", "GET"),
    (f"{ONE}/successors", "POST"),
    (f"{ONE}/register-readings", "POST"),
    ("/v1/receipt-verifications", "POST"),
    (f"{PROJECTS}/{{project_id}}/deadline", "POST"),
    ("/v1/notices", "GET"),
    (f"{PROGRAMMES}/{{key}}/consents", "GET"),
    (f"{PROGRAMMES}/{{key}}/consents", "POST"),
    (f"{PROGRAMMES}/{{key}}/conditions", "GET"),
    (f"{PROGRAMMES}/{{key}}/articles", "GET"),
    (f"{PROGRAMMES}/{{key}}/questions", "GET"),
    (f"{PROGRAMMES}/{{key}}/question-test", "POST"),
    (f"{PROGRAMMES}/{{key}}/analyses", "POST"),
    (f"{PROGRAMMES}/{{key}}/analyses/{{analysis_id}}", "GET"),
    (f"{ONE}/citations/{{section}}", "GET"),
    (f"{ONE}/citations/{{section}}", "PUT"),
    ("/v1/archive/categories", "GET"),
    ("/v1/archive/records", "GET"),
    ("/v1/archive/records", "POST"),
    ("/v1/archive/records/counts", "GET"),
    (RECORD, "GET"),
    (RECORD, "PUT"),
    (RECORD, "DELETE"),
    (f"{RECORD}/submission", "POST"),
    (f"{RECORD}/log", "GET"),
    ("/v1/archive/decisions", "POST"),
    ("/v1/evaluations", "POST"),
    (f"{APPLICATIONS}/{{application_id}}/progress", "GET"),
    ("/v1/examinations", "GET"),
    ("/v1/examinations/counts", "GET"),
    ("/v1/examinations/plans", "GET"),
    ("/v1/examinations/sheet", "GET"),
    ("/v1/examinations/sheet-parts", "GET"),
    ("/v1/dictionaries", "GET"),
    ("/v1/dictionaries/{dictionary}/codes", "GET"),
    ("/v1/dictionaries/{dictionary}/codes", "POST"),
    ("/v1/dictionaries/{dictionary}/codes/{key}", "PUT"),
    ("/v1/dictionaries/{dictionary}/codes/{key}", "DELETE"),
    ("/v1/code-versions", "GET"),
    ("/v1/code-versions", "POST"),
    ("/v1/code-versions/{number}", "GET"),
    (f"{APPLICATIONS}/table-columns", "GET"),
    (f"{APPLICATIONS}/table-sheet", "POST"),
    (f"{APPLICATIONS}/table-parts", "POST"),
    (f"{APPLICATIONS}/summary-parts", "GET"),
    (f"{PROJECTS}/{{project_id}}/numbering", "POST"),
    (f"{PROJECTS}/{{project_id}}/statistics", "GET"),
    (f"{PROJECTS}/{{project_id}}/roster-sheet", "GET"),
    (f"{PROJECTS}/{{project_id}}/roster-parts", "GET"),
    (f"{UNIT}/staff", "GET"),
    (f"{UNIT}/staff", "POST"),
    (f"{UNIT}/staff/{{member_id}}", "GET"),
    (f"{UNIT}/staff/{{member_id}}", "PUT"),
    (f"{UNIT}/staff/{{member_id}}", "DELETE"),
    (f"{UNIT}/staff/{{member_id}}/appointments", "POST"),
    (f"{UNIT}/staff/{{member_id}}/release", "POST"),
    (f"{UNIT}/structure", "GET"),
    (f"{UNIT}/structure", "PUT"),
    ("/v1/publications", "GET"),
    ("/v1/publications", "POST"),
    ("/v1/publications/{publication_id}", "GET"),
    ("/v1/publications/{publication_id}", "PUT"),
    ("/v1/publications/{publication_id}", "DELETE"),
    (f"{PUBLIC}/publications", "GET"),
    (f"{PUBLIC}/publications/{{publication_id}}", "GET"),
    (f"{PUBLIC}/committees", "GET"),
    (f"{PUBLIC}/committees/{{committee_id}}", "GET"),
    (f"{PUBLIC}/committees/{{committee_id}}/projects", "GET"),
    (f"{PUBLIC}/projects/{{project_id}}", "GET"),
)


@pytest.mark.parametrize(("path", "method"), ROUTES)
def test_no_request_makes_the_service_fail(house, path: str, method: str) -> None:
    unit = house.unit()
    made = house.ready(unit, house.project())
    actors = (unit, house.bureau, house.admin, person_actor())
    described = schemathesis.openapi.from_wsgi("/openapi.json", house.service.app)

    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(described[path][method].as_strategy())
    def ask(case: Any) -> None:
        if "application_id" in case.path_parameters:
            case.path_parameters["application_id"] = made["id"]
        for actor in actors:
            answer = case.call(headers={"Authorization": f"Bearer {token(actor)}", "If-Match": '"1"'})
            assert answer.status_code < 500, answer.text

    ask()


def test_every_route_is_asked(applications) -> None:
    paths = applications.client().get("/openapi.json").json["paths"]
    own = {(path, m.upper()) for path, item in paths.items() if path[:4] == "/v1/" for m in item if m != "parameters"}
    common = ("/v1/events", "/v1/bus/", "/v1/reconciliation", "/v1/audit")  # of every service; asked in shenbao-common
    assert {route for route in own if not route[0].startswith(common)} == set(ROUTES)


@pytest.mark.parametrize(
    "text", ["\x00", "\ud800", "a\x00b", "'", "%", "\\", "9" * 400, "01a21e5b-cd0f-73a0-9c29-1f587a1bed18", "张\u202e"]
)
def test_no_text_anywhere_makes_the_service_fail(house, text: str) -> None:
    unit = house.unit()
    made = house.ready(unit, house.project())
    client = house.service.client(unit)
    everywhere = dict.fromkeys(made["sections"]["basic"], text)
    rows = {"education": [dict.fromkeys(made["sections"]["experience"]["education"][0], text)], "achievements": text}
    for sections in ({"basic": everywhere}, {"experience": rows}, {text: {text: text}}, {"basic": {text: text}}):
        assert house.save(unit, made["id"], sections, part=True).status_code in {200, 422}
    for query in ({"q": text}, {"programme": text}, {"variant": text}, {"ids": text}, {"after": text}, {"year": text}):
        for path in (APPLICATIONS, PROJECTS, f"{APPLICATIONS}/counts"):
            assert client.get(path, query_string=_sendable(query)).status_code in {200, 422}
    body = {"ids": [made["id"]], "operator_name": text, "operator_phone": text}
    assert client.post(f"{APPLICATIONS}/reports", json=body).status_code in {200, 422}
    pack = {"programme": f'programme: "{text}"', "templates": {text: text}}
    assert house.service.client(house.admin).post(PROGRAMMES, json=pack).status_code == 422


def _sendable(query: dict[str, str]) -> dict[str, str]:
    return {name: value.encode(errors="replace").decode() for name, value in query.items()}

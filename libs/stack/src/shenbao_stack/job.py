"""The job step by step, as its people do it over HTTP: for journeys, the demo and measurements."""

from collections.abc import Iterable, Mapping
from typing import Any

import httpx

from shenbao_stack.client import User
from shenbao_stack.world import done

OPERATOR = {"operator_name": "钱经办", "operator_phone": "0571-88888888"}
"""Who reports, as the report dialog asks."""

Application = dict[str, Any]


def upload(user: User, paper: bytes, purpose: str, *, name: str = "评审表.pdf") -> httpx.Response:
    """Hands a file in; the answer has its receipt."""
    sent = {"file": (name, paper, "application/octet-stream")}
    return user.call("POST", "documents", "/v1/files", files=sent, data={"purpose": purpose})


def material(project: Mapping[str, Any], key: str) -> str:
    """The purpose of a material that the project's programme wants."""
    return f"material:{project['programme']}:{project['version']}:{key}"


def attachment(project: Mapping[str, Any], field: str) -> str:
    """The purpose of a file field of the form."""
    return f"attachment:{project['programme']}:{project['version']}:{field}"


def begin(user: User, project: Mapping[str, Any], sections: Mapping[str, Any]) -> Application:
    """A new application with as much as is filled in."""
    body = {"project_id": project["id"], "sections": sections}
    made: Application = done(user.call("POST", "applications", "/v1/applications", body))
    return made


def shown(user: User, application_id: str) -> Application:
    """An application as this user sees it now."""
    found: Application = done(user.call("GET", "applications", f"/v1/applications/{application_id}"))
    return found


def save(user: User, application_id: str, sections: Mapping[str, Any], *, method: str = "PUT") -> httpx.Response:
    """All tabs (PUT), or what is given (PATCH), over the version that is shown now."""
    etag = {"If-Match": f'"{shown(user, application_id)["version"]}"'}
    path = f"/v1/applications/{application_id}/sections"
    return user.call(method, "applications", path, {"sections": sections}, headers=etag)


def report(user: User, ids: Iterable[str], **operator: str) -> httpx.Response:
    """Reports ticked applications."""
    body = {"ids": list(ids)} | OPERATOR | operator
    return user.call("POST", "applications", "/v1/applications/reports", body)


def decide(
    officer: User, application_id: str, action: str, opinion: str = "", *, after: User, items: Mapping[str, str] = {}
) -> httpx.Response:
    """Decides the open step. after: whose act brought the application here, and has arrived by now.

    items: what alone a return opens, each with its reason.
    """
    officer.follow(after)
    path = f"/v1/cases/{application_id}"
    case = officer.call("GET", "review", path)
    step = done(case)["current"]["step_id"]
    lines = [{"item": item, "reason": reason} for item, reason in items.items()]
    body = {"step_id": step, "action": action, "opinion": opinion or None, "items": lines}
    return officer.call("POST", "review", f"{path}/decisions", body, headers={"If-Match": case.headers["ETag"]})


def print_form(user: User, application_id: str, kind: str) -> dict[str, Any]:
    """Prints an official form; answers what documents says of the print."""
    sheet = done(user.call("GET", "applications", f"/v1/applications/{application_id}/sheets/{kind}"))
    made: dict[str, Any] = done(user.call("POST", "documents", "/v1/prints", sheet))
    return made


def printed(user: User, print_id: str) -> bytes:
    """The PDF of a print."""
    answer = user.call("GET", "documents", f"/v1/prints/{print_id}/content")
    return answer.raise_for_status().content


def export(user: User, **filters: str) -> bytes:
    """The workbook of what these filters list."""
    sheet = done(user.call("GET", "applications", "/v1/applications/summary-sheet", params=filters))
    return user.call("POST", "documents", "/v1/exports", sheet).raise_for_status().content


def pdf(size: int = 0) -> bytes:
    """A valid PDF of one empty page, of exactly that many bytes (600 at least) or as small as it gets."""
    filler = 0
    while len(made := _pdf(filler)) < size:
        filler += max(1, size - len(made) - 8)
    return made


def _pdf(filler: int) -> bytes:
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    )
    body = b"%PDF-1.7\n%" + b"x" * filler + b"\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(body)
    return body + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%010d\n%%%%EOF\n"
        % (len(objects) + 1, table, len(objects) + 1, start)
    )

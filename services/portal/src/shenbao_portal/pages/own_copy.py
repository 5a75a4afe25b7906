"""A person takes a copy of all that is kept of them: read from every service with their own token, as one archive."""

import json
import re
import tempfile
import zipfile
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, render_template, send_file
from flask.typing import ResponseReturnValue

from shenbao_portal.client import service
from shenbao_portal.guards import signed_in_as

blp = Blueprint("own_copy", __name__, url_prefix="/person/copy")

_AT_ONCE = 100
_IN_MEMORY = 8 * 1024 * 1024
_READERS = ("identity", "units", "applications", "review", "documents")
_PLAIN = re.compile(r"[^\w.\-]+")


@blp.get("")
@signed_in_as("person")
def show() -> ResponseReturnValue:
    """What is in it."""
    return render_template("person/copy.html")


@blp.post("")
@signed_in_as("person")
def take() -> Response:
    """The archive; written to a file of its own, since the person's files are in it."""
    target = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  (closed with the answer)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, said in _told():
            archive.writestr(f"{name}.json", json.dumps(said, ensure_ascii=False, indent=2))
        for file in _all("documents", "/v1/files"):
            name = f"files/{file['id']}-{_PLAIN.sub('_', file['name'])}"
            content = service("documents").stream(f"/v1/files/{file['id']}/content")
            with archive.open(name, "w") as part, content as found:
                for chunk in found.iter_bytes(65536):
                    part.write(chunk)
    target.seek(0)
    sent: Response = send_file(target, "application/zip", as_attachment=True, download_name="my-data.zip")
    return sent


def _told() -> Iterator[tuple[str, Any]]:
    """Names and contents of the parts; the account first, which asks for a sign-in of just now."""
    identity, applications = service("identity"), service("applications")
    yield "account", identity.get("/v1/me/copy").body
    yield "messages", list(_all("identity", "/v1/me/messages"))
    yield "unit", service("units").get("/v1/bindings/mine").body
    for one in _all("applications", "/v1/applications"):
        yield f"applications/{one['id']}", applications.get(f"/v1/applications/{one['id']}").body
    for one in _all("applications", "/v1/archive/records"):
        yield f"archive/{one['id']}", applications.get(f"/v1/archive/records/{one['id']}").body
    yield "files", list(_all("documents", "/v1/files"))
    for name in _READERS:
        yield f"who-read/{name}", list(_all(name, "/v1/audit/mine"))


def _all(name: str, path: str) -> Iterator[dict[str, Any]]:
    after = None
    while True:
        page = service(name).get(path, after=after, limit=_AT_ONCE).body
        yield from page["items"]
        if not (after := page.get("next")):
            return

"""Files and printed forms, passed on from documents with the user's own token."""

from collections.abc import Iterator
from typing import Any

import httpx
from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from shenbao_portal.client import service
from shenbao_portal.guards import signed_in_as

blp = Blueprint("files", __name__)

_PASSED_ON = (
    "Content-Type",
    "Content-Length",
    "Content-Disposition",
    "X-Content-Type-Options",
    "Content-Security-Policy",
)


@blp.get("/files/<uuid:document_id>")
@signed_in_as()
def content(document_id: Any) -> ResponseReturnValue:
    """An uploaded file, shown where that is safe."""
    return passed_on(f"/v1/files/{document_id}/content?inline=true")


@blp.get("/materials/<uuid:application_id>/forms/<kind>")
@signed_in_as("unit", "sub_account", "person", "office")
def form(application_id: Any, kind: str) -> ResponseReturnValue:
    """The official form of a material as PDF: printed anew from what applications signs."""
    sheet = service("applications").get(f"/v1/applications/{application_id}/sheets/{kind}")["sheet"]
    made = service("documents").post("/v1/prints", {"sheet": sheet})
    return passed_on(f"/v1/prints/{made['id']}/content?inline=true")


def passed_on(path: str, *, method: str = "GET", body: Any = None) -> Response:
    """A file of documents, handed through as it comes."""
    stream = service("documents").stream(path, method=method, body=body)
    response = stream.__enter__()
    headers = {name: response.headers[name] for name in _PASSED_ON if name in response.headers}

    def chunks() -> Iterator[bytes]:
        try:
            yield from response.iter_bytes(65536)
        except httpx.HTTPError:
            return  # The reader sees a file that is too short for its Content-Length.
        finally:
            stream.__exit__(None, None, None)

    return Response(chunks(), headers=headers)

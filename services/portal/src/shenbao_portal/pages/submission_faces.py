"""A fresh face authentication before a submission, where the programme asks for one."""

from typing import Any

import segno
from flask import Blueprint, current_app, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal.client import service
from shenbao_portal.guards import signed_in_as

blp = Blueprint("submission_faces", __name__, url_prefix="/declarations/<uuid:application_id>/face")

_FACE = "submission_face"


@blp.get("")
@signed_in_as("person", may="application.report")
def show(application_id: Any) -> ResponseReturnValue:
    """The code to be scanned within 179 seconds; once it has passed, the submission itself."""
    material = service("applications").get(f"/v1/applications/{application_id}").body
    kept = _kept(application_id)
    if kept is None or not material["reportable"]:
        return redirect(url_for("declarations.show", application_id=application_id), 303)
    address = current_app.extensions["portal"].face_app + kept["code"]
    return render_template(
        "declarations/face.html",
        material=material,
        address=address,
        picture=segno.make(address).svg_data_uri(scale=5),
        state=_state(kept),
    )


@blp.post("")
@signed_in_as("person", may="application.report")
def renew(application_id: Any) -> ResponseReturnValue:
    """Another code."""
    return begin(application_id)


@blp.get("/state")
@signed_in_as("person", may="application.report")
def state(application_id: Any) -> ResponseReturnValue:
    """Asked every second by the page: the seconds that are left; anything else is shown by the page anew."""
    kept = _kept(application_id)
    found = _state(kept) if kept else {"state": "over"}
    if found["state"] != "created":
        return "", 204, {"HX-Redirect": url_for("submission_faces.show", application_id=application_id)}
    polled = url_for("submission_faces.state", application_id=application_id)
    return render_template("pretest/face_part.html", state=found, polled=polled)


def begin(application_id: Any) -> ResponseReturnValue:
    """Asks for a face for this submission."""
    made = service("identity").post("/v1/me/face-sessions", {"purpose": "submission"})
    session[_FACE] = {"of": str(application_id), "id": made["id"], "code": made["code"]}
    return redirect(url_for("submission_faces.show", application_id=application_id), 303)


def shown(application_id: Any) -> dict[str, Any]:
    """What a report is given of a face that was shown for it, which is used up so."""
    if _kept(application_id) is None:
        return {}
    session.pop(_FACE)
    return {"face": service("identity").post("/v1/me/face-slips", {"purpose": "submission"})["slip"]}


def _kept(application_id: Any) -> dict[str, Any] | None:
    kept: dict[str, Any] = session.get(_FACE, {})
    return kept if kept.get("of") == str(application_id) else None


def _state(kept: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = service("identity").get(f"/v1/me/face-sessions/{kept['id']}").body
    return found

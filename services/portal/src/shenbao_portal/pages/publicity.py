"""Official publicity: the pages that everybody reads, and those of the office that posts (B-06)."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal.acts import attempted
from shenbao_portal.client import service
from shenbao_portal.forms import once
from shenbao_portal.guards import signed_in_as
from shenbao_portal.material_forms import errors_of
from shenbao_portal.messages import together, words
from shenbao_portal.pages.cases import materials_of
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _

blp = Blueprint("publicity", __name__)

_PUBLIC = "/v1/public/publicities"


@blp.get("/publicity")
def listed() -> ResponseReturnValue:
    """What is posted now."""
    found = service("review").get(_PUBLIC, after=request.args.get("after")).body
    return render_template("publicity/listed.html", found=found)


@blp.get("/publicity/<uuid:publicity_id>")
def notice(publicity_id: Any) -> ResponseReturnValue:
    """One notice, to read, print and object to."""
    return _notice(publicity_id)


@blp.post("/publicity/<uuid:publicity_id>")
def object_to(publicity_id: Any) -> ResponseReturnValue:
    """An objection, by name or anonymous, with at most one file."""
    typed = {name: request.form.get(name, "").strip() for name in ("number", "text", "name", "contact")}
    file = request.files.get("attachment")
    try:
        given = {name: value for name, value in typed.items() if value}
        service("review").form(f"{_PUBLIC}/{publicity_id}/objections", given, file if file and file.filename else None)
    except Refused as refused:
        if refused.status not in {409, 422}:
            raise
        if refused.status == 409:
            flash(words(refused.code, refused.params), "danger")
        return _notice(publicity_id, typed=typed, errors=errors_of(refused)), 422
    flash(_("异议已收到，将由公示单位处理。"), "success")
    return redirect(url_for("publicity.notice", publicity_id=publicity_id), 303)


def _notice(publicity_id: Any, *, typed: dict[str, str] | None = None, errors: Any = None) -> str:
    found = service("review").get(f"{_PUBLIC}/{publicity_id}").body
    return render_template("publicity/notice.html", notice=found, typed=typed or {}, errors=errors or {})


@blp.get("/office/publicity")
@signed_in_as("office")
def index() -> ResponseReturnValue:
    """What waits to be posted, and what was posted."""
    review = service("review")
    found = review.get("/v1/publicities", after=request.args.get("after")).body
    waiting = review.get("/v1/cases", publicity="true", after=request.args.get("waiting_after"), limit=100).body
    names = names_of(waiting["items"])
    return render_template("publicity/office.html", found=found, waiting=waiting, names=names)


@blp.post("/office/publicity")
@signed_in_as("office")
def post() -> ResponseReturnValue:
    """Posts the ticked cases: applications masks and signs, review keeps and shows."""
    ids, title = request.form.getlist("ids"), request.form.get("title", "").strip()
    if not ids:
        flash(_("请先勾选材料"), "warning")
        return redirect(url_for("publicity.index"), 303)
    try:
        sheet = service("applications").post("/v1/applications/publicity-sheet", {"ids": ids})["sheet"]
        made = service("review").post("/v1/publicities", {"title": title, "sheet": sheet}, key=once()).body
    except Refused as refused:
        if refused.status not in {409, 422}:
            raise
        flash(together(words(t.code, t.params) for t in refused), "danger")
        return redirect(url_for("publicity.index"), 303)
    flash(_("公示已发布。"), "success")
    return redirect(url_for("publicity.show", publicity_id=made["publicity_id"]), 303)


@blp.get("/office/publicity/<uuid:publicity_id>")
@signed_in_as("office")
def show(publicity_id: Any) -> ResponseReturnValue:
    """The notice with its evidence and the objections to decide."""
    found = service("review").get(f"/v1/publicities/{publicity_id}").body
    return render_template("publicity/show.html", notice=found)


@blp.post("/office/publicity/<uuid:publicity_id>/objections/<uuid:objection_id>")
@signed_in_as("office")
def decide(publicity_id: Any, objection_id: Any) -> ResponseReturnValue:
    """Upholds or dismisses an objection, with an opinion."""
    body = {"upheld": request.form.get("upheld") == "yes", "opinion": request.form.get("opinion", "").strip()}
    act = lambda: service("review").post(f"/v1/objections/{objection_id}/decision", body, key=once())  # noqa: E731
    attempted(act, _("异议处理意见已提交。"))
    return redirect(url_for("publicity.show", publicity_id=publicity_id), 303)


@blp.get("/office/objections/<uuid:objection_id>/attachment")
@signed_in_as("office")
def attachment(objection_id: Any) -> ResponseReturnValue:
    """The file of an objection, to be saved and not to be opened here."""
    got = service("review").get(f"/v1/objections/{objection_id}/attachment")
    headers = {k: got.headers[k] for k in ("Content-Type", "Content-Disposition") if k in got.headers}
    return Response(got.body, headers=headers | {"X-Content-Type-Options": "nosniff"})


def names_of(cases: list[dict[str, Any]]) -> dict[str, str]:
    """Of the persons whose cases these are, by application."""
    return {application: material["person_name"] for application, material in materials_of(cases).items()}

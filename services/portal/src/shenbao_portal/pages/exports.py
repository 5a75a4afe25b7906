"""Workbooks of long lists: gathered sheet by sheet, written by documents, downloaded when they are ready."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal import workbooks
from shenbao_portal.client import service
from shenbao_portal.forms import once
from shenbao_portal.guards import signed_in_as
from shenbao_portal.messages import together, words
from shenbao_portal.pages.files import passed_on
from shenbao_portal.refusals import Refused

blp = Blueprint("exports", __name__, url_prefix="/exports")

_WHO = ("unit", "sub_account", "office")
_JOBS = "/v1/export-jobs"


@blp.get("")
@signed_in_as(*_WHO, may="application.export")
def index() -> ResponseReturnValue:
    """What was exported in the background in the last week, the latest first."""
    found = service("documents").get(_JOBS, after=request.args.get("after")).body
    return render_template("exports/index.html", found=found)


@blp.post("")
@signed_in_as(*_WHO, may="application.export")
def begin() -> ResponseReturnValue:
    """Begins with the first sheet of the list."""
    kind = request.form.get("kind", "")
    if kind not in workbooks.PARTS:
        abort(400)
    asked = {name: request.form[name] for name in workbooks.ASKED if request.form.get(name)}
    job = service("documents").post(_JOBS, _next_sheet(kind, asked), key=once()).body
    return redirect(url_for("exports.show", job_id=job["id"]), 303)


@blp.get("/<uuid:job_id>")
@signed_in_as(*_WHO, may="application.export")
def show(job_id: Any) -> ResponseReturnValue:
    """How far it is; while it goes on the page asks again by itself."""
    return _shown(_job(job_id))


@blp.post("/<uuid:job_id>/sheets")
@signed_in_as(*_WHO, may="application.export")
def gather(job_id: Any) -> ResponseReturnValue:
    """Takes in the next sheet of the list; after the last one it is written."""
    job = _job(job_id)
    try:
        if job["state"] == "gathering":
            job = _gathered(job)
    except Refused as refused:
        if refused.status not in {409, 422}:
            raise
        flash(together(words(t.code, t.params) for t in refused), "danger")
    if request.headers.get("HX-Request"):
        return _shown(job)
    return redirect(url_for("exports.show", job_id=job_id), 303)


@blp.get("/<uuid:job_id>/content")
@signed_in_as(*_WHO, may="application.export")
def content(job_id: Any) -> ResponseReturnValue:
    """The workbook."""
    return passed_on(f"{_JOBS}/{job_id}/content")


def _gathered(job: Mapping[str, Any]) -> Mapping[str, Any]:
    """With its next sheet. Documents keeps where the list goes on, so that a page opened anew goes on from there."""
    documents, path = service("documents"), f"{_JOBS}/{job['id']}"
    if job["goes_on"]:
        where = json.loads(job["goes_on"])
        sheet = _next_sheet(where["kind"], where["asked"], where["after"])
        job = documents.post(f"{path}/sheets", sheet | {"beyond": job["rows"]}).body
    if not job["goes_on"]:
        job = {"goes_on": None} | documents.post(f"{path}/completion").body
    return job


def _next_sheet(kind: str, asked: Mapping[str, str], after: str = "") -> dict[str, Any]:
    part = workbooks.part_of(kind, asked, after)
    goes_on = json.dumps({"kind": kind, "asked": asked, "after": part["next"]}) if part["next"] else None
    return {"sheet": part["sheet"], "goes_on": goes_on}


def _job(job_id: Any) -> Mapping[str, Any]:
    job: Mapping[str, Any] = service("documents").get(f"{_JOBS}/{job_id}").body
    return job


def _shown(job: Mapping[str, Any]) -> ResponseReturnValue:
    page = "exports/job_part.html" if request.headers.get("HX-Request") else "exports/show.html"
    return render_template(page, job=job)

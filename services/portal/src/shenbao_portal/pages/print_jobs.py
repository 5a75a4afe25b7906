"""All forms of a filtered list printed at once: gathered page by page, printed by documents, downloaded as one file."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal.client import service
from shenbao_portal.forms import once
from shenbao_portal.guards import require, signed_in_as
from shenbao_portal.messages import together, words
from shenbao_portal.pages.files import passed_on
from shenbao_portal.refusals import Refused

blp = Blueprint("print_jobs", __name__, url_prefix="/print-jobs")

_LIST = ("programme", "variant", "project_id", "q", "tab", "sort")
"""What the list is filtered and sorted by."""

_AT_ONCE = 50


@blp.get("")
@signed_in_as("unit", "sub_account", "office")
def index() -> ResponseReturnValue:
    """What was printed at once in the last week, the latest first."""
    _ensure_prints()
    found = service("documents").get("/v1/print-jobs", after=request.args.get("after")).body
    return render_template("print_jobs/index.html", found=found)


@blp.post("")
@signed_in_as("unit", "sub_account", "office")
def begin() -> ResponseReturnValue:
    """Begins with the first page of the list."""
    _ensure_prints()
    body = {name: request.form.get(name, "") for name in ("title", "format")}
    job = service("documents").post("/v1/print-jobs", body, key=once()).body
    asked: dict[str, Any] = {name: request.form[name] for name in (*_LIST, "kind") if request.form.get(name)}
    return redirect(url_for("print_jobs.show", job_id=job["id"], **asked), 303)


@blp.get("/<uuid:job_id>")
@signed_in_as("unit", "sub_account", "office")
def show(job_id: Any) -> ResponseReturnValue:
    """How far it is; while it goes on the page asks again by itself."""
    return _shown(job_id, {name: request.args[name] for name in (*_LIST, "kind", "after") if name in request.args})


@blp.post("/<uuid:job_id>/forms")
@signed_in_as("unit", "sub_account", "office")
def gather(job_id: Any) -> ResponseReturnValue:
    """Takes in the forms of the next page of the list; with the last one it is printed."""
    asked: dict[str, Any] = {name: request.form[name] for name in (*_LIST, "kind", "after") if request.form.get(name)}
    try:
        asked["after"] = _take_page(job_id, asked)
    except Refused as refused:
        if refused.status not in {409, 422}:
            raise
        flash(together(words(t.code, t.params) for t in refused), "danger")
        asked = {}
    if request.headers.get("HX-Request"):
        return _shown(job_id, asked)
    return redirect(url_for("print_jobs.show", job_id=job_id, **asked), 303)


@blp.post("/<uuid:job_id>/completion")
@signed_in_as("unit", "sub_account", "office")
def complete(job_id: Any) -> ResponseReturnValue:
    """Prints what is gathered so far."""
    service("documents").post(f"/v1/print-jobs/{job_id}/completion")
    return redirect(url_for("print_jobs.show", job_id=job_id), 303)


@blp.get("/<uuid:job_id>/content")
@signed_in_as("unit", "sub_account", "office")
def content(job_id: Any) -> ResponseReturnValue:
    """The file."""
    return passed_on(f"/v1/print-jobs/{job_id}/content")


def _take_page(job_id: Any, asked: dict[str, str]) -> str:
    """Where the list goes on; "" after its last page. A page that is taken in twice is in the job once."""
    applications, documents = service("applications"), service("documents")
    filters = {name: asked.get(name) for name in _LIST}
    page = applications.get("/v1/applications", after=asked.get("after"), limit=_AT_ONCE, **filters).body
    if ids := [item["id"] for item in page["items"]]:
        slip = applications.post("/v1/applications/form-sheets", {"ids": ids, "kind": asked.get("kind", "")})
        documents.post(f"/v1/print-jobs/{job_id}/sheets", {"sheet": slip["sheet"]})
    if not page["next"]:
        documents.post(f"/v1/print-jobs/{job_id}/completion")
    return page["next"] or ""


def _shown(job_id: Any, asked: dict[str, str]) -> ResponseReturnValue:
    job = service("documents").get(f"/v1/print-jobs/{job_id}").body
    page = "print_jobs/job_part.html" if request.headers.get("HX-Request") else "print_jobs/show.html"
    return render_template(page, job=job, asked=asked)


def _ensure_prints() -> None:
    who = require()
    if who.kind != "office" and not who.may("application.print"):
        raise Refused(403, "permission_missing", {}, ())

"""One decision for everything that waits: begun from the queue, watched while the workers carry it out, stopped."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal.acts import attempted
from shenbao_portal.client import service
from shenbao_portal.colleagues import reasons
from shenbao_portal.forms import once
from shenbao_portal.guards import signed_in_as
from shenbao_portal.messages import together, words
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _

blp = Blueprint("batches", __name__, url_prefix="/office/batches")


@blp.get("")
@signed_in_as("office")
def index() -> ResponseReturnValue:
    """What was decided for many, the latest first."""
    found = service("review").get("/v1/batches", after=request.args.get("after")).body
    return render_template("office/batches.html", found=found)


@blp.post("")
@signed_in_as("office")
def begin() -> ResponseReturnValue:
    """Decides everything that waits in the queue, of one project or of all."""
    body = {name: request.form.get(name, "").strip() or None for name in ("action", "opinion", "project_id")}
    try:
        batch = service("review").post("/v1/batches", body, key=once()).body
    except Refused as refused:
        if refused.status not in {409, 422}:
            raise
        flash(together(words(t.code, t.params) for t in refused), "danger")
        return redirect(url_for("cases.queue"), 303)
    return redirect(url_for("batches.show", batch_id=batch["batch_id"]), 303)


@blp.get("/<uuid:batch_id>")
@signed_in_as("office")
def show(batch_id: Any) -> ResponseReturnValue:
    """How far it has come, and what became of each case; while it runs the page asks again by itself."""
    review = service("review")
    result = request.args.get("result", "")
    batch = review.get(f"/v1/batches/{batch_id}").body
    lines = review.get(f"/v1/batches/{batch_id}/results", result=result, after=request.args.get("after"), limit=50).body
    page = "office/batch_part.html" if request.headers.get("HX-Request") else "office/batch.html"
    return render_template(page, batch=batch, lines=lines, reasons=reasons(lines["items"]), result=result)


@blp.post("/<uuid:batch_id>/stop")
@signed_in_as("office")
def stop(batch_id: Any) -> ResponseReturnValue:
    """Ends it after its present piece."""
    act = lambda: service("review").post(f"/v1/batches/{batch_id}/stop", key=once())  # noqa: E731
    attempted(act, _("已停止，未处理的材料保持原样。"))
    return redirect(url_for("batches.show", batch_id=batch_id), 303)

"""Reconsideration of a rejection: asked for by the one who declared, decided by offices (B-10)."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal.acts import attempted
from shenbao_portal.client import service
from shenbao_portal.forms import once
from shenbao_portal.guards import local_path, signed_in_as
from shenbao_portal.texts import _

blp = Blueprint("reconsiderations", __name__)


@blp.post("/materials/<uuid:application_id>/reconsideration")
@signed_in_as("person", "unit", "sub_account")
def ask(application_id: Any) -> ResponseReturnValue:
    """Once, with a reason."""
    body = {"reason": request.form.get("reason", "").strip()}
    path = f"/v1/cases/{application_id}/reconsideration"
    attempted(lambda: service("review").post(path, body, key=once()), _("复核申请已提交。"))
    return redirect(local_path(request.form.get("back")), 303)


def asked_of(case: dict[str, Any] | None) -> dict[str, Any] | None:
    """The reconsideration of a case with its steps, where there is one."""
    standing = case.get("reconsideration") if case else None
    if case is None or not standing or not standing["reconsideration_id"]:
        return None
    found: dict[str, Any] = service("review").get(f"/v1/cases/{case['application_id']}/reconsideration").body
    return found


@blp.get("/office/reconsiderations")
@signed_in_as("office")
def index() -> ResponseReturnValue:
    """What waits for the office, or everything that it had to do with."""
    tab = "all" if request.args.get("tab") == "all" else "open"
    found = service("review").get("/v1/reconsiderations", tab=tab, after=request.args.get("after")).body
    return render_template("office/reconsiderations.html", found=found, tab=tab)


@blp.post("/office/reconsiderations/<uuid:reconsideration_id>")
@signed_in_as("office", may="review.decide")
def decide(reconsideration_id: Any) -> ResponseReturnValue:
    """The open step of the office."""
    opinion = request.form.get("opinion", "").strip() or None
    body = {"step_id": request.form.get("step_id"), "action": request.form.get("action"), "opinion": opinion}
    path = f"/v1/reconsiderations/{reconsideration_id}/decisions"
    attempted(lambda: service("review").post(path, body, key=once()), _("复核意见已提交。"))
    return redirect(url_for("reconsiderations.index"), 303)

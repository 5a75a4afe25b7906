"""Voting in a committee's sitting, and the chair's signature (B-04)."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal import contents
from shenbao_portal.acts import attempted
from shenbao_portal.client import Answer, service
from shenbao_portal.forms import once
from shenbao_portal.guards import signed_in_as
from shenbao_portal.pages.files import passed_on
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _

blp = Blueprint("ballots", __name__, url_prefix="/ballots")


@blp.get("")
@signed_in_as()
def index() -> ResponseReturnValue:
    """The sittings in which one sits, and taking up an invitation."""
    found = service("review").get("/v1/ballots", after=request.args.get("after"), limit=20).body
    return render_template("ballots/listed.html", found=found)


@blp.post("/membership")
@signed_in_as()
def join() -> ResponseReturnValue:
    """From now on one votes with this account."""
    body = {"invitation": request.form.get("invitation", "").strip()}
    if not body["invitation"]:
        flash(_("请填写邀请码"), "warning")
    else:
        act = lambda: service("review").post("/v1/memberships", body, key=once())  # noqa: E731
        attempted(act, _("已加入专家库，可以用本账号参加评审投票。"))
    return redirect(url_for("ballots.index"), 303)


@blp.get("/<uuid:sitting_id>")
@signed_in_as()
def show(sitting_id: Any) -> ResponseReturnValue:
    """The own ballot while it is open, the minutes when it is over."""
    review = service("review")
    ballot = review.get(f"/v1/ballots/{sitting_id}").body
    minutes = None
    if ballot["state"] in {"closed", "signed"}:
        minutes = review.get(f"/v1/ballots/{sitting_id}/minutes").body
    return render_template("ballots/show.html", ballot=ballot, minutes=minutes)


@blp.get("/<uuid:sitting_id>/applications/<uuid:application_id>")
@signed_in_as()
def application(sitting_id: Any, application_id: Any) -> ResponseReturnValue:
    """One application of the agenda, masked as its programme says."""
    ballot = service("review").get(f"/v1/ballots/{sitting_id}").body
    found = _evaluated(sitting_id, application_id)
    pack = contents.form_of(found["programme"], found["programme_version"], found["variant"])
    wanted = {**pack, "sections": [s for s in pack["sections"] if s["key"] not in found["hidden"]]}
    sections = contents.shown(wanted, found["sections"])
    return render_template("ballots/application.html", ballot=ballot, found=found, sections=sections)


@blp.get("/<uuid:sitting_id>/applications/<uuid:application_id>/files/<uuid:document_id>")
@signed_in_as()
def file(sitting_id: Any, application_id: Any, document_id: Any) -> ResponseReturnValue:
    """A file of an application of the agenda."""
    slip = _evaluated(sitting_id, application_id)["files"].get(str(document_id))
    if slip is None:
        raise Refused(404, "not_found", {}, ())
    return passed_on("/v1/evaluated-files", method="POST", body={"slip": slip})


def _evaluated(sitting_id: Any, application_id: Any) -> Answer:
    """Review signs that it is on the agenda, applications shows it."""
    slip = service("review").get(f"/v1/ballots/{sitting_id}/applications/{application_id}/slip")["slip"]
    return service("applications").post("/v1/evaluations", {"slip": slip})


@blp.post("/<uuid:sitting_id>")
@signed_in_as()
def vote(sitting_id: Any) -> ResponseReturnValue:
    """Casts the whole ballot, once."""
    choices = {name[2:]: value for name, value in request.form.items() if name.startswith("c-")}
    body = {"round": request.form.get("round"), "choices": choices}
    attempted(lambda: service("review").put(f"/v1/ballots/{sitting_id}", body), _("投票已完成，谢谢。"))
    return redirect(url_for("ballots.show", sitting_id=sitting_id), 303)


@blp.post("/<uuid:sitting_id>/recusals")
@signed_in_as()
def recuse(sitting_id: Any) -> ResponseReturnValue:
    """Declares a conflict with one candidate."""
    body = {"application_id": request.form.get("application_id")}
    act = lambda: service("review").post(f"/v1/ballots/{sitting_id}/recusals", body, key=once())  # noqa: E731
    attempted(act, _("已申明回避，该材料不在您的选票上。"))
    return redirect(url_for("ballots.show", sitting_id=sitting_id), 303)


@blp.post("/<uuid:sitting_id>/signature")
@signed_in_as()
def sign(sitting_id: Any) -> ResponseReturnValue:
    """The chair signs what was read."""
    body = {"content_hash": request.form.get("content_hash", "")}
    act = lambda: service("review").post(f"/v1/ballots/{sitting_id}/signature", body, key=once())  # noqa: E731
    attempted(act, _("会议纪要已签署，评审结果生效。"))
    return redirect(url_for("ballots.show", sitting_id=sitting_id), 303)

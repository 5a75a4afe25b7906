"""A committee's sitting on the pages of its secretary (B-04)."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal.acts import attempted
from shenbao_portal.client import Service, service
from shenbao_portal.forms import once
from shenbao_portal.guards import signed_in_as
from shenbao_portal.messages import together, words
from shenbao_portal.pages.files import passed_on
from shenbao_portal.pages.publicity import names_of
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _

blp = Blueprint("sittings", __name__, url_prefix="/office")

_CHIEF = "review.assign"
_WHOLE_POOL = 1000
_MOST_CANDIDATES = 1000
"""Of one sitting."""


@blp.get("/sittings")
@signed_in_as("office", may=_CHIEF)
def index() -> ResponseReturnValue:
    """The sittings of the office, the latest first."""
    found = service("review").get("/v1/sittings", after=request.args.get("after"), limit=20).body
    return render_template("sittings/listed.html", found=found)


@blp.post("/committees/<uuid:committee_id>/sittings")
@signed_in_as("office", may=_CHIEF)
def plan(committee_id: Any) -> ResponseReturnValue:
    """A sitting about the ticked cases."""
    form = request.form
    ids = form.getlist("ids")
    if form.get("all"):
        waiting = _every("/v1/cases", _MOST_CANDIDATES, committee_id=committee_id)
        ids = [case["application_id"] for case in waiting]
    body = {"title": form.get("title", "").strip(), "held_on": form.get("held_on", ""), "ids": ids}
    if seats := form.get("seats", "").strip():
        body["seats"] = seats
    if not body["ids"]:
        flash(_("请先勾选材料"), "warning")
        return redirect(url_for("committees.show", committee_id=committee_id), 303)
    try:
        made = service("review").post(f"/v1/committees/{committee_id}/sittings", body, key=once()).body
    except Refused as refused:
        if refused.status not in {409, 422}:
            raise
        flash(together(words(t.code, t.params) for t in refused), "danger")
        return redirect(url_for("committees.show", committee_id=committee_id), 303)
    flash(_("评审会议已安排。"), "success")
    return redirect(url_for("sittings.show", sitting_id=made["sitting_id"]), 303)


def _every(path: str, most: int, **query: Any) -> list[dict[str, Any]]:
    """Page by page; what comes later waits for the next time."""
    found: list[dict[str, Any]] = []
    after: str | None = None
    while len(found) < most:
        page = service("review").get(path, after=after, limit=100, **query).body
        found += page["items"]
        after = page["next"]
        if not after:
            break
    return found[:most]


@blp.get("/sittings/<uuid:sitting_id>")
@signed_in_as("office", may=_CHIEF)
def show(sitting_id: Any) -> ResponseReturnValue:
    """Everything of a sitting, with what is to be done next."""
    review = service("review")
    sitting = review.get(f"/v1/sittings/{sitting_id}").body
    experts, recount, minutes = [], None, None
    if sitting["state"] == "planned":
        seated = {member["expert_id"] for member in sitting["members"]}
        pool = _every("/v1/experts", _WHOLE_POOL)
        experts = [e for e in pool if e["joined"] and not e["ended_at"] and e["expert_id"] not in seated]
    if sitting["state"] in {"closed", "signed"}:
        recount = review.get(f"/v1/sittings/{sitting_id}/recount").body["rounds"]
        minutes = review.get(f"/v1/sittings/{sitting_id}/minutes").body
    names = names_of(sitting["candidates"])
    return render_template(
        "sittings/show.html", sitting=sitting, experts=experts, recount=recount, minutes=minutes, names=names
    )


@blp.post("/sittings/<uuid:sitting_id>/members")
@signed_in_as("office", may=_CHIEF)
def assign(sitting_id: Any) -> ResponseReturnValue:
    body = {"expert_ids": request.form.getlist("experts")}
    return _done(sitting_id, lambda review, path: review.post(f"{path}/members", body, key=once()), _("成员已加入。"))


@blp.post("/sittings/<uuid:sitting_id>/draw")
@signed_in_as("office", may=_CHIEF)
def draw(sitting_id: Any) -> ResponseReturnValue:
    """By lot."""
    body = {"number": request.form.get("number") or 0, "specialty": request.form.get("specialty", "").strip() or None}
    return _done(sitting_id, lambda review, path: review.post(f"{path}/draw", body, key=once()), _("抽取完成。"))


@blp.post("/sittings/<uuid:sitting_id>/attendance")
@signed_in_as("office", may=_CHIEF)
def attend(sitting_id: Any) -> ResponseReturnValue:
    """Who is there and who chairs."""
    body = {"expert_ids": request.form.getlist("there"), "chair_id": request.form.get("chair") or None}
    return _done(sitting_id, lambda review, path: review.put(f"{path}/attendance", body), _("出席情况已登记。"))


@blp.post("/sittings/<uuid:sitting_id>/<any(ballot, close, 'second-round', cancellation):act>")
@signed_in_as("office", may=_CHIEF)
def act(sitting_id: Any, act: str) -> ResponseReturnValue:
    """Opens, closes, opens once more, calls off."""
    said = {
        "ballot": _("投票已开始。"),
        "close": _("投票已结束，结果已统计。"),
        "second-round": _("第二轮投票已开始。"),
        "cancellation": _("会议已取消，材料等待另行安排。"),
    }
    return _done(sitting_id, lambda review, path: review.post(f"{path}/{act}", key=once()), said[act])


@blp.get("/sittings/<uuid:sitting_id>/minutes")
@signed_in_as("office", may=_CHIEF)
def printed(sitting_id: Any) -> ResponseReturnValue:
    """The signed minutes as PDF."""
    slip = service("review").get(f"/v1/sittings/{sitting_id}/minutes/slip")["slip"]
    return passed_on("/v1/minutes", method="POST", body={"minutes": slip})


@blp.post("/sittings/<uuid:sitting_id>/minutes")
@signed_in_as("office", may=_CHIEF)
def write(sitting_id: Any) -> ResponseReturnValue:
    body = {"text": request.form.get("text", "").strip()}
    return _done(sitting_id, lambda review, path: review.put(f"{path}/minutes", body), _("已保存"))


def _done(sitting_id: Any, change: Callable[[Service, str], object], said: str) -> ResponseReturnValue:
    attempted(lambda: change(service("review"), f"/v1/sittings/{sitting_id}"), said)
    return redirect(url_for("sittings.show", sitting_id=sitting_id), 303)

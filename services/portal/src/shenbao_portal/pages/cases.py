"""The office's work: its queue, one case with its material and log, deciding singly and for many."""

from collections import Counter
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal import case_forms, contents, material_forms
from shenbao_portal.acts import attempted
from shenbao_portal.client import service
from shenbao_portal.colleagues import named, reasons
from shenbao_portal.forms import once
from shenbao_portal.guards import signed_in_as
from shenbao_portal.i18n import naming
from shenbao_portal.messages import together, words
from shenbao_portal.refusals import Refused, Unreachable
from shenbao_portal.texts import _, _l, ngettext

blp = Blueprint("cases", __name__, url_prefix="/office/cases")

_MOST_TOLD = 5
"""Reasons for which ticked cases were refused, the most frequent first."""

TABS = ("open", "passed", "returned", "watched", "all")


@blp.get("")
@signed_in_as("office")
def queue() -> ResponseReturnValue:
    """The cases of this body under each tab, with the persons they are about."""
    tab = request.args.get("tab", "open")
    tab = tab if tab in TABS else "open"
    filters = {k: request.args.get(k, "").strip() for k in ("q", "project_id")}
    review = service("review")
    claimed = request.args.get("claimed", "")
    overdue = "true" if request.args.get("overdue") else None
    cases = review.get(
        "/v1/cases", tab=tab, claimed=claimed, overdue=overdue, after=request.args.get("after"), **filters
    ).body
    counts = review.get("/v1/cases/counts", project_id=filters["project_id"]).body
    return render_template(
        "office/queue.html",
        tab=tab,
        tabs=TABS,
        cases=cases["items"],
        next=cases["next"],
        counts=counts,
        filters=filters | {"claimed": claimed, "overdue": overdue or ""},
        materials=materials_of(cases["items"]),
        projects=project_choices(),
    )


@blp.get("/<uuid:application_id>")
@signed_in_as("office")
def case(application_id: Any) -> ResponseReturnValue:
    """Everything that a decision needs on one page."""
    return _case(application_id)


@blp.post("/<uuid:application_id>/decision")
@signed_in_as("office")
def decide(application_id: Any) -> ResponseReturnValue:
    """Passes or returns; a case that changed meanwhile is shown again."""
    form = request.form
    body: dict[str, Any] = {
        "step_id": form.get("step_id"),
        "action": form.get("action"),
        "opinion": form.get("opinion", "").strip(),
    }
    if (score := form.get("score", "").strip()) and body["action"] != "return":
        body["score"] = score
    # Items that were listed and then passed after all are left aside, as the page says.
    body["items"] = case_forms.items(form) if body["action"] == "return" else []
    try:
        service("review").post(f"/v1/cases/{application_id}/decisions", body, key=once(), etag=form.get("etag", ""))
    except Refused as refused:
        if refused.status not in {409, 412, 422}:
            raise
        return _case(application_id, refused=named(refused), typed=body | {"items": case_forms.items(form)})
    flash(_done_text(str(body["action"])), "success")
    return _back()


@blp.post("/<uuid:application_id>/<any(claim, release):what>")
@signed_in_as("office")
def share(application_id: Any, what: str) -> ResponseReturnValue:
    """Claims a case, or puts it back in the pool of the office (B-09)."""
    said = _("已认领，其他人不能处理此材料。") if what == "claim" else _("已放回，其他人可以处理此材料。")
    attempted(lambda: _shared(application_id, what), said)
    return redirect(url_for("cases.case", application_id=application_id), 303)


def _shared(application_id: Any, what: str) -> None:
    try:
        service("review").post(f"/v1/cases/{application_id}/{what}", key=once())
    except Refused as refused:
        raise named(refused) from None


@blp.post("/<uuid:application_id>/self-declaring/<uuid:unit_id>")
@signed_in_as("office", may="review.decide")
def end_self_declaring(application_id: Any, unit_id: Any) -> ResponseReturnValue:
    """The unit of this case examines itself from now on."""
    said = _("已取消标记，该单位以后上报的材料由单位审查")
    attempted(lambda: service("units").delete(f"/v1/units/{unit_id}/self-declaring"), said)
    return redirect(url_for("cases.case", application_id=application_id), 303)


@blp.post("/decisions")
@signed_in_as("office")
def decide_all() -> ResponseReturnValue:
    """One decision for all ticked cases; each has its own result."""
    ids = request.form.getlist("ids")
    body = {
        "ids": ids,
        "action": request.form.get("action"),
        "opinion": request.form.get("opinion", "").strip(),
        "versions": {i: version for i in ids if (version := request.form.get(f"version-{i}", type=int)) is not None},
    }
    if not ids:
        flash(_("请先勾选材料"), "warning")
        return _back()
    try:
        results = service("review").post("/v1/decisions", body, key=once()).body["results"]
    except Refused as refused:
        flash(together(words(t.code, t.params) for t in refused), "danger")
        return _back()
    _tell(results)
    return _back()


def _case(application_id: Any, *, refused: Refused | None = None, typed: Any = None) -> ResponseReturnValue:
    review = service("review")
    found = review.post(f"/v1/cases/{application_id}/view")
    material = service("applications").get(f"/v1/applications/{application_id}").body
    pack = contents.pack_of_application(material)
    log = review.get(f"/v1/cases/{application_id}/log", limit=100).body["items"]
    findings, own_findings = _findings(application_id)
    page = render_template(
        "office/case.html",
        case=found.body,
        etag=found.etag,
        material=material,
        sections=contents.shown(pack, material["sections"], material["hidden"]),
        documents=material["forms"],
        log=log,
        findings=findings,
        own_findings=own_findings,
        clauses=_clauses(application_id),
        items=contents.items_of(pack),
        compared=_compared(application_id, pack) if found["round"] > 1 else [],
        errors=material_forms.errors_of(refused or ()),
        refused=refused,
        typed=typed or {},
    )
    return page, 422 if refused else 200


def _findings(application_id: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Where others, and where the applicant, claim the same evidence; nothing while a service is away or has not heard
    of the case yet.
    """
    try:
        found = service("documents").get("/v1/findings", application_id=application_id).body["items"]
        ids = sorted({one["application_id"] for one in found})
        asked = f"/v1/applications/{application_id}/same-person"
        own = service("applications").post(asked, {"ids": ids})["ids"] if ids else []
    except (Refused, Unreachable):
        return [], []
    return [f for f in found if f["application_id"] not in own], [f for f in found if f["application_id"] in own]


def _clauses(application_id: Any) -> list[dict[str, Any]]:
    """The conditions of the programme, judged; nothing for an office that reads only a part."""
    try:
        found: list[dict[str, Any]] = (
            service("applications").get(f"/v1/applications/{application_id}/check").body["clauses"]
        )
    except Refused as refused:
        if refused.status != 404:
            raise
        return []
    return found


def _compared(application_id: Any, pack: contents.Pack) -> list[tuple[str, list[str], list[str]]]:
    """What the correction changed; nothing where the new report is no correction."""
    try:
        found = service("applications").get(f"/v1/applications/{application_id}/comparison")
    except Refused as refused:
        if refused.status != 404:
            raise
        return []
    return contents.compared(pack, found["items"])


def materials_of(cases: list[dict[str, Any]]) -> dict[str, Any]:
    """The applications of these cases by id, a hundred at a time: names are applications' to tell."""
    found: dict[str, Any] = {}
    for first in range(0, len(cases), 100):
        ids = ",".join(case["application_id"] for case in cases[first : first + 100])
        page = service("applications").get("/v1/applications", ids=ids, limit=100).body["items"]
        found |= {item["id"]: item for item in page}
    return found


def project_choices() -> list[tuple[str, str]]:
    found = service("applications").get("/v1/projects", limit=100).body["items"]
    return [("", _("全部项目")), *((p["id"], p["name"]) for p in found)]


def _back() -> ResponseReturnValue:
    """To the queue as the officer had narrowed it."""
    kept: dict[str, Any] = {name: request.args.get(name) or None for name in ("project_id", "claimed")}
    return redirect(url_for("cases.queue", **kept), 303)


def _done_text(action: str) -> str:
    return _("已退回，单位可以修改后重新上报。") if action == "return" else _("审核意见已提交。")


def _tell(results: list[dict[str, Any]]) -> None:
    done = sum(r["result"] == "decided" for r in results)
    flash(ngettext("已处理 %(num)d 份材料", "已处理 %(num)d 份材料", done), "success" if done else "warning")
    refused = Counter(together(why) for why in reasons(r for r in results if r["result"] == "refused"))
    for why, number in refused.most_common(_MOST_TOLD):
        flash(naming(_l("%(number)d 份未处理：%(why)s"), number=number, why=why), "warning")
    if more := refused.total() - sum(number for _why, number in refused.most_common(_MOST_TOLD)):
        flash(_("%(number)d 份未处理：%(why)s", number=more, why=_("其他原因")), "warning")

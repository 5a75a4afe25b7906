"""The five pages of every variant (S4g-09): fill in, report, print, returned, tracking; and the list of one project."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal import contents, programmes, workbooks
from shenbao_portal.client import service
from shenbao_portal.forms import once
from shenbao_portal.guards import require, signed_in_as
from shenbao_portal.menu import WORK_PAGES, work_path
from shenbao_portal.messages import words
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, ngettext

blp = Blueprint("work", __name__, url_prefix="/declare/<programme>/<variant>")

_LISTS = {"report": "to_report", "print": "reported", "returned": "returned", "tracking": "tracked"}
"""Page -> tab of the list of materials that it shows; the report page has the returned ones beside (S4g-22)."""


@blp.get("/fill")
@signed_in_as("unit", "sub_account", may="application.fill")
def fill(programme: str, variant: str) -> ResponseReturnValue:
    """The projects of this variant, to fill in or manage materials of (S4g-10, S4g-11)."""
    where = _where(programme, variant, "fill")
    filters = {k: request.args.get(k, "").strip() for k in ("q", "publisher_id", "year")}
    applications = service("applications")
    found = applications.get(
        "/v1/projects", programme=programme, variant=variant, after=request.args.get("after"), **filters
    ).body
    publishers = applications.get("/v1/projects/publishers").body["items"]
    return render_template("work/fill.html", **where, found=found, filters=filters, publishers=publishers)


@blp.get("/projects/<uuid:project_id>")
@signed_in_as("unit", "sub_account")
def notice(programme: str, variant: str, project_id: Any) -> ResponseReturnValue:
    """The project's notice: what it requires, who and what it accepts."""
    where = _where(programme, variant, "fill")
    project = service("applications").get(f"/v1/projects/{project_id}").body
    return render_template("work/notice.html", **where, project=project)


@blp.get("/projects/<uuid:project_id>/materials")
@signed_in_as("unit", "sub_account", may="application.fill")
def manage(programme: str, variant: str, project_id: Any) -> ResponseReturnValue:
    """All materials of one project (S4g-16)."""
    where = _where(programme, variant, "fill")
    applications = service("applications")
    project = applications.get(f"/v1/projects/{project_id}").body
    tab = request.args.get("tab", "all")
    filters = {"project_id": str(project_id), "q": request.args.get("q", "").strip()}
    found = applications.get("/v1/applications", tab=tab, after=request.args.get("after"), **filters).body
    counts = applications.get("/v1/applications/counts", project_id=str(project_id)).body
    return render_template(
        "work/manage.html", **where, project=project, found=found, counts=counts, tab=tab, filters=filters
    )


@blp.post("/projects/<uuid:project_id>/materials/deletion")
@signed_in_as("unit", "sub_account", may="application.fill")
def delete(programme: str, variant: str, project_id: Any) -> ResponseReturnValue:
    """Deletes ticked materials that were not reported; the others are named (S4g-17)."""
    back = redirect(url_for("work.manage", programme=programme, variant=variant, project_id=project_id), 303)
    ids = request.form.getlist("ids")
    if not ids:
        flash(_("请先勾选材料"), "warning")
        return back
    results = service("applications").post("/v1/applications/deletions", {"ids": ids}, key=once()).body["results"]
    done = sum(r["result"] == "deleted" for r in results)
    if done:
        flash(ngettext("已删除 %(num)d 份材料", "已删除 %(num)d 份材料", done), "success")
    _name_refused(results, _("未删除"))
    return back


@blp.get("/<any(report, print, returned, tracking):page>")
@signed_in_as("unit", "sub_account")
def listed(programme: str, variant: str, page: str) -> ResponseReturnValue:
    """The materials of this variant in the state that the page is about."""
    where = _where(programme, variant, page)
    applications = service("applications")
    filters = {k: request.args.get(k, "").strip() for k in ("project", "q")}
    query = {"programme": programme, "variant": variant, "project_id": filters["project"], "q": filters["q"]}
    tab = "returned" if page == "report" and request.args.get("tab") == "returned" else _LISTS[page]
    found = applications.get("/v1/applications", tab=tab, after=request.args.get("after"), **query).body
    counts = applications.get("/v1/applications/counts", programme=programme, variant=variant).body
    work = applications.get("/v1/projects/work", programme=programme, variant=variant, limit=100).body["items"]
    shown = {
        "found": found,
        "filters": filters,
        "projects": [at["project"] for at in work],
        "tab": tab,
        "counts": counts,
    }
    return render_template(f"work/{page}.html", **where, **shown)


@blp.post("/report")
@signed_in_as("unit", "sub_account", may="application.report")
def report(programme: str, variant: str) -> ResponseReturnValue:
    """Reports the ticked materials with operator and telephone; each has its own result (S4g-18)."""
    where = url_for("work.listed", programme=programme, variant=variant, page="report")
    ids = request.form.getlist("ids")
    if not ids:
        flash(_("请先勾选材料"), "warning")
        return redirect(where, 303)
    body: dict[str, Any] = {"ids": ids, "confirmed": request.form.getlist("confirmed")}
    body |= {k: request.form.get(k, "").strip() for k in ("operator_name", "operator_phone")}
    try:
        results = service("applications").post("/v1/applications/reports", body, key=once()).body["results"]
    except Refused as refused:
        if refused.status != 422:
            raise
        for trouble in refused:
            flash(f"{_operator_field(trouble.name)}{words(trouble.code, trouble.params)}", "danger")
        return redirect(where, 303)
    done = sum(r["result"] == "reported" for r in results)
    if done:
        flash(ngettext("已上报 %(num)d 份材料", "已上报 %(num)d 份材料", done), "success")
    _name_refused(results, _("未上报"))
    return redirect(where, 303)


@blp.get("/export")
@signed_in_as("unit", "sub_account", may="application.export")
def export(programme: str, variant: str) -> ResponseReturnValue:
    """The summary workbook of exactly what the list shows (S4g-19)."""
    query = {k: request.args.get(k, "") for k in ("project_id", "tab", "q")}
    return workbooks.of_list(workbooks.SUMMARY, {"programme": programme, "variant": variant, **query})


def _where(programme: str, variant: str, page: str) -> dict[str, Any]:
    """Which programme, variant and page this is; 404 for what is not published."""
    found = programmes.find(programme)
    chosen = next((v for v in (found or {}).get("variants", []) if v["key"] == variant), None)
    if found is None or chosen is None:
        abort(404)
    name = next(text for key, text, _need in WORK_PAGES if key == page)
    newest = contents.pack_of(programme, found["version"])
    return {
        "programme": found,
        "variant": chosen,
        "page_key": page,
        "page_name": name,
        "base": work_path(programme, variant, "")[:-1],
        "form_kinds": {d["kind"]: d for d in newest["documents"]},
        "printed": contents.forms_of(newest, variant),
        "fills": require().kind in (chosen.get("fill") or newest["submission"]["fill"]),
        "asked": {word: newest.get(word, ()) for word in ("report_fields", "report_confirmations")},
    }


def _operator_field(name: str) -> str:
    fields = {"operator_name": _("操作人姓名"), "operator_phone": _("联系电话")}
    return _("%(label)s：", label=fields[name]) if name in fields else ""


def _name_refused(results: list[dict[str, Any]], what: str) -> None:
    for result in (r for r in results if r["result"] == "refused"):
        reasons = [words(e["code"], e["params"]) for e in result.get("errors") or []] or [words(result["code"])]
        number = result.get("reference") or ""
        text = _("；").join(dict.fromkeys(reasons))
        flash(_("%(label)s：%(text)s", label=f"{number} {what}".strip(), text=text), "danger")

"""A unit verifies the performance archive of its people: by category, one record or many (S1-19 to S1-25).

A department does so for units that persons registered to declare in their name.
"""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal import archive_words
from shenbao_portal.client import service
from shenbao_portal.forms import once
from shenbao_portal.guards import signed_in_as
from shenbao_portal.messages import together, words
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, ngettext

blp = Blueprint("archive_review", __name__, url_prefix="/unit/archive")

TABS = ("pending", "passed", "failed", "all")


@blp.get("")
@signed_in_as("unit", "office")
def first() -> ResponseReturnValue:
    """The first category in which something waits."""
    found = archive_words.overview()["items"]
    chosen = next((c for c in found if c["pending"]), found[0])
    return redirect(url_for("archive_review.listed", category=chosen["key"]), 303)


@blp.get("/<category>")
@signed_in_as("unit", "office")
def listed(category: str) -> ResponseReturnValue:
    """The records of a category under each tab."""
    overview = archive_words.overview()
    found = overview["items"]
    chosen = next((c for c in found if c["key"] == category), None)
    if chosen is None:
        abort(404)
    tab = request.args.get("tab", "pending")
    tab = tab if tab in TABS else "pending"
    wanted = {"category": category, "q": request.args.get("q", "").strip()}
    applications = service("applications")
    records = applications.get("/v1/archive/records", tab=tab, after=request.args.get("after"), **wanted).body
    return render_template(
        "archive/review.html",
        categories=found,
        verifies=overview["verifies"],
        category=chosen,
        number=found.index(chosen) + 1,
        tab=tab,
        tabs=TABS,
        counts=applications.get("/v1/archive/records/counts", **wanted).body,
        records=[archive_words.shown(chosen, record) for record in records["items"]],
        next=records["next"],
        q=wanted["q"],
    )


@blp.get("/records/<uuid:record_id>/log")
@signed_in_as("unit", "office", "person")
def log(record_id: Any) -> ResponseReturnValue:
    """What was done to a record, and by whom."""
    applications = service("applications")
    record = applications.get(f"/v1/archive/records/{record_id}").body
    lines = applications.get(f"/v1/archive/records/{record_id}/log", limit=100).body["items"]
    category = next(c for c in archive_words.categories() if c["key"] == record["category"])
    return render_template("archive/log.html", record=record, category=category, lines=lines)


@blp.post("/<category>/decisions")
@signed_in_as("unit", "office")
def decide(category: str) -> ResponseReturnValue:
    """One decision for the record of a dialog, or for all that are ticked; each has its own result."""
    back = redirect(url_for("archive_review.listed", category=category), 303)
    body = {
        "ids": request.form.getlist("ids"),
        "action": request.form.get("action"),
        "opinion": request.form.get("opinion", "").strip(),
    }
    if not body["ids"]:
        flash(_("请先勾选记录"), "warning")
        return back
    try:
        results = service("applications").post("/v1/archive/decisions", body, key=once()).body["results"]
    except Refused as refused:
        if refused.status != 422:
            raise
        flash(together(words(t.code, t.params) for t in refused), "danger")
        return back
    _tell(results)
    return back


def _tell(results: list[dict[str, Any]]) -> None:
    done = sum(r["result"] == "decided" for r in results)
    flash(ngettext("已处理 %(num)d 条记录", "已处理 %(num)d 条记录", done), "success" if done else "warning")
    for code in sorted({r["code"] for r in results if r["result"] == "refused"}):
        number = sum(r.get("code") == code for r in results)
        flash(_("%(number)d 条未处理：%(why)s", number=number, why=words(code)), "warning")

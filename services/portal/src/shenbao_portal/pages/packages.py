"""Packages between levels: report up what was examined, take in what came, see what was sent and received (S4a-07)."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal.acts import attempted
from shenbao_portal.client import service
from shenbao_portal.forms import once
from shenbao_portal.guards import signed_in_as
from shenbao_portal.messages import words
from shenbao_portal.pages.cases import materials_of, project_choices
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _

blp = Blueprint("packages", __name__, url_prefix="/office/packages")


@blp.get("")
@signed_in_as("office")
def index() -> ResponseReturnValue:
    """What came from below, or what the office sent up."""
    box = "sent" if request.args.get("box") == "sent" else "received"
    found = service("review").get("/v1/packages", box=box, after=request.args.get("after")).body
    return render_template("packages/listed.html", found=found, box=box)


@blp.get("/new")
@signed_in_as("office", may="review.decide")
def new() -> ResponseReturnValue:
    """What waits in the office, to be ticked."""
    return _new()


@blp.post("/new")
@signed_in_as("office", may="review.decide")
def report_up() -> ResponseReturnValue:
    """The ticked cases go up together; where one is refused, none does, and each reason stands in its row."""
    ids = request.form.getlist("ids")
    typed = {name: request.form.get(name, "").strip() for name in ("title", "opinion")}
    if not ids:
        flash(_("请先勾选材料"), "warning")
        return _new(typed=typed), 422
    try:
        made = service("review").post("/v1/packages", typed | {"ids": ids}, key=once()).body
    except Refused as refused:
        if refused.status not in {409, 422}:
            raise
        return _new(typed=typed, ticked=ids, refused=refused), 422
    flash(_("已汇总上报 %(number)d 份材料。", number=made["sent"]), "success")
    return redirect(url_for("packages.show", package_id=made["package_id"]), 303)


@blp.get("/<uuid:package_id>")
@signed_in_as("office")
def show(package_id: Any) -> ResponseReturnValue:
    """What is in it, and what has left it."""
    package = service("review").get(f"/v1/packages/{package_id}").body
    return render_template("packages/show.html", package=package, materials=materials_of(package["cases"]))


@blp.post("/<uuid:package_id>/receipt")
@signed_in_as("office")
def receive(package_id: Any) -> ResponseReturnValue:
    """Takes a package in."""
    act = lambda: service("review").post(f"/v1/packages/{package_id}/receipt", key=once())  # noqa: E731
    attempted(act, _("已接收，材料在“审核材料”中待审核。"))
    return redirect(url_for("packages.show", package_id=package_id), 303)


def _new(*, typed: Any = None, ticked: Any = (), refused: Refused | None = None) -> str:
    asked = {"project_id": request.args.get("project_id", ""), "after": request.args.get("after"), "limit": 100}
    found = service("review").get("/v1/cases", tab="open", **asked).body
    waiting = [case for case in found["items"] if case["current"] and "pass" in case["current"]["actions"]]
    return render_template(
        "packages/new.html",
        waiting=waiting,
        next=found["next"],
        materials=materials_of(waiting),
        projects=project_choices(),
        project_id=asked["project_id"],
        typed=typed or {},
        ticked=ticked,
        wrong=_wrong(refused, ticked),
    )


def _wrong(refused: Refused | None, ticked: Any) -> dict[str, list[str]]:
    """Why it was refused: by field, by the case of the row, and under "" what is about the whole."""
    found: dict[str, list[str]] = {}
    for trouble in refused or ():
        name, _dot, number = trouble.path.partition(".")
        where = ticked[int(number)] if name == "ids" and number.isdigit() and int(number) < len(ticked) else name
        found.setdefault(where, []).append(words(trouble.code, trouble.params))
    return found

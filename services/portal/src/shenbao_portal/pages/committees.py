"""Committees of an office and its pool of experts (B-04)."""

import re
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, HiddenField, RadioField, SelectMultipleField, StringField

from shenbao_portal import programmes
from shenbao_portal.acts import attempted
from shenbao_portal.client import service
from shenbao_portal.forms import Form, Needed, at_most, once, stripped
from shenbao_portal.guards import signed_in_as
from shenbao_portal.i18n import named_text, naming
from shenbao_portal.messages import words
from shenbao_portal.pages.publicity import names_of
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

blp = Blueprint("committees", __name__, url_prefix="/office")

_CHIEF = "review.assign"


class CommitteeForm(Form):
    name = StringField(_l("评审委员会名称"), [Needed(), at_most(200)])
    programmes = SelectMultipleField(
        _l("适用的申报事项"), description=_l("不勾选则适用全部事项。"), validate_choice=False
    )
    groups = StringField(_l("评审专业或学科组"), [at_most(500)], description=_l("用逗号分隔；不填则评审全部专业。"))
    outside = RadioField(
        _l("评审方式"), choices=[("no", _l("在本系统评审")), ("yes", _l("在系统外评审，导入结果"))], default="no"
    )


class ExpertForm(Form):
    q = HiddenField()
    name = StringField(_l("姓名"), [Needed(), at_most(60)])
    specialties = StringField(_l("评审专业"), [at_most(500)], description=_l("用逗号分隔。"))
    term_from = DateField(_l("聘期起"), [Needed()])
    term_to = DateField(_l("聘期止"), [Needed()])
    unit_id = RadioField(_l("工作单位"), choices=[], validate_choice=False)


@blp.route("/committees", methods=["GET", "POST"])
@signed_in_as("office", may=_CHIEF)
def index() -> ResponseReturnValue:
    """The committees that the office runs, and forming one."""
    form = CommitteeForm()
    form.programmes.choices = list(_names_of_programmes().items())
    if form.validate_on_submit():
        lists = {"programmes": form.programmes.data or [], "groups": listed(form.groups.data)}
        body = {**stripped(form, "name"), **lists, "outside": form.outside.data == "yes"}
        try:
            made = service("review").post("/v1/committees", body, key=once()).body
            flash(_("评审委员会已设立。"), "success")
            if made["overlaps"]:
                names = _("、").join(one["name"] for one in made["overlaps"])
                said = _l("与 %(names)s 的评审范围重叠，相关材料无法上报；请停用其中之一或划分学科组。")
                flash(naming(said, names=names), "warning")
            return redirect(url_for("committees.show", committee_id=made["committee_id"]), 303)
        except Refused as refused:
            form.take(refused)
    found = service("review").get("/v1/committees", after=request.args.get("after"), limit=20).body
    return render_template("committees/listed.html", form=form, found=found, programmes=_names_of_programmes())


def _names_of_programmes() -> dict[str, str]:
    return {programmes.programme_key(p): named_text(p) for p in programmes.published()}


@blp.get("/committees/<uuid:committee_id>")
@signed_in_as("office", may=_CHIEF)
def show(committee_id: Any) -> ResponseReturnValue:
    """A committee with what waits for a sitting."""
    review = service("review")
    committee = review.get(f"/v1/committees/{committee_id}").body
    waiting = review.get("/v1/cases", committee_id=committee_id, after=request.args.get("after"), limit=100).body
    names = names_of(waiting["items"])
    known = _names_of_programmes()
    return render_template("committees/show.html", committee=committee, waiting=waiting, names=names, programmes=known)


@blp.post("/committees/<uuid:committee_id>/activity")
@signed_in_as("office", may=_CHIEF)
def change(committee_id: Any) -> ResponseReturnValue:
    """Evaluates no more, or again."""
    review = service("review")
    known = review.get(f"/v1/committees/{committee_id}").body
    body = {name: known[name] for name in ("name", "programmes", "groups", "outside")}
    body["active"] = request.form.get("active") == "yes"
    etag = f'"{request.form.get("version", "")}"'
    attempted(lambda: review.put(f"/v1/committees/{committee_id}", body, etag=etag), _("已保存"))
    return redirect(url_for("committees.show", committee_id=committee_id), 303)


@blp.post("/committees/<uuid:committee_id>/results")
@signed_in_as("office", may=_CHIEF)
def hand_in(committee_id: Any) -> ResponseReturnValue:
    """The workbook of a committee that sits elsewhere; every bad row is told."""
    back = redirect(url_for("committees.show", committee_id=committee_id), 303)
    file = request.files.get("file")
    if file is None or not file.filename:
        flash(_("请选择文件"), "warning")
        return back
    try:
        taken = service("review").upload(f"/v1/committees/{committee_id}/results-workbook", file).body
    except Refused as refused:
        if refused.status not in {409, 422}:
            raise
        for trouble in refused:
            flash(_row(trouble.path) + words(trouble.code, trouble.params), "danger")
        return back
    flash(
        _("已导入：通过 %(passed)d 人，不通过 %(failed)d 人。", passed=taken["passed"], failed=taken["failed"]),
        "success",
    )
    return back


def _row(path: str) -> str:
    """Of which row of the workbook a refusal speaks."""
    parts = path.split(".")
    return _("第 %(row)s 行：", row=parts[1]) if parts[0] == "rows" else ""


@blp.get("/experts")
@signed_in_as("office", may=_CHIEF)
def pool() -> ResponseReturnValue:
    """Who may be drawn or assigned."""
    specialty = request.args.get("specialty", "").strip()
    asked = {"specialty": specialty, "after": request.args.get("after"), "limit": 20}
    found = service("review").get("/v1/experts", **asked).body
    return render_template("committees/experts.html", found=found, specialty=specialty)


@blp.route("/experts/new", methods=["GET", "POST"])
@signed_in_as("office", may=_CHIEF)
def add() -> ResponseReturnValue:
    """Puts somebody into the pool; shows the invitation, once."""
    q = (request.values.get("q") or "").strip()
    form = ExpertForm(data={"q": q})
    found = service("units").get("/v1/units", q=q[:50], limit=20).body["items"] if q else []
    form.unit_id.choices = [(hit["id"], f"{hit['name']} · {hit['department_name']}") for hit in found]
    if form.validate_on_submit():
        body: dict[str, Any] = {
            **stripped(form, "name"),
            "specialties": listed(form.specialties.data),
            "unit_id": form.unit_id.data or None,
            "term_from": form.term_from.data.isoformat(),
            "term_to": form.term_to.data.isoformat(),
        }
        try:
            made = service("review").post("/v1/experts", body, key=once()).body
            return render_template("committees/invited.html", invitation=made["invitation"], name=body["name"])
        except Refused as refused:
            form.take(refused)
    return render_template("committees/expert_new.html", form=form, q=q)


@blp.post("/experts/<uuid:expert_id>/invitation")
@signed_in_as("office", may=_CHIEF)
def invite(expert_id: Any) -> ResponseReturnValue:
    """A new invitation in place of the one before."""
    made = service("review").post(f"/v1/experts/{expert_id}/invitation", key=once()).body
    return render_template("committees/invited.html", invitation=made["invitation"], name="")


@blp.post("/experts/<uuid:expert_id>/end")
@signed_in_as("office", may=_CHIEF)
def end(expert_id: Any) -> ResponseReturnValue:
    """Is drawn no more."""
    act = lambda: service("review").post(f"/v1/experts/{expert_id}/end", key=once())  # noqa: E731
    attempted(act, _("已解聘，不再参加抽取。"))
    return redirect(url_for("committees.pool"), 303)


def listed(text: str | None) -> list[str]:
    """What stands between commas, Chinese or not."""
    parts = re.split(r"[,\uff0c\u3001]", text or "")
    return [part.strip() for part in parts if part.strip()]

"""An office's projects: those it published, and publishing a new one."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import NumberRange, ValidationError

from shenbao_portal import contents, programmes, workbooks
from shenbao_portal.acts import attempted
from shenbao_portal.client import service
from shenbao_portal.forms import Form, Needed, at_most, once
from shenbao_portal.guards import require, signed_in_as
from shenbao_portal.i18n import named_text, naming
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

blp = Blueprint("projects", __name__, url_prefix="/office/projects")

_DEPARTMENTS = ("first_level_department", "department")
"""Levels of the tree at which units are registered."""


class ProjectForm(Form):
    variant = SelectField(_l("申报类别"), [Needed()])
    name = StringField(_l("项目名称"), [Needed(), at_most(100)])
    batch = StringField(_l("批次"), [at_most(60)])
    year = IntegerField(_l("申报年度"), [Needed(), NumberRange(2000, 2100, _l("请填写四位年份"))])
    opens_on = DateField(_l("申报开始日期"), [Needed()])
    closes_on = DateField(_l("申报截止日期"), [Needed()])
    specialties = TextAreaField(_l("受理专业"), description=_l("每行一个；不填为不限"))
    scope_text = TextAreaField(_l("受理范围"), [at_most(500)], description=_l("写给申报单位看的说明"))
    scope_department_ids = SelectMultipleField(
        _l("受理的归口部门"), description=_l("不勾选为不限"), validate_choice=False
    )
    # Not asked for, and then not sent, where the office has no committee; the service refuses a wrong one.
    committee_id = SelectField(
        _l("评委会"), description=_l("选定后，申报人可以按评委会和学科组找到此项目"), validate_choice=False
    )
    groups = SelectMultipleField(_l("学科组"), description=_l("不勾选为评委会的全部学科组"), validate_choice=False)
    notice_title = StringField(_l("通知标题"), [Needed(), at_most(100)])
    notice_body = TextAreaField(_l("通知正文（相关要求）"), [Needed(), at_most(20000)], render_kw={"rows": 10})

    def validate_closes_on(self, field: Any) -> None:
        if self.opens_on.data and field.data and field.data < self.opens_on.data:
            raise ValidationError(_("截止日期不能早于开始日期"))


@blp.get("")
@signed_in_as("office", may="project.publish")
def index() -> ResponseReturnValue:
    """All projects that this office sees, newest first."""
    found = service("applications").get("/v1/projects", after=request.args.get("after")).body
    return render_template("office/projects.html", found=found, variants=_variants())


@blp.post("/<uuid:project_id>/numbering")
@signed_in_as("office", may="project.publish")
def number(project_id: object) -> ResponseReturnValue:
    """Numbers those who have reported and have no number yet (S4k-05)."""

    def assign() -> None:
        done = service("applications").post(f"/v1/projects/{project_id}/numbering", key=once())["numbered"]
        flash(_("已编号 %(count)s 人", count=done), "success")

    attempted(assign, _("申报者编号已完成，已有的编号保持不变"))
    return redirect(url_for("projects.index"), 303)


@blp.get("/<uuid:project_id>/roster")
@signed_in_as("office", may="application.export")
def roster(project_id: object) -> ResponseReturnValue:
    """The roster of those who are numbered."""
    return workbooks.of_list(workbooks.PLAN, {"project_id": str(project_id)})


@blp.route("/new", methods=["GET", "POST"])
@signed_in_as("office", may="project.publish")
def new() -> ResponseReturnValue:
    """Publishes a project; the service decides what an office may publish (S4g-12), only that is offered."""
    form = ProjectForm()
    own_id = require().organisation_id
    variants = _variants(service("units").get(f"/v1/organisations/{own_id}").body["level"])
    form.variant.choices = [("", ""), *((key, text) for key, (text, _programme) in variants.items())]
    below = service("units").get("/v1/organisations", limit=100).body["items"]
    form.scope_department_ids.choices = [(d["id"], d["name"]) for d in below if d["level"] in _DEPARTMENTS]
    own = [c for c in service("review").get("/v1/committees", limit=100).body["items"] if c["active"]]
    form.committee_id.choices = [("", ""), *((c["committee_id"], c["name"]) for c in own)]
    form.groups.choices = _groups() if own else []
    if form.validate_on_submit():
        try:
            made = service("applications").post("/v1/projects", _body(form, variants), key=once())
        except Refused as refused:
            if refused.status not in {403, 409, 422}:
                raise
            form.take(refused)
        else:
            flash(naming(_l("项目「%(name)s」已发布"), name=made["name"]), "success")
            return redirect(url_for("projects.index"), 303)
    return render_template("office/project_new.html", form=form), 422 if form.errors or form.form_errors else 200


def _body(form: ProjectForm, variants: dict[str, tuple[str, str]]) -> dict[str, Any]:
    lines = (form.specialties.data or "").splitlines()
    return {
        "programme": variants[form.variant.data][1],
        "variant": form.variant.data.split("/", 1)[1],
        "name": form.name.data.strip(),
        "year": form.year.data,
        "batch": (form.batch.data or "").strip(),
        "opens_on": form.opens_on.data.isoformat(),
        "closes_on": form.closes_on.data.isoformat(),
        "specialties": [line.strip() for line in lines if line.strip()],
        "scope_text": (form.scope_text.data or "").strip(),
        "scope_department_ids": form.scope_department_ids.data or [],
        "committee_id": form.committee_id.data or None,
        "groups": form.groups.data or [],
        "notice_title": form.notice_title.data.strip(),
        "notice_body": form.notice_body.data.strip(),
    }


def _variants(level: str = "") -> dict[str, tuple[str, str]]:
    """`programme/variant` -> (its name, the programme) of what is published, by offices of this level or of any."""
    return {
        f"{programmes.programme_key(p)}/{v['key']}": (f"{named_text(p)} - {named_text(v)}", programmes.programme_key(p))
        for p in programmes.published()
        for v in p.get("variants", [])
        if level in ("", v["publisher"])
    }


def _groups() -> list[tuple[str, str]]:
    """The subject groups by which the published programmes have committees evaluate."""
    found: dict[str, str] = {}
    for programme in programmes.published():
        pack = contents.pack_of(programmes.programme_key(programme), programme["version"])
        found |= dict(contents.subject_groups_of(pack))
    return list(found.items())

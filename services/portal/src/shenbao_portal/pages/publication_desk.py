"""An office's publications: notices, guides and questions, shown and hidden by their days."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, HiddenField, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional

from shenbao_portal import programmes
from shenbao_portal.client import Answer, service
from shenbao_portal.forms import Form, Needed, at_most, once
from shenbao_portal.guards import signed_in_as
from shenbao_portal.i18n import named_text, naming
from shenbao_portal.messages import words
from shenbao_portal.published import KINDS
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

blp = Blueprint("publication_desk", __name__, url_prefix="/office/publications")

_PATH = "/v1/publications"
_TYPED_WRONG = frozenset({403, 409, 412, 422})
_OF_A_COMMITTEE = ("scope", "specialties", "contact")


class PublicationForm(Form):
    kind = SelectField(_l("类别"), [Needed()], choices=[("", ""), *KINDS.items()])
    title = StringField(_l("标题"), [Needed(), at_most(200)], description=_l("常见问题填写问题"))
    body = TextAreaField(
        _l("正文"), [at_most(20000)], description=_l("常见问题填写解答；指南可以不填"), render_kw={"rows": 10}
    )
    programme = SelectField(_l("申报事项"))
    position = IntegerField(
        _l("排序"),
        [Optional(), NumberRange(0, 9999, _l("请填写 0 至 9999 的整数"))],
        description=_l("数字小的排在前面；公告按发布先后排列"),
    )
    visible_from = DateField(_l("显示开始日期"), [Optional()], description=_l("不填为隐藏"))
    visible_until = DateField(_l("显示截止日期"), [Optional()], description=_l("不填为一直显示"))
    project_ids = SelectMultipleField(_l("申报项目列表"), validate_choice=False)
    kept = SelectMultipleField(_l("保留的附件"), description=_l("取消勾选即删除"), validate_choice=False)
    attachments = HiddenField(_l("附件"))
    committees = HiddenField(_l("评委会"))
    etag = HiddenField()


@blp.get("")
@signed_in_as("office", may="project.publish")
def index() -> ResponseReturnValue:
    """What this office published, hidden ones too, the newest first."""
    found = service("applications").get(_PATH, after=request.args.get("after")).body
    return render_template("publications/desk.html", found=found, kinds=KINDS)


@blp.route("/new", methods=["GET", "POST"])
@signed_in_as("office", may="project.publish")
def new() -> ResponseReturnValue:
    """Writes a new one."""
    return _page(None)


@blp.route("/<uuid:publication_id>", methods=["GET", "POST"])
@signed_in_as("office", may="project.publish")
def edit(publication_id: Any) -> ResponseReturnValue:
    """Changes, shows or hides one."""
    return _page(service("applications").get(f"{_PATH}/{publication_id}"))


@blp.post("/<uuid:publication_id>/deletion")
@signed_in_as("office", may="project.publish")
def delete(publication_id: Any) -> ResponseReturnValue:
    """Deletes it, unless somebody changed it meanwhile."""
    try:
        service("applications").delete(f"{_PATH}/{publication_id}", etag=request.form.get("etag", ""))
    except Refused as refused:
        if refused.status != 412:
            raise
        flash(words(refused.code, refused.params), "danger")
        return redirect(url_for("publication_desk.edit", publication_id=publication_id), 303)
    flash(_("已删除"), "success")
    return redirect(url_for("publication_desk.index"), 303)


def _page(found: Answer | None) -> ResponseReturnValue:
    committees = service("review").get("/v1/committees", limit=100).body["items"]
    lines = _lines_typed(committees) if request.method == "POST" else _lines_of(found)
    form = _form(found)
    uploaded = [line.split("/", 1) for line in request.form.getlist("uploaded")]
    if form.validate_on_submit() and _take_files(form, uploaded):
        body = _body(form, lines, uploaded)
        try:
            if found is None:
                saved = service("applications").post(_PATH, body, key=once())
            else:
                saved = service("applications").put(f"{_PATH}/{found['id']}", body, etag=form.etag.data)
        except Refused as refused:
            if refused.status not in _TYPED_WRONG:
                raise
            form.take(refused)
        else:
            flash(naming(_l("「%(title)s」已保存"), title=saved["title"]), "success")
            return redirect(url_for("publication_desk.index"), 303)
    shown = {"form": form, "found": found and found.body, "committees": committees, "lines": lines}
    page = render_template("publications/desk_form.html", **shown, uploaded=uploaded)
    return page, 422 if form.errors or form.form_errors else 200


def _form(found: Answer | None) -> PublicationForm:
    """With what there is to choose from, and what is kept so far."""
    before: dict[str, Any] = {}
    if found is not None:
        before = {name: found[name] for name in ("kind", "title", "body", "programme", "position")}
        before |= {"project_ids": [p["id"] for p in found["projects"]], "etag": found.etag}
        before["kept"] = [one["document_id"] for one in found["attachments"]]
    form = PublicationForm(data=before)
    if found is not None and not form.is_submitted():
        form.visible_from.data, form.visible_until.data = _days(found)
    form.programme.choices = [("", _("全部申报事项"))]
    form.programme.choices += [(programmes.programme_key(p), named_text(p)) for p in programmes.published()]
    listed = service("applications").get("/v1/projects", limit=100).body["items"]
    of_before = [] if found is None else found["projects"]
    form.project_ids.choices = list({p["id"]: f"{p['name']} - {p['year']}" for p in [*of_before, *listed]}.items())
    form.kept.choices = [] if found is None else [(one["document_id"], one["name"]) for one in found["attachments"]]
    return form


def _days(found: Answer) -> list[Any]:
    return [date.fromisoformat(found[name]) if found[name] else None for name in ("visible_from", "visible_until")]


def _take_files(form: PublicationForm, uploaded: list[list[str]]) -> bool:
    """Uploads what was chosen; a receipt survives a form that is refused, so nobody chooses a file twice."""
    for file in request.files.getlist("files"):
        if not file.filename:
            continue
        try:
            made = service("documents").upload("/v1/files", file, purpose="publication")
        except Refused as refused:
            if refused.status not in _TYPED_WRONG:
                raise
            texts = [words(trouble.code, trouble.params) for trouble in refused]
            form.say(_("%(label)s：%(text)s", label=file.filename, text=" ".join(map(str, texts))), "attachments")
        else:
            uploaded.append([made["receipt"], made["name"]])
    return not form.attachments.errors


def _body(form: PublicationForm, lines: Mapping[str, Mapping[str, str]], uploaded: list[list[str]]) -> dict[str, Any]:
    days = {name: form[name].data and form[name].data.isoformat() for name in ("visible_from", "visible_until")}
    return {
        "kind": form.kind.data,
        "title": form.title.data.strip(),
        "body": (form.body.data or "").strip(),
        "programme": form.programme.data or "",
        "position": form.position.data or 0,
        **days,
        "project_ids": form.project_ids.data or [],
        "attachments": [
            *({"document_id": kept} for kept in form.kept.data or []),
            *({"receipt": receipt} for receipt, _name in uploaded),
        ],
        "committees": [
            {
                "committee_id": key,
                "scope": line["scope"],
                "specialties": [one.strip() for one in line["specialties"].splitlines() if one.strip()],
                "contact": line["contact"],
            }
            for key, line in lines.items()
            if any(line.values())
        ],
    }


def _lines_typed(committees: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    keys = [one["committee_id"] for one in committees]
    return {key: {name: request.form.get(f"{name}-{key}", "").strip() for name in _OF_A_COMMITTEE} for key in keys}


def _lines_of(found: Answer | None) -> dict[str, dict[str, str]]:
    return {
        line["committee_id"]: {**line, "specialties": "\n".join(line["specialties"])}
        for line in (found["committees"] if found else [])
    }

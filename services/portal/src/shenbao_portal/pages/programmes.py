"""Programme packs for administrators: what is published, checking a pack, publishing it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField, MultipleFileField

from shenbao_portal import programmes
from shenbao_portal.client import service
from shenbao_portal.forms import Form, once
from shenbao_portal.guards import signed_in_as
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

blp = Blueprint("programmes", __name__, url_prefix="/admin/programmes")


class PackForm(Form):
    pack = FileField(
        _l("配置文件"),
        description=_l("配置包中的 programme.yaml"),
        render_kw={"accept": ".yaml,.yml", "required": True},
    )
    templates = MultipleFileField(_l("打印模板"), description=_l("配置包 templates 文件夹中的 .typ 文件，可多选"))


@blp.get("")
@signed_in_as("admin", may="programme.publish")
def listed() -> ResponseReturnValue:
    """Each programme's newest version."""
    return render_template("admin/programmes.html", items=service("applications").get("/v1/programmes")["items"])


@blp.route("/new", methods=["GET", "POST"])
@signed_in_as("admin", may="programme.publish")
def publish() -> ResponseReturnValue:
    """Checks a pack, telling every problem with its line; publishes it when there is none and that was asked."""
    form = PackForm()
    problems: list[dict[str, Any]] | None = None
    if form.validate_on_submit():
        body = _pack(form)
        if body:
            problems = service("applications").post("/v1/programmes/check", body)["problems"]
            if not problems and "publish" in request.form and (answer := _published(form, body)):
                return answer
    return render_template("admin/programme_new.html", form=form, problems=problems)


def _pack(form: PackForm) -> dict[str, Any] | None:
    """The files' texts; says so at the field where one is missing or not text."""
    if not form.pack.data:
        form.say(_("请选择配置文件"), "pack")
        return None
    templates = [file for file in form.templates.data or [] if file and file.filename]
    try:
        text = form.pack.data.read().decode()
        return {"programme": text, "templates": {file.filename: file.read().decode() for file in templates}}
    except UnicodeDecodeError:
        form.say(_("文件不是 UTF-8 文本"), "pack")
        return None


def _published(form: PackForm, body: dict[str, Any]) -> ResponseReturnValue | None:
    try:
        done = service("applications").post("/v1/programmes", body, key=once()).body
    except Refused as refused:
        form.take(refused)
        return None
    programmes.forget()
    flash(_("已发布第 %(version)s 版", version=done["version"]), "success")
    return redirect(url_for("programmes.listed"), 303)

"""Code dictionaries: read by everybody who is signed in, kept by the central office."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, StringField

from shenbao_portal.acts import attempted
from shenbao_portal.client import service
from shenbao_portal.forms import Form, Needed, at_most, once, stripped
from shenbao_portal.guards import signed_in_as
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

blp = Blueprint("dictionaries", __name__, url_prefix="/dictionaries")

_READERS = ("office", "admin", "unit", "sub_account")


class CodeForm(Form):
    key = StringField(
        _l("代码"),
        [Needed(), at_most(60)],
        description=_l("小写英文字母、数字或下划线，保存后不可修改"),
        render_kw={"autocomplete": "off"},
    )
    zh = StringField(_l("中文名称"), [Needed(), at_most(200)], render_kw={"autocomplete": "off"})
    en = StringField(_l("英文名称"), [Needed(), at_most(200)], render_kw={"autocomplete": "off"})


class VersionForm(Form):
    name = StringField(
        _l("版本名称"), [Needed(), at_most(60)], description=_l("例如 2025"), render_kw={"autocomplete": "off"}
    )
    effective_on = DateField(
        _l("生效日期"), [Needed()], description=_l("自当日起新建的申报使用新代码，此前的申报保留原代码")
    )


@blp.get("")
@signed_in_as(*_READERS)
def listed() -> ResponseReturnValue:
    """The dictionaries, and the versions that were published of them."""
    applications = service("applications")
    versions = applications.get("/v1/code-versions", after=request.args.get("after"), limit=20).body
    found = applications.get("/v1/dictionaries").body
    return render_template("dictionaries/listed.html", found=found, versions=versions)


@blp.get("/versions/<int:number>")
@signed_in_as(*_READERS)
def version(number: int) -> ResponseReturnValue:
    """One published version with its codes."""
    found = service("applications").get(f"/v1/code-versions/{number}").body
    names = service("applications").get("/v1/dictionaries").body["items"]
    return render_template("dictionaries/version.html", found=found, names=names)


@blp.route("/versions/new", methods=["GET", "POST"])
@signed_in_as("office", "admin")
def publish() -> ResponseReturnValue:
    """Publishes what is prepared, from a day on."""
    form = VersionForm()
    if form.validate_on_submit():
        body = stripped(form, "name") | {"effective_on": form.effective_on.data.isoformat()}
        try:
            service("applications").post("/v1/code-versions", body, key=once())
            flash(_("代码版本已发布"), "success")
            return redirect(url_for("dictionaries.listed"), 303)
        except Refused as refused:
            form.take(refused)
    return render_template("dictionaries/publish.html", form=form)


@blp.get("/<dictionary>")
@signed_in_as(*_READERS)
def codes(dictionary: str) -> ResponseReturnValue:
    """What the next version will hold of a dictionary."""
    names, changeable = _named(dictionary)
    args = request.args
    found = service("applications").get(_path(dictionary), q=args.get("q"), after=args.get("after"), limit=50).body
    return render_template("dictionaries/codes.html", dictionary=names, found=found, changeable=changeable)


@blp.route("/<dictionary>/new", methods=["GET", "POST"])
@signed_in_as("office", "admin")
def add(dictionary: str) -> ResponseReturnValue:
    """A new code."""
    names, _changeable = _named(dictionary)
    form = CodeForm()
    if form.validate_on_submit():
        try:
            service("applications").post(_path(dictionary), stripped(form, "key", "zh", "en"), key=once())
            flash(_("代码已新增，发布后生效"), "success")
            return redirect(url_for("dictionaries.codes", dictionary=dictionary), 303)
        except Refused as refused:
            form.take(refused)
    return render_template("dictionaries/edit.html", form=form, dictionary=names, code=None)


@blp.route("/<dictionary>/codes/<key>", methods=["GET", "POST"])
@signed_in_as("office", "admin")
def rename(dictionary: str, key: str) -> ResponseReturnValue:
    """Another name for a code, from the next version on."""
    names, _changeable = _named(dictionary)
    found = service("applications").get(_path(dictionary), q=key, limit=100).body["items"]
    code = next((c for c in found if c["key"] == key), None) or abort(404)
    form = CodeForm(data=code)
    if form.validate_on_submit():
        try:
            service("applications").put(f"{_path(dictionary)}/{key}", stripped(form, "zh", "en"))
            flash(_("名称已修改，发布后生效"), "success")
            return redirect(url_for("dictionaries.codes", dictionary=dictionary), 303)
        except Refused as refused:
            form.take(refused)
    return render_template("dictionaries/edit.html", form=form, dictionary=names, code=code)


@blp.post("/<dictionary>/codes/<key>/removal")
@signed_in_as("office", "admin")
def drop(dictionary: str, key: str) -> ResponseReturnValue:
    """Leaves a code out of the next version."""
    attempted(lambda: service("applications").delete(f"{_path(dictionary)}/{key}"), _("代码已删除，发布后生效"))
    return redirect(url_for("dictionaries.codes", dictionary=dictionary), 303)


def _named(dictionary: str) -> tuple[dict[str, Any], bool]:
    found = service("applications").get("/v1/dictionaries").body
    names = next((one for one in found["items"] if one["key"] == dictionary), None) or abort(404)
    return names, found["changeable"]


def _path(dictionary: str) -> str:
    return f"/v1/dictionaries/{dictionary}/codes"

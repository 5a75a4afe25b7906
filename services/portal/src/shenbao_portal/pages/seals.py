"""The electronic seal of a unit or office, made of a scan of the stamp (S4b-04)."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField

from shenbao_portal.client import service
from shenbao_portal.forms import Form
from shenbao_portal.guards import require, signed_in_as
from shenbao_portal.pages.files import passed_on
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

blp = Blueprint("seals", __name__, url_prefix="/seal")


class SealForm(Form):
    file = FileField(
        _l("公章扫描件"),
        description=_l("JPG 或 PNG 图片，不超过 4 MB；请在白纸上盖红色印章后扫描或拍照"),
        render_kw={"accept": ".jpg,.jpeg,.png"},
    )


@blp.route("", methods=["GET", "POST"])
@signed_in_as("unit", "office")
def own() -> ResponseReturnValue:
    """Shows the seal, and takes a new scan."""
    who = require()
    if not who.may("unit.manage" if who.kind == "unit" else "review.decide"):
        raise Refused(403, "permission_missing", {}, ())
    form = SealForm()
    if form.validate_on_submit() and _set_up(form):
        flash(_("电子签章已更新"), "success")
        return redirect(url_for("seals.own"), 303)
    return render_template("seal.html", form=form, present=_present())


@blp.post("/removal")
@signed_in_as("unit", "office")
def remove() -> ResponseReturnValue:
    """Does without a seal: its place on prints stays blank."""
    service("documents").delete("/v1/seals/mine")
    flash(_("电子签章已移除"), "success")
    return redirect(url_for("seals.own"), 303)


@blp.get("/image")
@signed_in_as("unit", "office")
def image() -> ResponseReturnValue:
    return passed_on("/v1/seals/mine/image")


def _present() -> bool:
    try:
        service("documents").get("/v1/seals/mine/image")
    except Refused as refused:
        if refused.status != 404:
            raise
        return False
    return True


def _set_up(form: SealForm) -> bool:
    sent = request.files.get("file")
    if not sent or not sent.filename:
        form.say(_("请选择文件"), "file")
        return False
    try:
        service("documents").upload("/v1/seals/mine", sent, method="PUT")
    except Refused as refused:
        form.take(refused)
        return False
    return True

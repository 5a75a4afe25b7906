"""For anybody: is a certificate valid, and is a PDF what was signed (B-11, B-12)."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import StringField

from shenbao_portal.certificate_words import STATES
from shenbao_portal.client import service
from shenbao_portal.forms import Form, Needed, at_most, stripped
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

blp = Blueprint("verification", __name__, url_prefix="/verify")


class NumberForm(Form):
    number = StringField(
        _l("证书编号"), [Needed(), at_most(20)], render_kw={"autocomplete": "off", "autocapitalize": "characters"}
    )
    name = StringField(_l("持证人姓名"), [Needed(), at_most(60)], render_kw={"autocomplete": "off"})


class PdfForm(Form):
    file = FileField(
        _l("PDF 文件"),
        description=_l("证书或正式表格的 PDF 原件，不超过 8 MB；文件只用于本次查验，不会保存"),
        render_kw={"accept": ".pdf"},
    )


@blp.route("", methods=["GET", "POST"])
def by_number() -> ResponseReturnValue:
    """Asks for number and name; a wrong name is told as an unknown number is."""
    form = NumberForm()
    found, missed = None, False
    if form.validate_on_submit():
        try:
            found = service("documents").post("/v1/verifications", stripped(form, "number", "name")).body
        except Refused as refused:
            missed = refused.status == 404
            if not missed:
                form.take(refused)
    return _page(form, found=found, missed=missed)


@blp.get("/<code>")
def by_code(code: str) -> ResponseReturnValue:
    """Where the code on a certificate leads."""
    try:
        found = service("documents").get(f"/v1/verifications/{code}").body
    except Refused as refused:
        if refused.status != 404:
            raise
        return _page(NumberForm(formdata=None), missed=True)
    return _page(NumberForm(formdata=None), found=found)


@blp.get("/form/<code>")
def form_by_code(code: str) -> ResponseReturnValue:
    """Where the code on a printed form leads."""
    try:
        found = service("documents").get(f"/v1/form-verifications/{code}").body
    except Refused as refused:
        if refused.status != 404:
            raise
        found = None
    return render_template("verification/form.html", found=found)


@blp.route("/file", methods=["GET", "POST"])
def by_file() -> ResponseReturnValue:
    """Whether a PDF carries our signature over the whole of it."""
    form, verdict = PdfForm(), None
    if form.validate_on_submit():
        sent = request.files.get("file")
        if not sent or not sent.filename:
            form.say(_("请选择文件"), "file")
        else:
            try:
                verdict = service("documents").upload("/v1/validations", sent).body
            except Refused as refused:
                form.take(refused)
    return render_template("verification/file.html", form=form, verdict=verdict, states=STATES)


def _page(form: Form, *, found: dict[str, Any] | None = None, missed: bool = False) -> str:
    return render_template("verification/number.html", form=form, found=found, missed=missed, states=STATES)

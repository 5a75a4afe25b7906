"""Certificates of one application: an office issues, replaces, extends and revokes them (B-11)."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, StringField
from wtforms.validators import Optional

from shenbao_portal.certificate_words import STATES
from shenbao_portal.client import service
from shenbao_portal.forms import Form, Needed, at_most, once, stripped
from shenbao_portal.guards import signed_in_as
from shenbao_portal.pages.files import passed_on
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

blp = Blueprint("certificates", __name__)


class WordingForm(Form):
    series = StringField(
        _l("编号前缀"),
        [Needed(), at_most(8)],
        description=_l("大写字母或数字，例如 CD；其后为年份和顺序号"),
        render_kw={"autocomplete": "off", "autocapitalize": "characters"},
    )
    holder = StringField(_l("持证人姓名"), [Needed(), at_most(60)], render_kw={"autocomplete": "off"})
    title = StringField(_l("资格名称"), [Needed(), at_most(100)], render_kw={"autocomplete": "off"})
    valid_until = DateField(_l("有效期至"), [Optional()], description=_l("不填则长期有效"))


class ReplacementForm(WordingForm):
    reason = StringField(_l("换发原因"), [Needed(), at_most(500)])


class RevocationForm(Form):
    reason = StringField(_l("撤销原因"), [Needed(), at_most(500)])


class ExtensionForm(Form):
    valid_until = DateField(_l("延期至"), [Needed()])


@blp.route("/office/cases/<uuid:application_id>/certificates", methods=["GET", "POST"])
@signed_in_as("office")
def listed(application_id: Any) -> ResponseReturnValue:
    """The certificates of an application, and the form that issues one where none is valid."""
    material = service("applications").get(f"/v1/applications/{application_id}").body
    form = WordingForm(holder=material.get("person_name"))
    if form.validate_on_submit():
        body = {"application_id": str(application_id), **_wording(form)}
        if _done(form, lambda: service("documents").post("/v1/certificates", body, key=once())):
            flash(_("证书已签发"), "success")
            return redirect(url_for("certificates.listed", application_id=application_id), 303)
    query = {"application_id": application_id, "limit": 100}
    found = service("documents").get("/v1/certificates", **query).body["items"]
    standing = any(c["state"] in {"valid", "expired"} for c in found)
    return render_template(
        "office/certificates.html", form=form, material=material, certificates=found, standing=standing, states=STATES
    )


@blp.route(
    "/office/cases/<uuid:application_id>/certificates/<uuid:certificate_id>"
    "/<any(revocation, replacement, extension):deed>",
    methods=["GET", "POST"],
)
@signed_in_as("office")
def change(application_id: Any, certificate_id: Any, deed: str) -> ResponseReturnValue:
    """Ends, replaces or extends one certificate."""
    found = service("documents").get("/v1/certificates", application_id=application_id, limit=100).body["items"]
    certificate = next((c for c in found if c["id"] == str(certificate_id)), None)
    if certificate is None:
        raise Refused(404, "not_found", {}, ())
    form = _form_of(deed, certificate)
    if form.validate_on_submit():
        path, body = f"/v1/certificates/{certificate_id}/{deed}", _body_of(deed, form)
        if _done(form, lambda: service("documents").post(path, body, key=once())):
            flash(_("证书已更新"), "success")
            return redirect(url_for("certificates.listed", application_id=application_id), 303)
    return render_template("office/certificate_change.html", form=form, certificate=certificate, deed=deed)


@blp.get("/certificates/<uuid:certificate_id>")
@signed_in_as("unit", "sub_account", "office")
def content(certificate_id: Any) -> ResponseReturnValue:
    """The signed PDF."""
    return passed_on(f"/v1/certificates/{certificate_id}/content?inline=true")


def _done(form: Form, act: Callable[[], object]) -> bool:
    try:
        act()
    except Refused as refused:
        form.take(refused)
        return False
    return True


def _form_of(deed: str, certificate: dict[str, Any]) -> Form:
    if deed == "revocation":
        return RevocationForm()
    if deed == "extension":
        return ExtensionForm()
    number = certificate["number"]
    return ReplacementForm(series=number[:-10], holder=certificate["holder"], title=certificate["title"])


def _body_of(deed: str, form: Form) -> dict[str, Any]:
    if deed == "extension":
        return {"valid_until": form["valid_until"].data.isoformat()}
    body = stripped(form, "reason")
    return body | _wording(form) if deed == "replacement" else body


def _wording(form: Form) -> dict[str, Any]:
    until = form["valid_until"].data
    return {**stripped(form, "series", "holder", "title"), "valid_until": until.isoformat() if until else None}

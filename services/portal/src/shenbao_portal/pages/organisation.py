"""What a unit manages of itself (组织机构管理): account, unit, rename history, contacts (S4b-09)."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import HiddenField, StringField

from shenbao_portal.client import service
from shenbao_portal.forms import Form, Needed, at_most, stripped
from shenbao_portal.guards import signed_in_as
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

blp = Blueprint("organisation", __name__)

TABS = {
    "account": _l("账户信息"),
    "unit": _l("单位信息"),
    "renames": _l("更名记录"),
    "contacts": _l("联系人信息"),
}


class NameForm(Form):
    name = StringField(_l("新的单位名称"), [Needed(), at_most(200)], render_kw={"autocomplete": "organization"})
    certificate = FileField(
        _l("最新证照扫描件"),
        description=_l("最新证照的彩色扫描件，不得添加任何文字、图案、编号或水印。PDF、JPG 或 PNG，不超过 10 MB。"),
        render_kw={"accept": ".pdf,.jpg,.jpeg,.png"},
    )
    etag = HiddenField()


@blp.route("/unit/organisation", methods=["GET", "POST"])
@signed_in_as("unit", may="unit.manage")
def manage() -> ResponseReturnValue:
    """One tab of four."""
    tab = request.args.get("tab", "account")
    tab = tab if tab in TABS else "account"
    found = service("units").get("/v1/units/mine")
    form = NameForm(data={"etag": found.etag})
    if tab == "unit" and form.validate_on_submit():
        try:
            _rename(form)
            flash(_("单位名称已修改"), "success")
            return redirect(url_for("organisation.manage", tab="renames"), 303)
        except Refused as refused:
            names = {trouble.path: "certificate" for trouble in refused if trouble.name in {"", "file"}}
            form.take(refused, names | {"certificate_receipt": "certificate"})
    more = _more(tab)
    return render_template("unit/organisation.html", tab=tab, tabs=TABS, unit=found.body, form=form, more=more)


def _more(tab: str) -> dict[str, object]:
    """What only one of the tabs shows."""
    if tab == "renames":
        after = request.args.get("after")
        return dict(service("units").get("/v1/units/mine/history", act="renamed", after=after, limit=20).body)
    return dict(service("identity").get("/v1/me").body) if tab == "account" else {}


def _rename(form: NameForm) -> None:
    body = stripped(form, "name")
    if form.certificate.data:
        sent = service("documents").upload("/v1/files", form.certificate.data, purpose="unit_licence").body
        body["certificate_receipt"] = sent["receipt"]
    service("units").put("/v1/units/mine/name", body, etag=form.etag.data)

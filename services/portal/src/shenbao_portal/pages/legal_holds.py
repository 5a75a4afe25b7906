"""Materials that are kept whatever the rules of retention say: an appeal, a lawsuit, an inquiry (legal holds)."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField, TextAreaField

from shenbao_portal.client import service
from shenbao_portal.forms import Form, Needed, at_most
from shenbao_portal.guards import signed_in_as
from shenbao_portal.pages.cases import materials_of
from shenbao_portal.refusals import Refused
from shenbao_portal.signed_in import account
from shenbao_portal.texts import _, _l

blp = Blueprint("legal_holds", __name__, url_prefix="/legal-holds")

_PATH = "/v1/legal-holds"
_WHO = ("office", "admin")


class HoldForm(Form):
    reference = StringField(_l("编号"), [Needed(), at_most(20)], render_kw={"autocomplete": "off"})
    reason = TextAreaField(
        _l("理由"),
        [Needed(), at_most(500)],
        description=_l("例如行政复议、诉讼或调查，以及文号"),
        render_kw={"rows": 3},
    )


@blp.route("", methods=["GET", "POST"])
@signed_in_as(*_WHO)
def listed() -> ResponseReturnValue:
    """Those in force, newest first, and the form that sets one."""
    form = HoldForm()
    if _may_hold() and form.validate_on_submit() and _placed(form):
        flash(_("已设置，解除之前不会销毁该材料。"), "success")
        return redirect(url_for("legal_holds.listed"), 303)
    found = service("documents").get(_PATH, after=request.args.get("after"), limit=20).body
    materials = materials_of(found["items"])
    page = render_template("legal_holds.html", form=form, found=found, materials=materials, may_hold=_may_hold())
    return page, 422 if form.troubles else 200


@blp.post("/<uuid:application_id>/lifting")
@signed_in_as(*_WHO)
def lift(application_id: Any) -> ResponseReturnValue:
    """From then on the rules of retention hold again."""
    try:
        service("documents").delete(f"{_PATH}/{application_id}")
    except Refused as refused:
        if refused.status != 404:
            raise
        flash(_("该材料已不在暂缓销毁之列。"), "warning")
    else:
        flash(_("已解除，该材料按保存期限办理。"), "success")
    return redirect(url_for("legal_holds.listed"), 303)


def _may_hold() -> bool:
    who = account()
    return who is not None and (who.kind == "admin" or who.may("review.decide"))


def _placed(form: HoldForm) -> bool:
    reference = (form.reference.data or "").strip()
    likely = service("applications").get("/v1/applications", q=reference, limit=100).body["items"]
    meant = next((one for one in likely if one["reference"] == reference), None)
    try:
        if meant is None:
            raise Refused(404, "not_found", {}, ())
        body = {"reason": (form.reason.data or "").strip()}
        service("documents").put(f"{_PATH}/{meant['id']}", body)
    except Refused as refused:
        if refused.status == 404:
            form.say(_("没有找到该编号的已上报材料"), "reference")
        else:
            form.take(refused)
        return False
    return True

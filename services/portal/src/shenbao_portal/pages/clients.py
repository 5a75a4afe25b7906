"""Other government systems that sign their users in with the platform (OpenID), kept by administrators."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField, StringField, TextAreaField

from shenbao_portal.client import service
from shenbao_portal.forms import Form, Needed, at_most, form_page, once, stripped
from shenbao_portal.guards import signed_in_as
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

blp = Blueprint("clients", __name__, url_prefix="/admin/clients")

_ADDRESSES = ("redirect_uris", "post_logout_redirect_uris")
_TEXTS = ("label_zh", "label_en", "start_url")


class ChangeForm(Form):
    """Addresses: one a line."""

    label_zh = StringField(_l("系统名称"), [Needed(), at_most(100)])
    label_en = StringField(_l("英文名称"), [Needed(), at_most(100)])
    redirect_uris = TextAreaField(
        _l("登录返回地址"), [Needed()], description=_l("每行一个完整地址，登录时逐字比对"), render_kw={"rows": 3}
    )
    post_logout_redirect_uris = TextAreaField(
        _l("退出返回地址"), description=_l("每行一个完整地址，可不填"), render_kw={"rows": 2}
    )
    start_url = StringField(_l("入口地址"), [at_most(2000)], description=_l("填写后，个人可将该系统加入自己的应用"))

    def said(self) -> dict[str, object]:
        listed = {name: [a for a in map(str.strip, (self[name].data or "").splitlines()) if a] for name in _ADDRESSES}
        return {**stripped(self, *_TEXTS), **listed}


class ClientForm(ChangeForm):
    client_id = StringField(
        _l("系统编号"),
        [Needed(), at_most(50)],
        description=_l("小写英文字母开头，3 至 50 位小写字母、数字和连字符，保存后不可修改"),
        render_kw={"autocomplete": "off", "autocapitalize": "none"},
    )


class UseForm(ChangeForm):
    active = RadioField(_l("状态"), choices=[], description=_l("停用后立即不能登录，已登录的也随即失效"))
    etag = HiddenField()


@blp.get("")
@signed_in_as("admin", may="account.manage")
def listed() -> ResponseReturnValue:
    """The registered systems, by their id."""
    found = service("identity").get("/v1/clients", after=request.args.get("after"), limit=20)
    return render_template("admin/clients.html", items=found["items"], next=found["next"])


@blp.route("/new", methods=["GET", "POST"])
@signed_in_as("admin", may="account.manage")
def add() -> ResponseReturnValue:
    """Register a system; its secret is shown once."""
    form = ClientForm()
    if form.validate_on_submit():
        body = stripped(form, "client_id") | form.said()
        try:
            made = service("identity").post("/v1/clients", body, key=once()).body
            # Answered at once instead of after a redirect: the secret is to be nowhere but on this page.
            return render_template("admin/client_secret.html", made=made)
        except Refused as refused:
            form.take(refused)
    return form_page(form, _("登记接入系统"), (_("接入系统"), url_for("clients.listed")), "client_id", *_FIELDS)


@blp.route("/<client_id>", methods=["GET", "POST"])
@signed_in_as("admin", may="account.manage")
def edit(client_id: str) -> ResponseReturnValue:
    """Names, addresses, and whether the system may sign anybody in."""
    answer = service("identity").get(f"/v1/clients/{client_id}")
    lines = {name: "\n".join(answer[name]) for name in _ADDRESSES}
    used = {"active": "yes" if answer["active"] else "no", "etag": answer.etag}
    form = UseForm(data=answer.body | lines | used)
    form.active.choices = [("yes", _("已启用")), ("no", _("已停用"))]
    if form.validate_on_submit():
        body = form.said() | {"active": form.active.data == "yes"}
        try:
            service("identity").patch(f"/v1/clients/{client_id}", body, etag=form.etag.data)
            flash(_("接入系统已保存"), "success")
            return redirect(url_for("clients.listed"), 303)
        except Refused as refused:
            form.take(refused)
    return form_page(form, client_id, (_("接入系统"), url_for("clients.listed")), *_FIELDS, "active", "etag")


_FIELDS = ("label_zh", "label_en", *_ADDRESSES, "start_url")

"""Accounts of offices and administrators, for administrators."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField

from shenbao_common.kernel.actor import ADMIN_PERMISSIONS, OFFICE_PERMISSIONS
from shenbao_portal.acts import attempted
from shenbao_portal.client import service
from shenbao_portal.forms import Form, Needed, at_most, given, once, stripped
from shenbao_portal.guards import require, signed_in_as
from shenbao_portal.pages.organisations import everything
from shenbao_portal.permission_names import PERMISSIONS
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

blp = Blueprint("accounts", __name__, url_prefix="/admin/accounts")

_MADE_HERE = {"office": OFFICE_PERMISSIONS, "admin": ADMIN_PERMISSIONS}
SHOWN = ("office", "admin", "unit", "sub_account")


class AccountForm(Form):
    username = StringField(
        _l("用户名"),
        [Needed(), at_most(40)],
        description=_l("只能使用英文字母和数字，保存后不可修改"),
        render_kw={"autocomplete": "off", "autocapitalize": "none"},
    )
    display_name = StringField(_l("账号名称"), [Needed(), at_most(100)], render_kw={"autocomplete": "off"})
    organisation_id = SelectField(_l("所属机构"), [Needed(_l("请选择所属机构"))], choices=[], validate_choice=False)
    permissions = SelectMultipleField(
        _l("操作权限"), [Needed(_l("请至少选择一项操作权限"))], choices=[], validate_choice=False
    )


class ChangeForm(Form):
    display_name = StringField(_l("账号名称"), [Needed(), at_most(100)], render_kw={"autocomplete": "off"})
    permissions = SelectMultipleField(
        _l("操作权限"), [Needed(_l("请至少选择一项操作权限"))], choices=[], validate_choice=False
    )
    etag = HiddenField()


@blp.get("")
@signed_in_as("admin", may="account.manage")
def listed() -> ResponseReturnValue:
    """Accounts of one kind, newest first."""
    args = request.args
    kind = args["kind"] if args.get("kind") in SHOWN else "office"
    found = service("identity").get("/v1/accounts", kind=kind, q=args.get("q"), after=args.get("after"), limit=20)
    names = {item["id"]: item["name"] for item in everything()}
    return render_template(
        "admin/accounts.html", items=found["items"], next=found["next"], kind=kind, kinds=SHOWN, names=names
    )


@blp.route("/new", methods=["GET", "POST"])
@signed_in_as("admin", may="account.manage")
def add() -> ResponseReturnValue:
    """An office's or an administrator's account, by `kind` in the address; its initial password is shown once."""
    kind = "admin" if request.args.get("kind") == "admin" else "office"
    form = AccountForm(data={"permissions": list(_MADE_HERE[kind])})
    form.permissions.choices = [(key, PERMISSIONS[key]) for key in _MADE_HERE[kind]]
    if kind == "office":
        form.organisation_id.choices = [("", _("（请选择）")), *((item["id"], item["name"]) for item in everything())]
    else:
        del form.organisation_id
    if form.validate_on_submit():
        body = {**stripped(form, "username", "display_name"), "kind": kind, "permissions": form.permissions.data}
        if kind == "office":
            body |= given({"organisation_id": form.organisation_id.data})
        try:
            made = service("identity").post("/v1/accounts", body, key=once()).body
            return _passwords([made], _("账号已新增"))
        except Refused as refused:
            form.take(refused)
    return render_template("admin/account_new.html", form=form, kind=kind, kinds=tuple(_MADE_HERE))


@blp.route("/<uuid:account_id>", methods=["GET", "POST"])
@signed_in_as("admin", may="account.manage")
def edit(account_id: object) -> ResponseReturnValue:
    """Name and permissions of one account."""
    answer = service("identity").get(f"/v1/accounts/{account_id}")
    form = ChangeForm(data=answer.body | {"etag": answer.etag})
    of_kind = _MADE_HERE.get(answer["kind"], ())
    form.permissions.choices = [(key, PERMISSIONS[key]) for key in of_kind]
    if of_kind and form.validate_on_submit():
        body = {**stripped(form, "display_name"), "permissions": form.permissions.data}
        try:
            saved = service("identity").patch(f"/v1/accounts/{account_id}", body, etag=form.etag.data).body
            if saved["proposed"]:
                flash(_("已提交，待另一位管理员复核后生效"), "success")
                return redirect(url_for("accounts.edit", account_id=account_id), 303)
            flash(_("账号已保存"), "success")
            return redirect(url_for("accounts.listed", kind=answer["kind"]), 303)
        except Refused as refused:
            form.take(refused)
    proposed = answer["proposed"] or {"permissions": [], "by": None}
    return render_template(
        "admin/account.html",
        form=form,
        edited=answer.body,
        etag=answer.etag,
        changeable=of_kind,
        proposed_names=[str(PERMISSIONS[key]) for key in proposed["permissions"]],
        own_proposal=proposed["by"] == require().account_id,
    )


@blp.post("/<uuid:account_id>/proposal")
@signed_in_as("admin", may="account.manage")
def decide(account_id: object) -> ResponseReturnValue:
    """Yes or no to permissions that another administrator proposed; one's own are taken back."""
    accept, etag = request.form.get("accept") == "yes", request.form.get("etag")
    attempted(
        lambda: service("identity").put(f"/v1/accounts/{account_id}/proposal", {"accept": accept}, etag=etag),
        _("权限已变更") if accept else _("权限变更已取消"),
    )
    return redirect(url_for("accounts.edit", account_id=account_id), 303)


@blp.post("/<uuid:account_id>/state")
@signed_in_as("admin", may="account.manage")
def set_state(account_id: object) -> ResponseReturnValue:
    """Open or disable."""
    state, etag = request.form.get("state", ""), request.form.get("etag")
    attempted(
        lambda: service("identity").put(f"/v1/accounts/{account_id}/state", {"state": state}, etag=etag),
        _("已开通，该账号可以登录") if state == "active" else _("已禁用，该账号不能再登录"),
    )
    return redirect(url_for("accounts.edit", account_id=account_id), 303)


@blp.post("/<uuid:account_id>/password")
@signed_in_as("admin", may="account.manage")
def reset(account_id: object) -> ResponseReturnValue:
    """A new initial password, shown once."""
    account = service("identity").get(f"/v1/accounts/{account_id}").body
    answer = service("identity").post(f"/v1/accounts/{account_id}/password-reset", key=once()).body
    return _passwords([{**answer, "username": account["username"]}], _("密码已重置"))


def _passwords(made: list[dict[str, str]], title: str) -> ResponseReturnValue:
    # Answered at once instead of after a redirect: the passwords are to be nowhere but on this page.
    return render_template("accounts/passwords.html", accounts=made, title=title, back=url_for("accounts.listed"))

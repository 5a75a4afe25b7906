"""A unit's personal declaration accounts (S4g-24 to S4g-30), and what they are delegated until when (B-18)."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField, HiddenField, SelectMultipleField, StringField
from wtforms.validators import Optional

from shenbao_portal.acts import attempted
from shenbao_portal.client import service
from shenbao_portal.forms import Form, Needed, at_most, form_page, once, stripped
from shenbao_portal.guards import signed_in_as
from shenbao_portal.permission_names import PERMISSIONS
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

blp = Blueprint("sub_accounts", __name__, url_prefix="/unit/accounts")


def ticks() -> SelectMultipleField:
    return SelectMultipleField(
        _l("操作权限"),
        [Needed(_l("请至少选择一项操作权限"))],
        description=_l("建议勾选最后两项：修改本人基本信息、修改本人密码"),
        choices=[],
        validate_choice=False,
    )


class SingleForm(Form):
    username = StringField(
        _l("用户名"),
        [Needed(), at_most(40)],
        description=_l("只能使用英文字母和数字，保存后不可修改；建议使用单位用户名加姓名全拼"),
        render_kw={"autocomplete": "off", "autocapitalize": "none"},
    )
    display_name = StringField(_l("账号名称"), [Needed(), at_most(100)], render_kw={"autocomplete": "off"})
    permissions = ticks()


class ChangeForm(Form):
    display_name = StringField(_l("账号名称"), [Needed(), at_most(100)], render_kw={"autocomplete": "off"})
    permissions = ticks()
    valid_until = DateField(
        _l("委托截止日期"),
        [Optional()],
        description=_l("到这一天结束为止可以使用，之后自动禁用；不填则一直有效"),
    )
    etag = HiddenField()


@blp.get("")
@signed_in_as("unit", may="sub_account.manage")
def listed() -> ResponseReturnValue:
    """All accounts of the unit, by user name."""
    args = request.args
    found = service("units").get(
        "/v1/sub-accounts", q=args.get("q"), state=args.get("state"), after=args.get("after"), limit=20
    )
    return render_template("accounts/listed.html", accounts=found["items"], next=found["next"], names=PERMISSIONS)


@blp.route("/new", methods=["GET", "POST"])
@signed_in_as("unit", may="sub_account.manage")
def add() -> ResponseReturnValue:
    """One account; its initial password is shown once."""
    form = SingleForm(data={"permissions": advised()})
    offer(form)
    if form.validate_on_submit():
        try:
            reserved = (
                service("identity")
                .post("/v1/sub-account-reservations", stripped(form, "username"), key=once() + "r")
                .body
            )
            body = {
                **stripped(form, "display_name"),
                "ticket": reserved["ticket"],
                "permissions": form.permissions.data,
            }
            service("units").post("/v1/sub-accounts", body, key=once())
            return made([reserved], _("子账号已新增"))
        except Refused as refused:
            form.take(refused)
    above = (_("子账号管理"), url_for("sub_accounts.listed"))
    return form_page(form, _("新增账号"), above, "username", "display_name", "permissions")


@blp.route("/<uuid:account_id>", methods=["GET", "POST"])
@signed_in_as("unit", may="sub_account.manage")
def edit(account_id: object) -> ResponseReturnValue:
    """Name and ticks; the user name cannot be changed."""
    answer = service("units").get(f"/v1/sub-accounts/{account_id}")
    until = answer["valid_until"]
    kept = {"etag": answer.etag, "valid_until": date.fromisoformat(until) if until else None}
    form = ChangeForm(data=answer.body | kept)
    offer(form)
    if form.validate_on_submit():
        try:
            path, etag, day = f"/v1/sub-accounts/{account_id}", form.etag.data, form.valid_until.data
            if day != kept["valid_until"]:
                scope = {"permissions": form.permissions.data, "valid_until": day.isoformat() if day else None}
                etag = service("units").put(f"{path}/delegation", scope, etag=etag).etag
            body = {**stripped(form, "display_name"), "permissions": form.permissions.data}
            service("units").patch(path, body, etag=etag)
            flash(_("子账号已保存"), "success")
            return redirect(url_for("sub_accounts.listed"), 303)
        except Refused as refused:
            form.take(refused)
    return render_template("accounts/edit.html", form=form, edited=answer.body, etag=answer.etag)


@blp.post("/<uuid:account_id>/state")
@signed_in_as("unit", may="sub_account.manage")
def set_state(account_id: object) -> ResponseReturnValue:
    """Examination: open or disable."""
    state, etag = request.form.get("state", ""), request.form.get("etag")
    attempted(
        lambda: service("units").put(f"/v1/sub-accounts/{account_id}/state", {"state": state}, etag=etag),
        _("已开通，该账号可以登录") if state == "enabled" else _("已禁用，该账号不能再登录"),
    )
    return redirect(url_for("sub_accounts.listed"), 303)


@blp.post("/<uuid:account_id>/password")
@signed_in_as("unit", may="sub_account.manage")
def reset(account_id: object) -> ResponseReturnValue:
    """A new initial password, shown once; the account must change it at the next sign-in."""
    account = service("units").get(f"/v1/sub-accounts/{account_id}").body
    answer = service("identity").post(f"/v1/accounts/{account_id}/password-reset", key=once()).body
    return made([{**answer, "username": account["username"]}], _("密码已重置"))


@blp.post("/<uuid:account_id>/deletion")
@signed_in_as("unit", may="sub_account.manage")
def delete(account_id: object) -> ResponseReturnValue:
    """Gone, unless something was filled in with it."""
    etag = request.form.get("etag")
    attempted(lambda: service("units").delete(f"/v1/sub-accounts/{account_id}", etag=etag), _("子账号已删除"))
    return redirect(url_for("sub_accounts.listed"), 303)


def made(accounts: list[dict[str, Any]], title: str) -> ResponseReturnValue:
    # Answered at once instead of after a redirect: the passwords are to be nowhere but on this page.
    return render_template(
        "accounts/passwords.html", accounts=accounts, title=title, back=url_for("sub_accounts.listed")
    )


def offer(form: Any) -> None:
    found = service("units").get("/v1/permissions").body["items"]
    form.permissions.choices = [(item["key"], PERMISSIONS.get(item["key"], item["key"])) for item in found]


def advised() -> list[str]:
    found = service("units").get("/v1/permissions").body["items"]
    return [item["key"] for item in found if item["advised"]]

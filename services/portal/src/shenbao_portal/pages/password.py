"""The own password (S4g-31)."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField

from shenbao_portal import signed_in
from shenbao_portal.client import service
from shenbao_portal.forms import Form, Needed, same_as
from shenbao_portal.guards import signed_in_as
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

blp = Blueprint("password", __name__)


class PasswordForm(Form):
    old_password = PasswordField(_l("原密码"), [Needed()], render_kw={"autocomplete": "current-password"})
    new_password = PasswordField(
        _l("新密码"),
        [Needed()],
        description=_l("至少 8 位，须包含字母、数字和符号，不能使用常见密码"),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("再次输入新密码"), [Needed(), same_as("new_password")], render_kw={"autocomplete": "new-password"}
    )


@blp.route("/password", methods=["GET", "POST"])
@signed_in_as(may="password.change")
def change() -> ResponseReturnValue:
    """Asks for the old password, and the new one twice."""
    form = PasswordForm()
    if form.validate_on_submit():
        body = {"old_password": form.old_password.data, "new_password": form.new_password.data}
        try:
            service("identity").put("/v1/me/password", body)
        except Refused as refused:
            form.take(refused)
        else:
            signed_in.refresh()
            flash(_("密码已修改"), "success")
            return redirect(url_for("password.change"), 303)
    return render_template("accounts/password.html", form=form)

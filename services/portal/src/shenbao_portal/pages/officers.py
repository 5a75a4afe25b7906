"""Who acts for a unit (B-18): asked for by anybody with a letter, decided by an officer or the department."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import HiddenField, PasswordField, StringField, TelField

from shenbao_portal.acts import attempted
from shenbao_portal.client import service
from shenbao_portal.departments import DepartmentField
from shenbao_portal.forms import Form, Needed, at_most, given, once, same_as, stripped
from shenbao_portal.guards import signed_in_as
from shenbao_portal.messages import words
from shenbao_portal.pages.signing import image_code
from shenbao_portal.permission_names import PERMISSIONS
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

blp = Blueprint("officers", __name__)

_SESSION = "asking"
_ACCOUNT = ("username", "password", "again", "image_code")
_OVER = frozenset({"ticket_expired", "ticket_invalid", "ticket_used"})


class AskForm(Form):
    code = StringField(
        _l("机构代码"),
        [Needed(), at_most(32)],
        description=_l("9 位组织机构代码或 18 位统一社会信用代码"),
        render_kw={"autocomplete": "off", "autocapitalize": "characters"},
    )
    department_id = DepartmentField(_l("归口部门"), [Needed(_l("请选择归口部门"))])
    name = StringField(_l("经办人姓名"), [Needed(), at_most(100)], render_kw={"autocomplete": "name"})
    mobile = TelField(_l("手机号码"), [Needed(), at_most(30)], render_kw={"autocomplete": "tel"})
    letter = FileField(
        _l("授权委托书扫描件"),
        description=_l("加盖公章的授权委托书，PDF 文件；单位已没有经办人时必须上传，由归口部门审核"),
        render_kw={"accept": ".pdf"},
    )
    username = StringField(
        _l("用户名"),
        [Needed(), at_most(40)],
        description=_l("只能使用英文字母和数字，注册后不可修改"),
        render_kw={"autocomplete": "username", "autocapitalize": "none"},
    )
    password = PasswordField(
        _l("密码"),
        [Needed()],
        description=_l("至少 8 位，须包含字母、数字和符号，不能使用常见密码"),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("再次输入密码"), [Needed(), same_as("password")], render_kw={"autocomplete": "new-password"}
    )
    image_code = StringField(_l("验证码"), [Needed()], render_kw={"autocomplete": "off", "maxlength": 8})
    image_code_id = HiddenField()


@blp.route("/officer", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """Asks to act for a unit that is registered already."""
    begun: dict[str, Any] = session.setdefault(_SESSION, {})
    form = AskForm()
    form.department_id.find(request.form.get("department_search", ""))
    for name in _ACCOUNT if begun.get("ticket") else ():
        delattr(form, name)
    if request.method == "POST" and "search" not in request.form and form.validate_on_submit():
        try:
            _send(form, begun)
            session.pop(_SESSION)
            return redirect(url_for("officers.asked"), 303)
        except Refused as refused:
            _explain(form, refused, begun)
    image = None if begun.get("ticket") else image_code()
    return render_template("officers/ask.html", form=form, begun=begun, image=image)


@blp.get("/officer/departments")
def departments() -> ResponseReturnValue:
    """The part of the page that lists departments by name, while one types."""
    form = AskForm(formdata=None)
    form.department_id.find(request.args.get("department_search", ""))
    form.department_id.data = request.args.get("department_id")
    return render_template("registration/departments_part.html", form=form)


@blp.get("/officer/done")
def asked() -> ResponseReturnValue:
    """What happens next."""
    return render_template("officers/asked.html")


@blp.get("/unit/officers")
@signed_in_as("unit", may="unit.manage")
def own() -> ResponseReturnValue:
    """The unit's officers, and who asks to become one."""
    units = service("units")
    found = units.get("/v1/officers", limit=100).body["items"]
    waiting = units.get("/v1/officer-requests", limit=50).body["items"]
    return render_template("officers/own.html", officers=found, waiting=waiting)


@blp.post("/unit/officers/<uuid:account_id>/dismissal")
@signed_in_as("unit", may="unit.manage")
def dismiss(account_id: object) -> ResponseReturnValue:
    """Ends what an officer may do."""
    etag = f'"{request.form.get("version", "")}"'
    attempted(lambda: service("units").delete(f"/v1/officers/{account_id}", etag=etag), _("已停止该经办人的权限"))
    return redirect(url_for("officers.own"), 303)


@blp.get("/unit/history")
@signed_in_as("unit")
def history() -> ResponseReturnValue:
    """What happened to the unit, and who did it."""
    found = service("units").get("/v1/units/mine/history", after=request.args.get("after"), limit=20).body
    return render_template(
        "officers/history.html", entries=found["items"], next=found["next"], names=PERMISSIONS, acts=_ACTS
    )


@blp.get("/office/officers")
@signed_in_as("office", may="review.decide")
def queue() -> ResponseReturnValue:
    """Requests with a sealed letter of units under this department."""
    found = service("units").get("/v1/officer-requests", after=request.args.get("after"), limit=20).body
    return render_template("officers/queue.html", waiting=found["items"], next=found["next"])


@blp.post("/officer-requests/<uuid:request_id>")
@signed_in_as("unit", "office")
def decide(request_id: object) -> ResponseReturnValue:
    """Yes, beside or instead of those who are there, or no with a reason."""
    form = request.form
    way = form.get("way", "")
    body = {
        "state": "refused" if way == "refused" else "approved",
        "way": "replaces" if way == "replaces" else "joins",
        "reason": form.get("reason", "").strip(),
    }
    etag = f'"{form.get("version", "")}"'
    said = _("已拒绝该申请") if way == "refused" else _("已同意，该经办人可以登录")
    attempted(lambda: service("units").put(f"/v1/officer-requests/{request_id}/decision", body, etag=etag), said)
    of_office = form.get("from") == "office"
    return redirect(url_for("officers.queue" if of_office else "officers.own"), 303)


_ACTS = {
    "department_changed": _l("修改归口部门"),
    "officer_appointed": _l("新增经办人"),
    "officer_dismissed": _l("停止经办人权限"),
    "officer_refused": _l("拒绝经办人申请"),
    "delegated": _l("设定子账号委托"),
    "delegation_ended": _l("子账号委托到期"),
    "letter_approved": _l("授权委托书审核通过"),
    "letter_rejected": _l("授权委托书退回"),
    "user_changed": _l("变更账号使用人"),
    "renamed": _l("单位更名"),
    "self_declaring_ended": _l("取消“个人以单位名义注册”标记"),
}


def _send(form: AskForm, begun: dict[str, Any]) -> None:
    """The account first, since the letter is uploaded in its name; what is done is kept in the session."""
    if not begun.get("ticket"):
        body = {name: form[name].data for name in ("username", "password", "image_code", "image_code_id")}
        reserved = service("identity").post("/v1/account-reservations", body).body
        begun |= {name: reserved[name] for name in ("ticket", "access_token", "username")}
        session.modified = True
    if form.letter.data:
        documents = service("documents", bearer=begun["access_token"])
        sent = documents.upload("/v1/files", form.letter.data, purpose="authorization_letter").body
        begun |= {"receipt": sent["receipt"], "receipt_name": sent["name"]}
        session.modified = True
    body = {
        **stripped(form, "code", "name", "mobile", "department_id"),
        **given({"letter_receipt": begun.get("receipt")}),
        "ticket": begun["ticket"],
    }
    service("units").post("/v1/officer-requests", body, key=once())


def _explain(form: AskForm, refused: Refused, begun: dict[str, Any]) -> None:
    if any(trouble.code in _OVER for trouble in refused):
        begun.clear()
        session.modified = True
        form.say(words("ticket_expired"))
    elif any(trouble.name == "file" for trouble in refused) or refused.code in {"too_large", "wrong_media_type"}:
        form.take(refused, {trouble.path: "letter" for trouble in refused})
    else:
        form.take(refused, {"letter_receipt": "letter"})

"""Registration of a unit without a credit code in four visible steps (S1-02 to S1-08), and where it stands.

What is done lies in the sealed session, so that a later step opens only after the earlier one.
"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, RadioField, StringField

from shenbao_common.kernel.identifiers import Sex
from shenbao_portal.acts import attempted
from shenbao_portal.client import service
from shenbao_portal.departments import DepartmentField
from shenbao_portal.forms import Form, Needed, at_most, given, once, same_as, stripped
from shenbao_portal.guards import signed_in_as
from shenbao_portal.messages import words
from shenbao_portal.pages import registration
from shenbao_portal.pages.persons import MobileForm
from shenbao_portal.pages.signing import image_code
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

blp = Blueprint("registration_steps", __name__)

_SESSION = "registering_without_code"
_OFF = {"autocomplete": "off"}
_OVER = frozenset({"ticket_expired", "ticket_invalid", "ticket_used", "agent_expired", "agent_invalid"})


class AgentForm(MobileForm):
    name = StringField(_l("经办人姓名"), [Needed(), at_most(50)], render_kw={"autocomplete": "name"})
    id_number = StringField(_l("身份证号码"), [Needed(), at_most(18)], render_kw=_OFF)
    ethnicity = StringField(_l("经办人民族"), [Needed(), at_most(20)], render_kw=_OFF)
    sex = RadioField(_l("经办人性别"), [Needed()], choices=[(Sex.MALE.value, _l("男")), (Sex.FEMALE.value, _l("女"))])


class UnitForm(Form):
    can_provide = RadioField(
        _l("能否提供带有统一社会信用代码的证件"),
        [Needed()],
        choices=[("yes", _l("能提供")), ("no", _l("不能提供（筹建中的单位）"))],
        default="no",
    )
    no_code_confirmed = BooleanField(_l("本单位确实不具有统一社会信用代码，无法提供"))
    unit_name = StringField(_l("单位名称"), [at_most(200)], render_kw={"autocomplete": "organization"})
    certificate_number = StringField(_l("证件号码"), [at_most(50)], render_kw=_OFF)
    certificate = FileField(
        _l("单位证件"),
        description=_l(
            "登记证书、许可证、批准成立的批文或其他证件。"
            "照片所有信息需清晰可见，内容真实有效，不得做任何修改。照片支持.jpg、.jpeg 格式，大小不超过1M。"
        ),
        render_kw={"accept": ".jpg,.jpeg"},
    )
    department_id = DepartmentField(_l("归口部门"), [Needed(_l("请选择归口部门"))])
    agreed = BooleanField(_l("用户注册协议"))


class CredentialForm(Form):
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
    email = EmailField(
        _l("电子邮箱"),
        [at_most(100)],
        description=_l("忘记密码时用来接收验证码"),
        render_kw={"autocomplete": "email"},
    )
    image_code = StringField(_l("验证码"), [Needed()], render_kw=_OFF | {"maxlength": 8})
    image_code_id = HiddenField()


class StatusForm(Form):
    username = StringField(
        _l("用户名"), [Needed(), at_most(40)], render_kw={"autocomplete": "username", "autocapitalize": "none"}
    )
    password = PasswordField(_l("密码"), [Needed()], render_kw={"autocomplete": "current-password"})
    image_code = StringField(_l("验证码"), [Needed()], render_kw=_OFF | {"maxlength": 8})
    image_code_id = HiddenField()


@blp.route("/register/without-code", methods=["GET", "POST"])
def agent() -> ResponseReturnValue:
    """Step 1: who acts for the unit, checked by name, number and mobile."""
    usual = service("units").get("/v1/registration-profile")["ethnicity"]
    form = AgentForm(data={"ethnicity": usual})
    if form.validate_on_submit():
        body = stripped(form, "name", "id_number", "ethnicity") | {"sex": form.sex.data, **form.proof}
        try:
            passed = service("identity").post("/v1/agent-checks", body).body
        except Refused as refused:
            form.take(refused)
        else:
            session[_SESSION] = {"agent": passed["agent"], "token": passed["access_token"]}
            return redirect(url_for("registration_steps.unit"), 303)
    return render_template("registration/agent.html", form=form, image=image_code(), step=1)


@blp.route("/register/without-code/unit", methods=["GET", "POST"])
def unit() -> ResponseReturnValue:
    """Step 2: that there is no code, the name, the certificate, and the agreement."""
    begun = session.get(_SESSION)
    if begun is None:
        return redirect(url_for("registration_steps.agent"), 303)
    form = UnitForm()
    form.department_id.find(request.form.get("department_search", ""))
    if request.method == "POST" and "search" not in request.form and form.validate_on_submit():
        if form.can_provide.data == "yes":
            flash(_("请使用统一社会信用代码注册"), "info")
            return redirect(url_for("registration.code"), 303)
        try:
            _check(form, begun)
        except Refused as refused:
            if any(trouble.code in _OVER for trouble in refused):
                session.pop(_SESSION)
                flash(words("agent_expired"), "danger")
                return redirect(url_for("registration_steps.agent"), 303)
            _explain(form, refused)
        else:
            # Handed in again, its user exists already.
            step = "done" if begun.get("ticket") else "user"
            return redirect(url_for(f"registration_steps.{step}"), 303)
    return render_template("registration/unit_check.html", form=form, begun=begun, step=2)


@blp.get("/register/without-code/departments")
def departments() -> ResponseReturnValue:
    """The part of the second step that lists departments by name, while one types."""
    form = UnitForm(formdata=None)
    form.department_id.find(request.args.get("department_search", ""))
    form.department_id.data = request.args.get("department_id")
    return render_template("registration/departments_part.html", form=form)


@blp.route("/register/without-code/user", methods=["GET", "POST"])
def user() -> ResponseReturnValue:
    """Step 3: user name and password; then the registration waits for the manual review."""
    begun = session.get(_SESSION)
    if begun is None or not begun.get("checked"):
        return redirect(url_for("registration_steps.unit"), 303)
    form = CredentialForm()
    if form.validate_on_submit():
        body = {name: form[name].data for name in ("username", "password", "image_code", "image_code_id")}
        try:
            body |= {"agent": begun["agent"], **given(stripped(form, "email"))}
            made = service("identity").post("/v1/account-reservations", body).body
            _submit(begun, made["ticket"])
            return redirect(url_for("registration_steps.done"), 303)
        except Refused as refused:
            form.take(refused)
    return render_template("registration/user.html", form=form, image=image_code(), step=3)


@blp.get("/register/without-code/done")
def done() -> ResponseReturnValue:
    """Step 4: it waits for the manual review."""
    return render_template("registration/under_review.html", step=4)


@blp.route("/register/status", methods=["GET", "POST"])
def status() -> ResponseReturnValue:
    """Where a registration stands, to who knows its user; after a refusal the way back to what was filled in."""
    form, found = StatusForm(), None
    if form.validate_on_submit():
        body = {name: form[name].data for name in ("username", "password", "image_code", "image_code_id")}
        try:
            let = service("identity").post("/v1/registrant-tokens", body).body
            found = service("units", bearer=let["access_token"]).get("/v1/registration-cases/mine").body
        except Refused as refused:
            form.take(refused)
        else:
            if found["agreement"] or found["state"] != "rejected":
                session[_SESSION] = {"agent": "", "token": let["access_token"], "ticket": let["ticket"]}
            else:
                registration.correct(found, let["ticket"], body["username"].strip())
    return render_template("registration/status.html", form=form, found=found, image=image_code())


@blp.get("/agreements/registration_agreement")
def agreement() -> ResponseReturnValue:
    """What a unit agrees to."""
    version = service("units").get("/v1/registration-profile")["agreement_version"]
    return render_template("registration/agreement.html", version=version)


@blp.get("/office/registrations")
@signed_in_as("office", may="review.decide")
def queue() -> ResponseReturnValue:
    """Registrations that wait for this bureau."""
    found = service("units").get("/v1/registration-cases", after=request.args.get("after"), limit=20).body
    types = service("units").get("/v1/registration-profile")["types"]
    names = {kind["key"]: kind for kind in types}
    return render_template("registration/queue.html", cases=found["items"], next=found["next"], types=names)


@blp.post("/office/registrations/<uuid:case_id>")
@signed_in_as("office", may="review.decide")
def decide(case_id: object) -> ResponseReturnValue:
    """Yes, or no with a reason."""
    state = "approved" if request.form.get("state") == "approved" else "rejected"
    body = {"state": state, "reason": request.form.get("reason", "").strip()}
    etag = f'"{request.form.get("version", "")}"'
    said = _("注册已通过，单位可以登录") if state == "approved" else _("注册已退回，单位可以看到理由")
    attempted(lambda: service("units").put(f"/v1/registration-cases/{case_id}/decision", body, etag=etag), said)
    return redirect(url_for("registration_steps.queue"), 303)


def _check(form: UnitForm, begun: dict[str, Any]) -> None:
    """The scan is uploaded in the name of the account to be; what is done is kept in the session."""
    if form.certificate.data:
        documents = service("documents", bearer=begun["token"])
        sent = documents.upload("/v1/files", form.certificate.data, purpose="unit_certificate").body
        begun |= {"receipt": sent["receipt"], "receipt_name": sent["name"]}
        session.modified = True
    version = service("units").get("/v1/registration-profile")["agreement_version"]
    body = {
        "can_provide": False,
        "no_code_confirmed": bool(form.no_code_confirmed.data),
        "department_id": form.department_id.data,
        "agreement_version": version if form.agreed.data else "",
        **given({"agent": begun["agent"], "certificate_receipt": begun.get("receipt")}),
        **given(stripped(form, "unit_name", "certificate_number")),
    }
    service("units", bearer=begun["token"]).put("/v1/registration-cases/mine", body)
    begun["checked"] = session.modified = True
    if begun.get("ticket"):
        _submit(begun, begun["ticket"])


def _submit(begun: dict[str, Any], ticket: str) -> None:
    units = service("units", bearer=begun["token"])
    units.post("/v1/registration-cases/mine/submission", {"ticket": ticket}, key=once())
    session.pop(_SESSION, None)


def _explain(form: UnitForm, refused: Refused) -> None:
    """Puts the objections at the fields, those of the upload at the file."""
    if any(trouble.name == "file" for trouble in refused) or refused.code in {"too_large", "wrong_media_type"}:
        form.take(refused, {trouble.path: "certificate" for trouble in refused})
    else:
        form.take(refused, {"certificate_receipt": "certificate", "agreement_version": "agreed"})

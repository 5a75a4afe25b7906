"""Registration of a unit in two pages (S4g-01, S4g-02): who it is, then name, department and account.

Between the pages only the answer of the register lies in the sealed session; once identity has reserved the account,
its ticket does too, so that correcting another field does not ask for user name and password again.
"""

from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, SelectField, StringField, TelField

from shenbao_portal.client import service
from shenbao_portal.departments import DepartmentField
from shenbao_portal.forms import Form, Needed, at_most, given, once, same_as, stripped
from shenbao_portal.i18n import named_text
from shenbao_portal.messages import words
from shenbao_portal.pages.signing import image_code
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

blp = Blueprint("registration", __name__, url_prefix="/register")

_SESSION = "registering"
_CORRECTING = "correcting"
_ASKED = ("industry", "location")
"""Fields that are shown only where the installation asks for them."""
_UNIT = ("unit_name", "unit_type", "department_id", "contact_name", "contact_phone", "address", *_ASKED)
_ACCOUNT = ("username", "password", "again", "email", "image_code")
_OVER = frozenset({"ticket_expired", "ticket_invalid", "ticket_used"})


class CodeForm(Form):
    code = StringField(
        _l("机构代码"),
        [Needed(), at_most(32)],
        description=_l("9 位组织机构代码或 18 位统一社会信用代码"),
        render_kw={"autocomplete": "off", "autocapitalize": "characters"},
    )
    legal_representative = StringField(_l("法定代表人"), [Needed(), at_most(100)], render_kw={"autocomplete": "off"})


class UnitForm(Form):
    unit_name = StringField(_l("单位名称"), [Needed(), at_most(200)], render_kw={"autocomplete": "organization"})
    unit_type = SelectField(_l("单位类型"), choices=[], validate_choice=False)
    certificate = FileField(
        _l("机构代码证扫描件"),
        description=_l("PDF、JPG 或 PNG，不超过 10 MB；所有信息需清晰可见"),
        render_kw={"accept": ".pdf,.jpg,.jpeg,.png"},
    )
    department_id = DepartmentField(_l("归口部门"), [Needed(_l("请选择归口部门"))])
    contact_name = StringField(_l("联系人"), [at_most(100)], render_kw={"autocomplete": "name"})
    contact_phone = TelField(_l("联系电话"), [at_most(30)], render_kw={"autocomplete": "tel"})
    address = StringField(_l("单位地址"), [at_most(200)], render_kw={"autocomplete": "street-address"})
    industry = StringField(_l("单位行业"), [at_most(100)])
    location = StringField(_l("单位所在地"), [at_most(100)])
    self_declaring = BooleanField(
        _l("个人以单位名义注册"),
        description=_l(
            "仅供单位没有职称工作人员的个人使用；申报不经单位审查，直接由归口部门审查，审核人员会看到此标记"
        ),
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
    email = EmailField(
        _l("电子邮箱"),
        [at_most(100)],
        description=_l("忘记密码时用来接收验证码"),
        render_kw={"autocomplete": "email"},
    )
    image_code = StringField(_l("验证码"), [Needed()], render_kw={"autocomplete": "off", "maxlength": 8})
    image_code_id = HiddenField()
    licence_needed = True

    def ask(self, profile: dict[str, Any]) -> None:
        """Shows what this installation asks for, and the types of unit that register with a code."""
        self.types = {kind["key"]: kind for kind in profile["types"] if kind["with_code"]}
        self.unit_type.choices = [("", _("请选择")), *((k, named_text(kind)) for k, kind in self.types.items())]
        self.every_unit = "licence" in profile["required"]
        for name in profile["required"]:
            if name in self:
                self[name].flags.required = True
        if "email" in profile["required"]:
            # Refused here, since the account keeps the address that it was reserved with.
            self.email.validators = [Needed(), *self.email.validators]
        for name in _ASKED:
            if name not in profile["required"]:
                delattr(self, name)

    @property
    def licence(self) -> str:
        """What the chosen type of unit uploads (S4b-03)."""
        kind = self.types.get(self.unit_type.data or "")
        return named_text({"zh": kind["licence_zh"], "en": kind["licence_en"]}) if kind else self.certificate.label.text

    @property
    def licence_hint(self) -> str:
        """What may not be on it (S4b-02)."""
        clean = _("最新证照的彩色扫描件，不得添加任何文字、图案、编号或水印。")
        return f"{clean}{self.certificate.description}"


@blp.route("", methods=["GET", "POST"])
def code() -> ResponseReturnValue:
    """First page: organisation code and legal representative."""
    before = session.get(_CORRECTING, {})
    form = CodeForm(data=before.get("filled"))
    if form.validate_on_submit():
        asked = stripped(form, "code", "legal_representative")
        try:
            found = service("units").post("/v1/registry-lookups", asked).body
        except Refused as refused:
            form.take(refused)
        else:
            session[_SESSION] = {**asked, "name": found["unit_name"] if found["recognised"] else None}
            session[_SESSION]["away"] = not found.get("registry_available", True)
            session[_SESSION] |= session.pop(_CORRECTING, {})
            return redirect(url_for("registration.unit"), 303)
    return render_template("registration/code.html", form=form)


@blp.route("/unit", methods=["GET", "POST"])
def unit() -> ResponseReturnValue:
    """Second page: the recognised name or a typed one with the scan, the department, the account."""
    begun = session.get(_SESSION)
    if begun is None:
        return redirect(url_for("registration.code"), 303)
    form = _form_of(begun)
    if request.method == "POST" and "search" not in request.form and _is_filled(form, begun):
        try:
            made = _register(form, begun)
            session.pop(_SESSION)
            session["registered"] = begun["username"]
            done = "registration_steps.done" if made.get("state") == "waiting" else "registration.done"
            return redirect(url_for(done), 303)
        except Refused as refused:
            _explain(form, refused, begun)
    return render_template(
        "registration/unit.html", form=form, begun=begun, image=None if begun.get("ticket") else image_code()
    )


def correct(case: dict[str, Any], ticket: str, username: str) -> None:
    """A refused registration is filled in again from its first page on, with what it held; its account exists."""
    names = ("legal_representative", "email", *(name for name in _UNIT if name != "department_id"), "self_declaring")
    filled = {name: case[name] for name in names if case.get(name)} | {"code": case["uscc"] or case["code"]}
    session.pop(_SESSION, None)
    kept = {"ticket": ticket, "username": username, "email": filled.pop("email", "")}
    session[_CORRECTING] = {**kept, "filled": filled}


@blp.get("/departments")
def departments() -> ResponseReturnValue:
    """The part of the second page that lists departments by name, while one types."""
    form = UnitForm(formdata=None)
    form.department_id.find(request.args.get("department_search", ""))
    form.department_id.data = request.args.get("department_id")
    return render_template("registration/departments_part.html", form=form)


@blp.get("/licence")
def licence() -> ResponseReturnValue:
    """The part of the second page that names the licence of the chosen type."""
    form = UnitForm(formdata=None, data={"unit_type": request.args.get("unit_type", "")})
    form.ask(service("units").get("/v1/registration-profile").body)
    return render_template("registration/licence_part.html", form=form, begun=session.get(_SESSION) or {})


@blp.get("/done")
def done() -> ResponseReturnValue:
    """Registered and usable at once; on to signing in."""
    return render_template("registration/done.html", username=session.get("registered", ""))


def _form_of(begun: dict[str, Any]) -> UnitForm:
    form = UnitForm(data=begun.get("filled"))
    form.ask(service("units").get("/v1/registration-profile").body)
    form.department_id.find(request.form.get("department_search", ""))
    if begun["name"]:
        form.unit_name.data = begun["name"]
        form.unit_name.errors, form.unit_name.validators = [], []
        if not form.every_unit:
            del form.certificate
    for name in _ACCOUNT if begun.get("ticket") else ():
        delattr(form, name)
    return form


def _is_filled(form: UnitForm, begun: dict[str, Any]) -> bool:
    valid = bool(form.validate_on_submit())
    if "certificate" in form and not form.certificate.data and not begun.get("receipt"):
        unknown = _("未能自动识别单位名称，须上传机构代码证扫描件")
        form.say(_("请上传%(name)s", name=form.licence) if form.every_unit else unknown, "certificate")
        return False
    return valid


def _register(form: UnitForm, begun: dict[str, Any]) -> dict[str, Any]:
    """Account first, since the scan is uploaded in its name; then the unit. What is done is kept in the session."""
    if not begun.get("ticket"):
        body = {name: form[name].data for name in ("username", "password", "image_code", "image_code_id")}
        email = stripped(form, "email")
        reserved = service("identity").post("/v1/account-reservations", body | given(email)).body
        begun |= {"ticket": reserved["ticket"], "username": reserved["username"], **email}
        session.modified = True
    if "certificate" in form and form.certificate.data:
        documents = service("documents", bearer=begun["ticket"])
        purpose = "unit_licence" if form.unit_type.data else "code_certificate"
        sent = documents.upload("/v1/files", form.certificate.data, purpose=purpose).body
        begun |= {"receipt": sent["receipt"], "receipt_name": sent["name"]}
        session.modified = True
    body = {
        "code": begun["code"],
        "legal_representative": begun["legal_representative"],
        "self_declaring": bool(form.self_declaring.data),
        "ticket": begun["ticket"],
        **given({"certificate_receipt": begun.get("receipt"), "email": begun.get("email")}),
        **given(stripped(form, *(name for name in _UNIT if name in form))),
    }
    made: dict[str, Any] = service("units").post("/v1/registrations", body, key=once()).body
    return made


def _explain(form: UnitForm, refused: Refused, begun: dict[str, Any]) -> None:
    """Puts the objections at the fields; an account whose reservation is over is asked for again."""
    if any(trouble.code in _OVER for trouble in refused):
        for name in ("ticket", "receipt", "receipt_name"):
            begun.pop(name, None)
        session.modified = True
        form.say(words("ticket_expired"))
        return
    if any(trouble.name == "file" for trouble in refused) or refused.code in {"too_large", "wrong_media_type"}:
        form.take(refused, {trouble.path: "certificate" for trouble in refused})
    else:
        form.take(refused, {"certificate_receipt": "certificate", "org_code": "code"})

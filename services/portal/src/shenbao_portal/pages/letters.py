"""Authorization letters (授权委托书): the unit's page, which stands before all others, and the bureau's queue."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import HiddenField, StringField

from shenbao_portal.acts import attempted
from shenbao_portal.bureaus import BureauField
from shenbao_portal.client import service
from shenbao_portal.forms import Form, Needed, at_most, stripped
from shenbao_portal.guards import signed_in_as
from shenbao_portal.refusals import Refused
from shenbao_portal.signed_in import account
from shenbao_portal.texts import _, _l

blp = Blueprint("letters", __name__)

DUE = "authorization_required"
"""What a token says while the letter is due; the services refuse everything else with it."""
_FREE = {
    "letters.own",
    "letters.bureaus",
    "letters.change_user",
    "letters.certificate",
    "person.mobile",
    "persons.send_code",
}
_FREE |= {"signing.sign_out", "signing.sign_in", "signing.signed_in_", "signing.another_image"}
_FREE |= {"language.switch", "static", "favicon", "health.live", "health.ready"}


class LetterForm(Form):
    department_id = BureauField(_l("单位隶属关系"), [Needed(_l("请选择单位隶属关系"))])
    letter = FileField(
        _l("授权委托书证明"),
        [Needed(_l("请上传授权委托书证明"))],
        description=_l("加盖公章的授权委托书扫描件，只接受一个 PDF 文件"),
        render_kw={"accept": ".pdf"},
    )
    etag = HiddenField()


class UserForm(Form):
    name = StringField(_l("新的账号使用人姓名"), [Needed(), at_most(100)], render_kw={"autocomplete": "off"})
    etag = HiddenField()


@blp.before_app_request
def first_the_letter() -> ResponseReturnValue | None:
    """A unit whose letter is due sees the page for it, and no other (S1-09)."""
    who = account()
    if who is None or who.due != DUE or request.endpoint in _FREE:
        return None
    return redirect(url_for("letters.own" if who.kind == "unit" else "letters.waiting"), 303)


@blp.route("/unit/letter", methods=["GET", "POST"])
@signed_in_as("unit", may="unit.manage")
def own() -> ResponseReturnValue:
    """Where the letter stands; what a new one needs (S1-11)."""
    found = service("units").get("/v1/units/mine/letter")
    form = LetterForm(data={"etag": found.etag})
    form.department_id.find(request.form.get("department_search", ""))
    if request.method == "POST" and "search" not in request.form and form.validate_on_submit():
        try:
            _submit(form)
            flash(_("授权委托书已提交，等待属地人社局审核"), "success")
            return redirect(url_for("letters.own"), 303)
        except Refused as refused:
            # What is said of the upload belongs to the file, whatever it is called there.
            names = {trouble.path: "letter" for trouble in refused if trouble.name in {"", "file", "receipt"}}
            form.take(refused, names | {"affiliation_id": "department_id"})
    return _page(found.body, found.etag, form)


@blp.post("/unit/letter/user")
@signed_in_as("unit", may="unit.manage")
def change_user() -> ResponseReturnValue:
    """Another person uses the account (S1-17)."""
    form = UserForm()
    if form.validate_on_submit():
        body = stripped(form, "name")
        said = _("账号使用人已变更，请提交新的授权委托书")
        attempted(lambda: service("units").put("/v1/units/mine/user", body, etag=form.etag.data), said)
    else:
        flash(_("请填写新的账号使用人姓名"), "danger")
    return redirect(url_for("letters.own"), 303)


@blp.get("/unit/letter/certificate")
@signed_in_as("unit", may="unit.manage")
def certificate() -> ResponseReturnValue:
    """The certificate to be printed and sealed, filled in as far as it is known (S1-10)."""
    who = account()
    slip = service("units").post("/v1/units/mine/letter/slips", {})["slip"]
    body = {"letter": slip, "account": who.username if who else ""}
    made = service("documents").post("/v1/authorization-certificates", body)
    headers = {k: made.headers[k] for k in ("Content-Type", "Content-Disposition") if k in made.headers}
    return Response(made.body, headers=headers)


@blp.get("/unit/letter/bureaus")
@signed_in_as("unit", may="unit.manage")
def bureaus() -> ResponseReturnValue:
    """The part that lists bureaus by name, while one types."""
    form = LetterForm(formdata=None)
    form.department_id.find(request.args.get("department_search", ""))
    form.department_id.data = request.args.get("department_id")
    return render_template("registration/departments_part.html", form=form)


@blp.get("/unit/waiting")
@signed_in_as("sub_account")
def waiting() -> ResponseReturnValue:
    """What the unit's other accounts see while its letter is due."""
    return render_template("letters/waiting.html")


@blp.get("/office/letters")
@signed_in_as("office", may="review.decide")
def queue() -> ResponseReturnValue:
    """Letters of the units of this bureau's affiliation (S1-12)."""
    found = service("units").get("/v1/letters", after=request.args.get("after"), limit=20).body
    return render_template("letters/queue.html", letters=found["items"], next=found["next"])


@blp.post("/office/letters/<uuid:letter_id>")
@signed_in_as("office", may="review.decide")
def decide(letter_id: object) -> ResponseReturnValue:
    """Yes, or no with a reason."""
    form = request.form
    state = "approved" if form.get("state") == "approved" else "rejected"
    body = {"state": state, "reason": form.get("reason", "").strip()}
    etag = f'"{form.get("version", "")}"'
    said = _("授权委托书已审核通过") if state == "approved" else _("授权委托书已退回，理由已告知单位")
    attempted(lambda: service("units").put(f"/v1/letters/{letter_id}/decision", body, etag=etag), said)
    return redirect(url_for("letters.queue"), 303)


def _submit(form: LetterForm) -> None:
    sent = service("documents").upload("/v1/files", form.letter.data, purpose="authorization_letter").body
    body = {"affiliation_id": form.department_id.data, "receipt": sent["receipt"]}
    service("units").put("/v1/units/mine/letter", body, etag=form.etag.data)


def _page(letter: dict[str, Any], etag: str | None, form: LetterForm) -> str:
    mobile = service("identity").get("/v1/me/profile").body.get("mobile", "")
    user_form = UserForm(formdata=None, data={"etag": etag})
    return render_template("letters/own.html", letter=letter, form=form, user_form=user_form, mobile=mobile)

"""Many personal declaration accounts of a unit at once, up to a thousand, in portions that the page shows as they come.

What was made is nowhere but on the page; a portion that is sent again is made once.
"""

from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField
from wtforms.validators import NumberRange

from shenbao_portal.client import new_key, service
from shenbao_portal.forms import Form, Needed, form_page, once
from shenbao_portal.guards import signed_in_as
from shenbao_portal.messages import together, words
from shenbao_portal.pages import sub_accounts
from shenbao_portal.refusals import Refused, Unreachable
from shenbao_portal.texts import _, _l

blp = Blueprint("account_batches", __name__, url_prefix="/unit/accounts/batch")

MOST = 1000
_PORTION = 100


class BatchForm(Form):
    count = IntegerField(
        _l("新增数量"),
        [Needed(), NumberRange(1, MOST, _l("请填写 1 到 %(max)d 之间的数字"))],
        description=_l("用户名由单位用户名加数字自动生成，之后可以逐个修改名称和权限"),
        render_kw={"inputmode": "numeric"},
    )
    permissions = sub_accounts.ticks()


class PortionForm(BatchForm):
    done = IntegerField(validators=[NumberRange(0, MOST)])


@dataclass
class Batch:
    """How far it is. once: the key of the next portion, the same when it is sent again."""

    count: int
    permissions: list[str]
    done: int = 0
    made: list[dict[str, Any]] = field(default_factory=list)
    trouble: str = ""
    once: str = field(default_factory=new_key)

    @property
    def over(self) -> bool:
        return self.done >= self.count


@blp.route("", methods=["GET", "POST"])
@signed_in_as("unit", may="sub_account.manage")
def new() -> ResponseReturnValue:
    """Several accounts with the same ticks; more than fit in a portion are made on a page that shows how far it is."""
    form = BatchForm(data={"permissions": sub_accounts.advised()})
    sub_accounts.offer(form)
    if form.validate_on_submit():
        batch = Batch(form.count.data, form.permissions.data)
        if batch.count > _PORTION:
            return render_template("accounts/batch_making.html", batch=batch)
        try:
            made = _made(batch.count, batch.permissions)
            return sub_accounts.made(made, _("已新增 %(count)d 个子账号", count=len(made)))
        except Refused as refused:
            form.take(refused)
    return _page(form)


@blp.post("/portion")
@signed_in_as("unit", may="sub_account.manage")
def portion() -> ResponseReturnValue:
    """The next accounts of a batch, and how far it is."""
    form = PortionForm()
    sub_accounts.offer(form)
    if not form.validate_on_submit():
        return _page(form)
    batch = Batch(form.count.data, form.permissions.data, form.done.data or 0)
    try:
        batch.made = _made(min(_PORTION, batch.count - batch.done), batch.permissions)
        batch.done += len(batch.made)
    except Refused as refused:
        batch.trouble, batch.once = together(words(t.code, t.params) for t in refused), once()
    except Unreachable:
        batch.trouble, batch.once = _("服务暂时没有响应，已新增的账号不受影响，请稍后继续"), once()
    page = "accounts/batch_part.html" if request.headers.get("HX-Request") else "accounts/batch_making.html"
    return render_template(page, batch=batch)


def _page(form: BatchForm) -> str:
    above = (_("子账号管理"), url_for("sub_accounts.listed"))
    return form_page(form, _("批量新增账号"), above, "count", "permissions")


def _made(count: int, permissions: list[str]) -> list[dict[str, Any]]:
    reserved: list[dict[str, Any]] = (
        service("identity").post("/v1/sub-account-reservations/batch", {"count": count}, key=once() + "r").body["items"]
    )
    body = {"tickets": [item["ticket"] for item in reserved], "permissions": permissions}
    service("units").post("/v1/sub-accounts/batch", body, key=once())
    return reserved

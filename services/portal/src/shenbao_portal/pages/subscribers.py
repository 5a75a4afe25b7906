"""Subscribing systems, for administrators: who hears which events, and how far each has come."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField, StringField
from wtforms.validators import NumberRange, Optional

from shenbao_portal import programmes
from shenbao_portal.acts import attempted
from shenbao_portal.client import service
from shenbao_portal.forms import Form, at_most, given, once
from shenbao_portal.guards import signed_in_as
from shenbao_portal.i18n import named_text
from shenbao_portal.pages.organisations import everything
from shenbao_portal.refusals import Refused
from shenbao_portal.subscriber_forms import AUTHS, CHANNELS, NAMES, PAUSES, RESULTS, SubscriberForm, data_of, trouble
from shenbao_portal.texts import _, _l

blp = Blueprint("subscribers", __name__, url_prefix="/admin/subscribers")

MANAGE = "subscription.manage"
_FAR = 2**53


class ReplayForm(Form):
    after = IntegerField(
        _l("从此位置之后"), [Optional(), NumberRange(0, _FAR)], description=_l("0 为从头开始"), default=0
    )
    until = IntegerField(_l("到此位置为止"), [Optional(), NumberRange(0, _FAR)], description=_l("不填为到最新"))
    subject = StringField(_l("只重放此对象"), [at_most(200)], description=_l("申报材料、单位等的编号；不填为不限"))


@blp.context_processor
def _words() -> dict[str, Any]:
    return {"channels": CHANNELS, "auths": AUTHS, "pauses": PAUSES, "results": RESULTS, "trouble": trouble}


@blp.get("")
@signed_in_as("admin", may=MANAGE)
def listed() -> ResponseReturnValue:
    """By name."""
    args = request.args
    found = service("subscriptions").get("/v1/subscribers", state=args.get("state"), after=args.get("after"), limit=50)
    return render_template("admin/subscribers.html", items=found["items"], next=found["next"])


@blp.route("/new", methods=["GET", "POST"])
@signed_in_as("admin", may=MANAGE)
def add() -> ResponseReturnValue:
    """A new one, by channel in the address; a queue's password is shown once."""
    offered = service("subscriptions").get("/v1/options").body
    channel = request.args["channel"] if request.args.get("channel") in offered["channels"] else "webhook"
    form = SubscriberForm()
    form.offer(everything(), offered["types"], [])
    form.without(channel)
    if form.validate_on_submit():
        try:
            body = form.body(channel) | {"channel": channel}
            made = service("subscriptions").post("/v1/subscribers", body, key=once()).body
        except Refused as refused:
            form.take(refused, NAMES)
        else:
            if "password" in made:
                return _password(made)
            flash(_("订阅系统已登记"), "success")
            return redirect(url_for("subscribers.show", subscriber_id=made["id"]), 303)
    return render_template("admin/subscriber_new.html", form=form, channel=channel, offered=offered["channels"])


@blp.route("/<uuid:subscriber_id>", methods=["GET", "POST"])
@signed_in_as("admin", may=MANAGE)
def show(subscriber_id: object) -> ResponseReturnValue:
    """Its state, what waits for it, and a replay."""
    form = ReplayForm()
    if form.validate_on_submit():
        wanted = {"after": form.after.data or 0, "until": form.until.data, "subject": (form.subject.data or "").strip()}
        if attempted(
            lambda: service("subscriptions").post(
                f"/v1/subscribers/{subscriber_id}/replays", given(wanted), key=once()
            ),
            _("重放已开始"),
        ):
            return redirect(url_for("subscribers.show", subscriber_id=subscriber_id), 303)
    answer = service("subscriptions").get(f"/v1/subscribers/{subscriber_id}")
    replays = service("subscriptions").get(f"/v1/subscribers/{subscriber_id}/replays", limit=5)["items"]
    deliveries = service("subscriptions").get(
        "/v1/deliveries", subscriber_id=str(subscriber_id), state=_state(), after=request.args.get("after"), limit=20
    )
    return render_template(
        "admin/subscriber.html",
        one=answer.body,
        etag=answer.etag,
        form=form,
        replays=replays,
        deliveries=deliveries["items"],
        next=deliveries["next"],
        state=_state(),
        names={item["id"]: item["name"] for item in everything()},
        programme_names={programmes.programme_key(p): named_text(p) for p in programmes.published()},
    )


@blp.route("/<uuid:subscriber_id>/edit", methods=["GET", "POST"])
@signed_in_as("admin", may=MANAGE)
def edit(subscriber_id: object) -> ResponseReturnValue:
    """Name, client, filter, webhook."""
    answer = service("subscriptions").get(f"/v1/subscribers/{subscriber_id}")
    form = SubscriberForm(data=data_of(answer.body) | {"etag": answer.etag})
    form.offer(everything(), service("subscriptions").get("/v1/options")["types"], answer["filter"]["bodies"])
    form.without(answer["channel"])
    if form.validate_on_submit():
        try:
            body = form.body(answer["channel"], answer.body)
            service("subscriptions").patch(f"/v1/subscribers/{subscriber_id}", body, etag=form.etag.data)
            flash(_("订阅系统已保存"), "success")
            return redirect(url_for("subscribers.show", subscriber_id=subscriber_id), 303)
        except Refused as refused:
            form.take(refused, NAMES)
    return render_template("admin/subscriber_edit.html", form=form, one=answer.body)


@blp.post("/<uuid:subscriber_id>/state")
@signed_in_as("admin", may=MANAGE)
def set_state(subscriber_id: object) -> ResponseReturnValue:
    """Pause or resume."""
    state, etag = request.form.get("state", ""), request.form.get("etag")
    attempted(
        lambda: service("subscriptions").put(f"/v1/subscribers/{subscriber_id}/state", {"state": state}, etag=etag),
        _("已恢复，将补发暂停期间的事件") if state == "active" else _("已暂停，不再投递"),
    )
    return redirect(url_for("subscribers.show", subscriber_id=subscriber_id), 303)


@blp.post("/<uuid:subscriber_id>/removal")
@signed_in_as("admin", may=MANAGE)
def remove(subscriber_id: object) -> ResponseReturnValue:
    """Nothing is delivered to it any more."""
    etag = request.form.get("etag")
    done = attempted(
        lambda: service("subscriptions").delete(f"/v1/subscribers/{subscriber_id}", etag=etag), _("订阅系统已删除")
    )
    if done:
        return redirect(url_for("subscribers.listed"), 303)
    return redirect(url_for("subscribers.show", subscriber_id=subscriber_id), 303)


@blp.post("/<uuid:subscriber_id>/password")
@signed_in_as("admin", may=MANAGE)
def renew_password(subscriber_id: object) -> ResponseReturnValue:
    """A new one for the queue's user, shown once."""
    made = service("subscriptions").post(
        f"/v1/subscribers/{subscriber_id}/password", key=once(), etag=request.form.get("etag")
    )
    return _password(made.body)


@blp.post("/<uuid:subscriber_id>/deliveries/<delivery_id>/skip")
@signed_in_as("admin", may=MANAGE)
def skip(subscriber_id: object, delivery_id: str) -> ResponseReturnValue:
    """Leaves out one event that it will not take."""
    attempted(
        lambda: service("subscriptions").post(f"/v1/deliveries/{delivery_id}/skip", key=once()),
        _("已跳过该事件，同一对象的后续事件可以继续投递"),
    )
    return redirect(url_for("subscribers.show", subscriber_id=subscriber_id), 303)


def _state() -> str:
    state = request.args.get("state")
    return state if state in {"pending", "delivered", "skipped"} else "pending"


def _password(made: dict[str, Any]) -> ResponseReturnValue:
    # Answered at once instead of after a redirect: the password is to be nowhere but on this page.
    return render_template("admin/subscriber_password.html", one=made)

"""Events between the services, for operators: how much waits, where an event is, what is parked."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal import bus
from shenbao_portal.acts import attempted
from shenbao_portal.client import service
from shenbao_portal.forms import once
from shenbao_portal.guards import signed_in_as
from shenbao_portal.permission_names import SERVICES
from shenbao_portal.texts import _

blp = Blueprint("events", __name__, url_prefix="/admin/events")


@blp.get("")
@signed_in_as("admin", may="events.operate")
def overview() -> ResponseReturnValue:
    """How much waits in each service, and for how long."""
    asked = bus.Bus()
    return render_template("admin/events.html", tab="overview", depths=asked.depths(), away=asked.away)


@blp.get("/timeline")
@signed_in_as("admin", may="events.operate")
def timeline() -> ResponseReturnValue:
    """Where the events of an application, another subject or a trace are."""
    asked, q = bus.Bus(), request.args.get("q", "").strip()
    entries = asked.timeline(q) if q else None
    return render_template("admin/events_timeline.html", tab="timeline", q=q, entries=entries, away=asked.away)


@blp.get("/parked")
@signed_in_as("admin", may="events.operate")
def parked() -> ResponseReturnValue:
    """What a person has to look at, one service at a time."""
    asked = bus.Bus()
    counts = {name: depth["parked"]["number"] for name, depth in asked.depths().items()}
    first = next((name for name, number in counts.items() if number), next(iter(counts), ""))
    name = request.args.get("service", "")
    name = name if name in counts else first
    found = service(name).get("/v1/bus/parked", after=request.args.get("after"), limit=20).body if name else {}
    return render_template(
        "admin/events_parked.html",
        tab="parked",
        service=name,
        counts=counts,
        items=found.get("items", ()),
        next=found.get("next"),
        away=asked.away,
    )


@blp.post("/send-backs")
@signed_in_as("admin", may="events.operate")
def send_back() -> ResponseReturnValue:
    """Ticked events, or all of the service."""
    name, ids = request.form.get("service", ""), request.form.getlist("ids")
    everything = "all" in request.form
    back = redirect(url_for("events.parked", service=name), 303)
    if name not in SERVICES or not (everything or ids):
        flash(_("请先勾选事件"), "warning")
        return back
    body = {"all": True} if everything else {"event_ids": ids}
    attempted(lambda: service(name).post("/v1/bus/send-backs", body, key=once()), _("已交回处理，结果稍后可在此查看。"))
    return back

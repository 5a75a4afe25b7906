"""The public first page, and the home of each kind of account."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal import archive_words, programmes
from shenbao_portal.client import service
from shenbao_portal.guards import require
from shenbao_portal.refusals import Refused, Unreachable
from shenbao_portal.signed_in import account

blp = Blueprint("home", __name__)


@blp.get("/")
def front() -> ResponseReturnValue:
    """What this is, registration of units, signing in; who is signed in goes on to the own home."""
    if account() is not None:
        return redirect(url_for("home.own"), 303)
    return render_template("home/front.html")


@blp.get("/home")
def own() -> ResponseReturnValue:
    """Each kind of account begins where its work is."""
    kind = require().kind
    if kind == "office":
        return render_template("home/office.html", counts=_case_counts())
    if kind == "admin":
        return render_template("home/admin.html")
    if kind == "person":
        return redirect(url_for("person.centre"), 303)
    waiting = _waiting() if kind == "unit" else None
    return render_template("home/unit.html", groups=[_work(p) for p in programmes.handled_by(kind)], waiting=waiting)


def _waiting() -> dict[str, Any] | None:
    """What the unit has to look at of its people's (S1-15); nothing where no programme asks units.

    Where its department verifies for it, nothing waits for the unit itself.
    """
    examined = programmes.examined_by_units()
    if not examined:
        return None
    applications = service("applications")
    archive = archive_words.overview()
    records = sum(category["pending"] for category in archive["items"])
    keys = {programmes.programme_key(p): p["unit_step"] for p in examined}
    examinations = [
        {"key": key, "step": step, "open": applications.get("/v1/examinations/counts", programme=key).body["open"]}
        for key, step in keys.items()
    ]
    waiting = {"records": records, "applications": sum(one["open"] for one in examinations)}
    return {"verifies": archive["verifies"], "examinations": examinations, **waiting}


def _work(programme: dict[str, Any]) -> dict[str, Any]:
    """Of one programme: its projects with the numbers to report and returned (S4g-08).

    First those with something to do; apart, those that are not open and leave nothing to do.
    """
    key = programmes.programme_key(programme)
    found = service("applications").get("/v1/projects/work", programme=key).body["items"]
    variants = {v["key"]: v for v in programme.get("variants", [])}
    fills = require().kind in programme.get("fill", ("unit", "sub_account"))
    left = [line for line in found if line["to_report"] or line["returned"]]
    idle = [line for line in found if not (line["to_report"] or line["returned"])]
    work = left + [line for line in idle if line["project"]["open"]]
    rest = [line for line in idle if not line["project"]["open"]]
    return {"programme": programme, "key": key, "variants": variants, "work": work, "rest": rest, "fills": fills}


def _case_counts() -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = service("review").get("/v1/cases/counts").body
    except (Refused, Unreachable):
        return None
    return found

"""After publicity: numbering, the document that issues, revocation (S4a-09)."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal.acts import attempted
from shenbao_portal.client import service
from shenbao_portal.forms import once
from shenbao_portal.guards import signed_in_as
from shenbao_portal.pages.cases import materials_of
from shenbao_portal.texts import _

blp = Blueprint("issuances", __name__, url_prefix="/office")


@blp.get("/issuances")
@signed_in_as("office")
def index() -> ResponseReturnValue:
    """What the office has numbered."""
    found = service("review").get("/v1/issuances", after=request.args.get("after")).body
    return render_template("issuances/listed.html", found=found)


@blp.get("/issuances/<uuid:issuance_id>")
@signed_in_as("office")
def show(issuance_id: Any) -> ResponseReturnValue:
    """Its numbers, and its document."""
    found = service("review").get(f"/v1/issuances/{issuance_id}").body
    return render_template("issuances/show.html", issuance=found, materials=materials_of(found["numbers"]))


@blp.post("/publicity/<uuid:publicity_id>/numbering")
@signed_in_as("office", may="review.decide")
def number(publicity_id: Any) -> ResponseReturnValue:
    """Everybody of the notice who is through."""
    body = {"series": request.form.get("series", "").strip()}
    act = lambda: service("review").post(f"/v1/publicities/{publicity_id}/numbering", body, key=once())  # noqa: E731
    if attempted(act, _("证书编号已生成。")):
        return redirect(url_for("issuances.index"), 303)
    return redirect(url_for("publicity.show", publicity_id=publicity_id), 303)


@blp.post("/issuances/<uuid:issuance_id>/document")
@signed_in_as("office", may="review.decide")
def issue(issuance_id: Any) -> ResponseReturnValue:
    """From then on certificates bear the numbers."""
    body = {name: request.form.get(name, "").strip() for name in ("document_number", "issuing_unit")}
    act = lambda: service("review").post(f"/v1/issuances/{issuance_id}/document", body, key=once())  # noqa: E731
    attempted(act, _("发文信息已登记，可以制发证书。"))
    return redirect(url_for("issuances.show", issuance_id=issuance_id), 303)


@blp.post("/issuances/<uuid:issuance_id>/revocations")
@signed_in_as("office", may="review.decide")
def revoke(issuance_id: Any) -> ResponseReturnValue:
    """One number, with its reason."""
    body = {name: request.form.get(name, "").strip() for name in ("application_id", "reason")}
    act = lambda: service("review").post(f"/v1/issuances/{issuance_id}/revocations", body, key=once())  # noqa: E731
    attempted(act, _("证书编号已撤销。"))
    return redirect(url_for("issuances.show", issuance_id=issuance_id), 303)

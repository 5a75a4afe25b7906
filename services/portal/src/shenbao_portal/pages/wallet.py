"""The wallet: one's own files with upload, turning, recognition, names and a view with zoom (B-13, S2-24, S3-24)."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal.client import service
from shenbao_portal.evidence_words import FIELDS, KINDS, READABLE, doubtful
from shenbao_portal.guards import signed_in_as
from shenbao_portal.messages import words
from shenbao_portal.pages.files import passed_on
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _

blp = Blueprint("wallet", __name__, url_prefix="/wallet")

ZOOMS = (600, 1000, 1600, 2400)
_WHO = ("unit", "sub_account", "person")
_WORDS = {"kinds": KINDS, "fields": FIELDS, "readable": READABLE}


@blp.get("")
@signed_in_as(*_WHO)
def overview() -> ResponseReturnValue:
    """Every file of one's own, newest first."""
    found = service("documents").get("/v1/files", after=request.args.get("after")).body
    return render_template("wallet/overview.html", files=found["items"], next=found["next"], **_WORDS)


@blp.post("/uploads")
@signed_in_as(*_WHO)
def upload() -> ResponseReturnValue:
    """Takes one file in; the answer is where it is found now."""
    if "file" not in request.files:
        abort(400)
    taken = service("documents").upload("/v1/files", request.files["file"], purpose="wallet").body
    return render_template("wallet/taken_part.html", file=taken)


@blp.get("/<uuid:file_id>")
@signed_in_as(*_WHO)
def show(file_id: Any) -> ResponseReturnValue:
    """One file: seen larger or smaller, turned, named, read, described, deleted."""
    return _page(file_id)


@blp.get("/<uuid:file_id>/preview")
@signed_in_as(*_WHO)
def preview(file_id: Any) -> ResponseReturnValue:
    return passed_on(f"/v1/files/{file_id}/preview?longest={_zoom()}")


@blp.post("/<uuid:file_id>/name")
@signed_in_as(*_WHO)
def rename(file_id: Any) -> ResponseReturnValue:
    """Another name and validity date; the content stays."""
    body = {"name": request.form.get("name", "").strip(), "valid_until": request.form.get("valid_until") or None}
    try:
        service("documents").patch(f"/v1/files/{file_id}", body)
    except Refused as refused:
        return _page(file_id, refused=refused)
    flash(_("名称已保存"), "success")
    return redirect(url_for("wallet.show", file_id=file_id), 303)


@blp.post("/<uuid:file_id>/rotation")
@signed_in_as(*_WHO)
def turn(file_id: Any) -> ResponseReturnValue:
    """Leads to the turned image; the original is kept."""
    degrees = request.form.get("degrees", type=int)
    turned = service("documents").post(f"/v1/files/{file_id}/rotations", {"degrees": degrees})["id"]
    return redirect(url_for("wallet.show", file_id=turned), 303)


@blp.post("/<uuid:file_id>/recognition")
@signed_in_as(*_WHO)
def recognise(file_id: Any) -> ResponseReturnValue:
    """Has the image read; the page asks again until it is."""
    kind = request.form.get("kind", "")
    made = service("documents").post("/v1/recognitions", {"file_id": str(file_id), "kind": kind})["id"]
    return redirect(url_for("wallet.show", file_id=file_id, recognition=made, kind=kind) + "#facts", 303)


@blp.post("/<uuid:file_id>/recognition/<uuid:recognition_id>/cancellation")
@signed_in_as(*_WHO)
def cancel(file_id: Any, recognition_id: Any) -> ResponseReturnValue:
    """Stops it; the fields are empty and may be typed."""
    kind = service("documents").post(f"/v1/recognitions/{recognition_id}/cancellation")["kind"]
    return redirect(url_for("wallet.show", file_id=file_id, kind=kind, typed=1) + "#facts", 303)


@blp.get("/<uuid:file_id>/facts")
@signed_in_as(*_WHO)
def facts(file_id: Any) -> ResponseReturnValue:
    """The part of the page with what the file says, while it is being read."""
    return render_template("wallet/facts_part.html", file=_file(file_id), **_facts(_file(file_id)), **_WORDS)


@blp.post("/<uuid:file_id>/facts")
@signed_in_as(*_WHO)
def describe(file_id: Any) -> ResponseReturnValue:
    """Keeps what its owner confirms."""
    kind = request.form.get("kind", "")
    values = {key: request.form.get(f"fact-{key}", "").strip() for key in KINDS.get(kind, ("", ()))[1]}
    try:
        service("documents").put(f"/v1/files/{file_id}/facts", {"kind": kind, "values": values})
    except Refused as refused:
        return _page(file_id, refused=refused)
    flash(_("内容已保存"), "success")
    return redirect(url_for("wallet.show", file_id=file_id), 303)


@blp.post("/<uuid:file_id>/deletion")
@signed_in_as(*_WHO)
def delete(file_id: Any) -> ResponseReturnValue:
    try:
        service("documents").delete(f"/v1/files/{file_id}")
    except Refused as refused:
        return _page(file_id, refused=refused)
    flash(_("文件已删除"), "success")
    return redirect(url_for("wallet.overview"), 303)


def _page(file_id: Any, *, refused: Refused | None = None) -> ResponseReturnValue:
    file = _file(file_id)
    views = service("documents").get(f"/v1/files/{file_id}/views").body["items"]
    troubles = [words(t.code, t.params) for t in refused or ()]
    page = render_template(
        "wallet/file.html",
        file=file,
        views=views,
        zoom=_zoom(),
        zooms=ZOOMS,
        troubles=troubles,
        **_facts(file),
        **_WORDS,
    )
    return page, 422 if refused else 200


def _file(file_id: Any) -> dict[str, Any]:
    # The address answers for whoever may see the file; this page is for whom it belongs to.
    found: dict[str, Any] = service("documents").get(f"/v1/files/{file_id}").body
    return found


def _facts(file: dict[str, Any]) -> dict[str, Any]:
    """Kind and values: what was read just now, else what was kept; a cancelled reading leaves the fields empty."""
    kept = file["facts"] or {"kind": "", "values": {}}
    kind = request.args.get("kind") or kept["kind"]
    recognition = request.args.get("recognition")
    if recognition:
        state = service("documents").get(f"/v1/recognitions/{recognition}").body
        read = (state["result"] or {}).get("fields", {})
        values = {key: field["value"] for key, field in read.items()}
        unsure = [key for key, field in read.items() if doubtful(field["confidence"])]
        return {"kind": state["kind"], "values": values, "doubtful": unsure, "recognition": state}
    values = kept["values"] if kind == kept["kind"] and not request.args.get("typed") else {}
    return {"kind": kind, "values": values, "doubtful": [], "recognition": None}


def _zoom() -> int:
    wanted = request.args.get("zoom", ZOOMS[0], type=int)
    return wanted if wanted in ZOOMS else ZOOMS[0]

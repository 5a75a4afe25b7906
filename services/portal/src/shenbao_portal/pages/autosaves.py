"""A draft saves itself while it is filled in; the answer is the sentence that says so, with the version of now."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from shenbao_portal import contents, material_forms
from shenbao_portal.client import service
from shenbao_portal.guards import signed_in_as
from shenbao_portal.refusals import TYPED_WRONG, Refused

blp = Blueprint("autosaves", __name__, url_prefix="/autosaves")

DRAFTS = ("draft", "materials_pending", "ready_to_report")
"""What nobody has seen yet: what was returned is changed on purpose only."""


@blp.post("/<uuid:application_id>")
@signed_in_as("unit", "sub_account", "person", may="application.fill")
def save(application_id: Any) -> ResponseReturnValue:
    """All sections of the form, or the step that the address names, as they stand; what is wrong is not saved."""
    found = service("applications").get(f"/v1/applications/{application_id}")
    pack = contents.form_of_application(found)
    given = material_forms.read(pack, request.form)
    step = request.args.get("step")
    asked = [s for s in contents.filled_sections(pack) if step in (None, s["key"]) and not s.get("archive")]
    if found["status"] not in DRAFTS or not asked:
        return render_template("work/autosaved.html", saved=None, etag=None, refused=None)
    sections = {s["key"]: _emptied(s, given.get(s["key"], {})) | given.get(s["key"], {}) for s in asked}
    try:
        saved = service("applications").patch(
            f"/v1/applications/{application_id}/sections",
            {"sections": sections},
            etag=request.form.get("etag", ""),
            minimal=True,
        )
    except Refused as refused:
        if refused.status not in TYPED_WRONG:
            raise
        return render_template("work/autosaved.html", saved=None, etag=None, refused=refused)
    return render_template("work/autosaved.html", saved=saved.body, etag=saved.etag, refused=None)


def _emptied(section: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, None]:
    """Several files of a field are saved as they are uploaded, whatever the form says."""
    return {f["key"]: None for f in section["fields"] if f["key"] not in given and f["type"] != "files"}

"""Citing the own performance archive in a declaration: only what the unit has passed can be chosen (S1-27)."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal import archive_words, contents, sectioned
from shenbao_portal.client import service
from shenbao_portal.guards import signed_in_as
from shenbao_portal.messages import together, words
from shenbao_portal.refusals import Refused

blp = Blueprint("citations", __name__, url_prefix="/declarations/<uuid:application_id>/citations/<section>")


@blp.get("")
@signed_in_as("person")
def choose(application_id: Any, section: str) -> ResponseReturnValue:
    """The records of the category: those that were passed, and the others with their state."""
    applications = service("applications")
    found = applications.get(f"/v1/applications/{application_id}")
    offered = applications.get(f"/v1/applications/{application_id}/citations/{section}").body
    pack = contents.pack_of_application(found)
    category = next((c for c in archive_words.categories() if c["key"] == offered["category"]), None)
    if category is None:
        abort(404)
    return render_template(
        "declarations/citations.html",
        section=next(s for s in pack["sections"] if s["key"] == section),
        category=category,
        columns=archive_words.column_names(category),
        records=[archive_words.shown(category, record) for record in offered["items"]],
        **sectioned.around(found, pack, section),
    )


@blp.post("")
@signed_in_as("person", may="application.fill")
def cite(application_id: Any, section: str) -> ResponseReturnValue:
    """What is ticked stands in the declaration afterwards; then the next step."""
    here = url_for("citations.choose", application_id=application_id, section=section)
    try:
        saved = service("applications").put(
            f"/v1/applications/{application_id}/citations/{section}",
            {"records": request.form.getlist("records")},
            etag=request.form.get("etag", ""),
        )
    except Refused as refused:
        if refused.status not in {409, 412, 422}:
            raise
        flash(together(words(t.code, t.params) for t in refused), "danger")
        return redirect(here, 303)
    pack = contents.pack_of_application(saved)
    return sectioned.saved(saved.body, pack, section)

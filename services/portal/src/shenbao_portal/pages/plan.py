"""One project as its office works on it: statistics, numbering, roster, printed forms, last day (S4k-05)."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField

from shenbao_portal import contents
from shenbao_portal.client import service
from shenbao_portal.forms import Form, Needed, once
from shenbao_portal.guards import require, signed_in_as
from shenbao_portal.pages.files import passed_on
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _, _l

blp = Blueprint("plan", __name__, url_prefix="/office/projects/<uuid:project_id>")


class LastDayForm(Form):
    closes_on = DateField(_l("新的申报截止日期"), [Needed()], description=_l("尚未上报的申报人会收到一次通知"))


@blp.route("", methods=["GET", "POST"])
@signed_in_as("office", may="project.publish")
def show(project_id: Any) -> ResponseReturnValue:
    """To its publisher where its applications stand, and the last day to move; to others what was published."""
    form = LastDayForm()
    if form.validate_on_submit():
        body = {"closes_on": form.closes_on.data.isoformat()}
        try:
            service("applications").post(f"/v1/projects/{project_id}/deadline", body, key=once())
        except Refused as refused:
            if refused.status not in {409, 422}:
                raise
            form.take(refused)
        else:
            flash(_("申报截止日期已修改"), "success")
            return redirect(url_for("plan.show", project_id=project_id), 303)
    return _page(project_id, form)


def _page(project_id: Any, form: LastDayForm) -> ResponseReturnValue:
    applications = service("applications")
    project = applications.get(f"/v1/projects/{project_id}").body
    own = project["publisher_id"] == require().organisation_id
    page = render_template(
        "office/project.html",
        project=project,
        own=own,
        statistics=applications.get(f"/v1/projects/{project_id}/statistics").body if own else None,
        forms_printed=contents.forms_of(contents.pack_of(project["programme"], project["version"]), project["variant"]),
        form=form,
    )
    return page, 422 if form.errors or form.form_errors else 200


@blp.get("/blank/<kind>")
@signed_in_as("office", may="project.publish")
def blank(project_id: Any, kind: str) -> ResponseReturnValue:
    """A form of the project with nothing filled in, for who writes by hand (S4a-10)."""
    sheet = service("applications").get(f"/v1/projects/{project_id}/blank-sheets/{kind}")["sheet"]
    return passed_on("/v1/blank-forms", method="POST", body={"sheet": sheet})

"""The demo's applications: filled in, reported and decided as far as their story goes."""

from typing import Any

from shenbao_stack.client import User
from shenbao_stack.demo.cast import BUREAU, OPERATOR, PROGRAMME, REASON, Employer, Story
from shenbao_stack.demo.offices import Offices
from shenbao_stack.demo.papers import Printer
from shenbao_stack.demo.registering import Registered
from shenbao_stack.world import Office, done

_REPORTED = {"reported", "returned", "bureau", "approved"}


def tell(story: Story, serial: int, unit: Registered, offices: Offices, printer: Printer) -> None:
    """serial: another one for each story."""
    filler = unit.filler(story.by)
    filler.follow(unit.user)
    application = _fill_in(story, serial, filler, offices, printer)
    if story.ending in _REPORTED:
        # A sub-account without the tick leaves reporting to its unit; the demo's either have it or do not get here.
        done(filler.call("POST", "applications", f"/v1/applications/{application}/report", OPERATOR))
        _review(story, application, filler, offices)


def _fill_in(story: Story, serial: int, filler: User, offices: Offices, printer: Printer) -> str:
    project = _project(story, filler, offices)
    person = story.person
    sections: dict[str, Any] = {"basic": person.basic(serial)}
    if story.ending != "draft":
        paper = printer.evaluation_form(person.name, story.employer.name, person.title, person.specialty)
        receipt = _upload(filler, f"评审表-{person.name}.pdf", paper, project["version"])
        sections["evaluation_form"] = {"evaluation_form_file": {"receipt": receipt}}
        sections["experience"] = person.experience()
    body = {"project_id": project["id"], "sections": sections}
    return str(done(filler.call("POST", "applications", "/v1/applications", body))["id"])


def _project(story: Story, filler: User, offices: Offices) -> dict[str, Any]:
    """This year's; the newest is listed first."""
    wanted = {"variant": story.variant, "publisher_id": offices[story.publisher].id}
    found: list[dict[str, Any]] = done(filler.call("GET", "applications", "/v1/projects", params=wanted))["items"]
    return next(project for project in found if project["open"])


def _upload(filler: User, name: str, paper: bytes, version: int) -> str:
    sent = {"file": (name, paper, "application/pdf")}
    purpose = {"purpose": f"material:{PROGRAMME}:{version}:evaluation_form_file"}
    return str(done(filler.call("POST", "documents", "/v1/files", files=sent, data=purpose))["receipt"])


def _review(story: Story, application: str, filler: User, offices: Offices) -> None:
    department, bureau = _department(story.employer, offices), offices[BUREAU]
    if story.ending == "returned":
        _decide(department, application, filler, {"action": "return", "opinion": REASON})
    if story.ending in {"bureau", "approved"}:
        _decide(department, application, filler, {"action": "pass", "opinion": "材料齐全，同意上报。"})
    if story.ending == "approved" and story.publisher == BUREAU:
        _decide(bureau, application, department.user, {"action": "pass", "opinion": "审核通过。"})


def _department(employer: Employer, offices: Offices) -> Office:
    return offices[employer.department]


def _decide(office: Office, application: str, after: User, verdict: dict[str, str]) -> None:
    """after: whose act brought the application here."""
    office.user.follow(after)
    path = f"/v1/cases/{application}"
    shown = office.user.call("GET", "review", path)
    step = done(shown)["current"]["step_id"]
    etag = {"If-Match": shown.headers["ETag"]}
    done(office.user.call("POST", "review", f"{path}/decisions", {"step_id": step, **verdict}, headers=etag))

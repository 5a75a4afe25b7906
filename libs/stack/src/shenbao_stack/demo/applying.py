"""The demo's applications: filled in, reported and decided as far as their story goes."""

from typing import Any

from shenbao_stack import job
from shenbao_stack.client import User
from shenbao_stack.demo.cast import BUREAU, REASON, Story
from shenbao_stack.demo.offices import Offices
from shenbao_stack.demo.papers import Printer
from shenbao_stack.demo.registering import Registered
from shenbao_stack.world import done

_REPORTED = {"reported", "returned", "bureau", "approved"}


def tell(story: Story, serial: int, unit: Registered, offices: Offices, printer: Printer) -> None:
    """serial: another one for each story."""
    filler = unit.filler(story.by)
    filler.follow(unit.user)
    application = _fill_in(story, serial, filler, offices, printer)
    if story.ending in _REPORTED:
        done(job.report(filler, [application]))
        _review(story, application, filler, offices)


def _fill_in(story: Story, serial: int, filler: User, offices: Offices, printer: Printer) -> str:
    project = _project(story, filler, offices)
    person = story.person
    sections: dict[str, Any] = {"basic": person.basic(serial)}
    if story.ending != "draft":
        paper = printer.evaluation_form(person.name, story.employer.name, person.title, person.specialty)
        purpose = job.material(project, "evaluation_form_file")
        receipt = done(job.upload(filler, paper, purpose, name=f"评审表-{person.name}.pdf"))["receipt"]
        sections["evaluation_form"] = {"evaluation_form_file": {"receipt": receipt}}
        sections["experience"] = person.experience()
    return str(job.begin(filler, project, sections)["id"])


def _project(story: Story, filler: User, offices: Offices) -> dict[str, Any]:
    """This year's; last year's is closed."""
    wanted = {"variant": story.variant, "publisher_id": offices[story.publisher].id}
    found: list[dict[str, Any]] = done(filler.call("GET", "applications", "/v1/projects", params=wanted))["items"]
    return next(project for project in found if project["open"])


def _review(story: Story, application: str, filler: User, offices: Offices) -> None:
    department, bureau = offices[story.employer.department], offices[BUREAU]
    if story.ending == "returned":
        done(job.decide(department.user, application, "return", REASON, after=filler))
    if story.ending in {"bureau", "approved"}:
        done(job.decide(department.user, application, "pass", "材料齐全，同意上报。", after=filler))
    if story.ending == "approved" and story.publisher == BUREAU:
        done(job.decide(bureau.user, application, "pass", "审核通过。", after=department.user))

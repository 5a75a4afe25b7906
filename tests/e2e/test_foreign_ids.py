"""Every route of every service that takes an id, asked with a true id by those whom it does not concern."""

import re
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from shenbao_stack import job
from shenbao_stack.client import User
from shenbao_stack.demo.invented import citizen_number
from shenbao_stack.demo.town import FORM, Town
from shenbao_stack.persons import new_person
from shenbao_stack.services import SERVICES
from shenbao_stack.world import Unit, done

METHODS = {"get", "post", "put", "patch", "delete"}
FEWEST_ROUTES = 80
NOBODYS = {
    "GET /v1/organisations/{organisation_id}",  # who registers or declares chooses among them
    "DELETE /v1/me/modules/{client_id}",  # the own list only, whoever asks
}
Ids = dict[str, str]


@pytest.fixture(scope="module")
def unit(town: Town) -> Unit:
    return town.unit(town.department())


@pytest.fixture(scope="module")
def ids(town: Town, unit: Unit) -> Ids:
    """What the unit has, by the names that the routes have for it."""
    unit.user.follow(unit.department.user)
    project = town.project(unit.department)
    unit.user.follow(unit.department.user)
    application = town.reported(unit.user, project)
    paper = job.shown(unit.user, application)["sections"]["evaluation_form"]["evaluation_form_file"]["document_id"]
    printed = job.print_form(unit.user, application, FORM)["id"]
    account = town.world.new_sub_account(unit).id
    for path in (f"/v1/files/{paper}", f"/v1/prints/{printed}/content"):
        assert unit.user.call("GET", "documents", path).status_code == httpx.codes.OK
    unit_ids = {"application_id": application, "account_id": account, "unit_id": unit.id}
    papers = {"file_id": paper, "print_id": printed, "kind": FORM, "section": "basic"}
    return unit_ids | papers | people_ids(town, unit)


def people_ids(town: Town, unit: Unit) -> Ids:
    """Of those who work for the unit or want to, of where they are signed in, and of another system."""
    world, call = town.world, unit.user.call
    number = citizen_number(date(1988, 1, 2) + timedelta(days=world.serial() % 3_000), 997)
    person = new_person(world, id_number=number)
    person.follow(unit.user)
    slip = done(person.call("POST", "identity", "/v1/me/person-slips"))["slip"]
    binding = {"unit_id": unit.id, "note": "本单位在职", "person": slip}
    face = {"purpose": "submission"}
    found = done(call("POST", "identity", "/v1/staff-lookups", {"id_number": number}))
    _, request = world.ask_to_act(unit, f"zhaoliu{world.serial()}", job.pdf())
    system = {"client_id": f"system-{world.serial()}", "label_zh": "外部系统", "label_en": "Another system"}
    system |= {"redirect_uris": ["https://system.example.gov.cn/signed-in"]}  # type: ignore[dict-item]
    return {
        "organisation_id": unit.department.id,
        "binding_id": done(person.call("POST", "units", "/v1/bindings", binding))["id"],
        "face_id": done(person.call("POST", "identity", "/v1/me/face-sessions", face))["id"],
        "link_id": done(call("POST", "units", "/v1/staff", {"person": found["slip"]}))["id"],
        "request_id": request["id"],
        "other_id": done(call("GET", "identity", "/v1/me/sessions"))["items"][0]["id"],
        "client_id": done(world.admin().call("POST", "identity", "/v1/clients", system))["client_id"],
    }


@pytest.fixture(scope="module")
def strangers(town: Town, unit: Unit, ids: Ids) -> dict[str, User]:
    del ids  # all of it is there before they come, and they are served what came of it
    others = town.unit(town.department(), code="000000027", legal_representative="王芳")
    bureau = town.world.new_office("city_hr_bureau", name="外市人社局")
    found = {
        "a unit of another department": others.user,
        "a department of another branch": others.department.user,
        "a bureau of another city": bureau.user,
        "a sub-account that may only change its password": town.world.new_sub_account(
            unit, permissions=("password.change",)
        ).user,
        "a person of no unit": new_person(town.world),
    }
    for stranger in found.values():
        stranger.follow(unit.user)
    return found


def routes(town: Town, ids: Ids) -> list[tuple[str, str, str]]:
    """Method, service and path with the ids in it, of those whose every name is known."""
    found = []
    for service in SERVICES:
        paths: dict[str, Any] = done(town.world.visitor().call("GET", service, "/openapi.json"))["paths"]
        for path, operations in paths.items():
            names = re.findall(r"{(\w+)}", path)
            if names and set(names) <= set(ids):
                asked = {method.upper() for method in operations if method in METHODS}
                found += [(m, service, path.format(**ids)) for m in sorted(asked) if f"{m} {path}" not in NOBODYS]
    return found


def test_a_true_id_opens_nothing_to_those_whom_it_does_not_concern(
    town: Town, ids: Ids, strangers: dict[str, User]
) -> None:
    asked = routes(town, ids)
    assert len(asked) >= FEWEST_ROUTES
    opened = []
    for who, user in strangers.items():
        for method, service, path in asked:
            body: Ids | None = None if method in {"GET", "DELETE"} else {}
            answer = user.call(method, service, path, body, headers={"If-Match": '"1"'})
            # An empty body may be objected to before it is asked whose the thing is, which tells nothing of it.
            told = answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY and answer.json()["code"] != "invalid"
            if told or answer.status_code not in {403, 404, 422}:
                opened.append(f"{who}: {method} {service} {path}: {answer.status_code} {answer.text[:80]}")
    assert opened == []

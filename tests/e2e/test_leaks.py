"""Whoever declares learns nowhere who examined, voted or posted: every GET route of every service is asked (B-04)."""

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from shenbao_common.kernel.clock import now, office_day
from shenbao_stack import job
from shenbao_stack.client import User
from shenbao_stack.demo.cast import PROGRAMME
from shenbao_stack.demo.town import FORM, PRIMARY, Town
from shenbao_stack.prying import asked, text_of
from shenbao_stack.services import root
from shenbao_stack.world import Office, Unit, done, settled

KEY = "leak_trial"
TERMS = "publicity: {working_days: 5, fields: [basic.declared_title]}"
STEPS = f"""\
  - {{key: committee_review, zh: 评委会评审, en: Committee, decider: committee, actions: [pass, fail]}}
  - {{key: publicity, zh: 公示, en: Publicity, decider: accepting_department, actions: [pass, fail], {TERMS}}}
"""

WORDS = {"kind": FORM, "key": KEY, "programme": KEY, "dictionary": "specialty", "section": "basic", "tier": "primary"}
"""What else the routes ask for."""

TELLING = {
    "applications /v1/applications",
    "applications /v1/applications/{application_id}",
    "applications /v1/applications/{application_id}/progress",
    "applications /v1/applications/{application_id}/sheets/{kind}",
    "documents /v1/prints/{print_id}/content",
    "identity /v1/me/messages",
    "review /v1/cases/{application_id}",
    "review /v1/cases/{application_id}/log",
    "review /v1/public/publicities/{publicity_id}",
    "units /v1/units/mine",
}
"""Routes that tell of the own case or the own house."""


@dataclass
class Review:
    """A case that an officer passed, a committee evaluated and an office posted; and who these people are."""

    unit: User
    applicant: User
    officer: User
    names: dict[str, str]
    secrets: set[str] = field(default_factory=set)


@pytest.fixture
def programme(town: Town, tmp_path: Path) -> str:
    """The first programme under another key, with a committee and a publicity after the department."""
    folder = tmp_path / KEY
    shutil.copytree(root() / "programmes" / PROGRAMME, folder)
    pack = folder / "programme.yaml"
    text = pack.read_text(encoding="utf-8").replace(PROGRAMME, KEY).replace("初定", "密评").replace("认定", "密定")
    pack.write_text(re.sub(r"  - \{key: hr_review.*\n", STEPS, text), encoding="utf-8")
    (folder / "samples.yaml").unlink()  # they expect the route of before
    done(town.world.publish_programme(folder))
    settled(town.world.admin(), "documents", "review")
    return KEY


class Hands:
    """Officers and members, each with a name that nobody else has, through whose hands the case goes."""

    def __init__(self, town: Town, office: Office) -> None:
        self.town, self.world, self.office = town, town.world, office
        self.secrets: set[str] = set()
        self.secretary = self.officer("林秘书")

    def officer(self, name: str) -> User:
        name = f"{name}{self.world.serial()}"
        user = self.world.new_officer(self.office.id, name=name)
        me = done(user.call("GET", "identity", "/v1/me"))
        self.secrets |= {name, user.username, me["account_id"]}
        return user

    def member(self, name: str) -> tuple[str, User]:
        user = self.officer(name)
        (name,) = (secret for secret in self.secrets if secret.startswith(name))
        body = {"name": name, "term_from": "2020-01-01", "term_to": "2100-12-31"}
        made = done(self.secretary.call("POST", "review", "/v1/experts", body))
        done(user.call("POST", "review", "/v1/memberships", {"invitation": made["invitation"]}))
        self.secrets.add(made["expert_id"])
        return made["expert_id"], user


def evaluated(hands: Hands, committee: str, application: str) -> str:
    """A sitting from the plan to the signature; every member says yes."""
    members = dict(hands.member(name) for name in ("马评委", "牛评委", "羊评委"))
    call = hands.secretary.call
    plan = {"title": "第一次会议", "held_on": office_day(now()).isoformat(), "ids": [application]}
    sitting = done(call("POST", "review", f"/v1/committees/{committee}/sittings", plan))["sitting_id"]
    there = list(members)
    done(call("POST", "review", f"/v1/sittings/{sitting}/members", {"expert_ids": there}))
    done(call("PUT", "review", f"/v1/sittings/{sitting}/attendance", {"expert_ids": there, "chair_id": there[0]}))
    done(call("POST", "review", f"/v1/sittings/{sitting}/ballot"))
    for member in members.values():
        choices = {"round": 1, "choices": {application: "yes"}}
        done(member.call("PUT", "review", f"/v1/ballots/{sitting}", choices))
    done(call("POST", "review", f"/v1/sittings/{sitting}/close"))
    chair = members[there[0]]
    read = done(chair.call("GET", "review", f"/v1/ballots/{sitting}/minutes"))
    signed = {"content_hash": read["content_hash"]}
    done(chair.call("POST", "review", f"/v1/ballots/{sitting}/signature", signed))
    hands.secretary.follow(chair)
    return str(sitting)


def posted(officer: User, application: str) -> str:
    slip = {"ids": [application]}
    sheet = done(officer.call("POST", "applications", "/v1/applications/publicity-sheet", slip))["sheet"]
    notice = {"title": "公示", "sheet": sheet}
    return str(done(officer.call("POST", "review", "/v1/publicities", notice))["publicity_id"])


def reported(hands: Hands, unit: Unit, account: User, project: dict[str, Any]) -> str:
    """Filled in by the account, reported by the unit, claimed and passed by an examiner."""
    application = hands.town.ready(account, project)
    unit.user.follow(account)
    done(job.report(unit.user, [application]))
    examiner = hands.officer("陈审核")
    done(job.decide(examiner, application, "pass", "同意", after=unit.user))
    hands.secretary.follow(examiner)
    return application


@pytest.fixture
def reviewed(town: Town, programme: str) -> Review:
    office = town.department()
    hands = Hands(town, office)
    body = {"name": "密评委员会", "programmes": [programme]}
    committee = done(hands.secretary.call("POST", "review", "/v1/committees", body))["committee_id"]
    settled(hands.secretary, "applications")
    project, unit = town.project(office, PRIMARY, programme=programme), town.unit(office)
    unit.user.follow(office.user)
    account = town.world.new_sub_account(unit).user
    account.follow(unit.user)
    application = reported(hands, unit, account, project)
    sitting = evaluated(hands, committee, application)
    poster = hands.officer("黄公示")
    poster.follow(hands.secretary)
    settled(poster, "applications")
    publicity = posted(poster, application)
    for reader in (account, unit.user):
        reader.follow(poster)
    names = {
        "application_id": application,
        "committee_id": committee,
        "sitting_id": sitting,
        "publicity_id": publicity,
        "project_id": project["id"],
        "unit_id": unit.id,
        "print_id": job.print_form(account, application, FORM)["id"],
        "reference": job.shown(account, application)["reference"],
        "q": unit.name,
    }
    return Review(unit.user, account, hands.secretary, WORDS | names, hands.secrets)


@pytest.mark.req("B-04")
def test_with_an_applicants_token_no_answer_of_any_service_names_who_reviewed(reviewed: Review) -> None:
    told: set[str] = set()
    for reader in (reviewed.applicant, reviewed.unit):
        answers = dict(asked(reader, reviewed.names, otherwise=KEY))
        statuses = {route: answer.status_code for route, answer in answers.items()}
        assert {route: status for route, status in statuses.items() if status >= 500} == {}
        told |= {route for route, status in statuses.items() if status == 200}
        texts = {route: text_of(answer) for route, answer in answers.items()}
        assert {route: s for route, text in texts.items() for s in reviewed.secrets if s in text} == {}
    assert TELLING - told == set()
    # The same search finds them where they may be read.
    shown = text_of(reviewed.officer.call("GET", "review", f"/v1/sittings/{reviewed.names['sitting_id']}"))
    assert any(secret in shown for secret in reviewed.secrets)

"""Before an application begins: consent, conditions by class, the test by questions, the analysis of register data."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import current_app
from flask_smorest import Blueprint
from sqlalchemy.dialects.postgresql import insert

from shenbao_applications.actions import analyses, commitments
from shenbao_applications.api import pretest_schemas as schemas
from shenbao_applications.api.applications import desk
from shenbao_applications.domain import analysis as rules
from shenbao_applications.domain import questions
from shenbao_applications.domain.pack.compiled import Pack
from shenbao_applications.domain.pack.shapes import KEY
from shenbao_applications.models import Consent, ProgrammeVersion
from shenbao_applications.queries import packs
from shenbao_common.kernel.actor import Kind
from shenbao_common.kernel.clock import now, office_day
from shenbao_common.kernel.errors import NotAllowed, NotFound, Unauthenticated
from shenbao_common.web.auth import actor_of, public
from shenbao_common.web.edge import own_transaction, transaction
from shenbao_common.web.service import service

blp = Blueprint("pretest", __name__, url_prefix="/v1/programmes", description="What can I declare under?")

FACE = "shenbao-face+jwt"


@blp.post("/<key>/consents")
@blp.arguments(schemas.ConsentIn)
@blp.response(201, schemas.ConsentsOut)
def consent(body: dict[str, Any], key: str) -> Mapping[str, Any]:
    """Agree to the texts of the version in force; nothing opens before each is agreed to (S2-04)."""
    who = actor_of(Kind.PERSON)
    with transaction() as session:
        version, pack = in_force(session, key)
        commitments.ensure_accepted(pack, body["accepted"])
        facts = {"account_id": who.account_id, "version_id": version.id, "accepted_at": now()}
        rows = [Consent(key=c["key"], **facts) for c in pack.document["commitments"]]
        for row in rows:
            values = {"key": row.key, **facts}
            session.execute(insert(Consent).values(values).on_conflict_do_nothing())
        return {"items": _consents(session, who.account_id, version)}


@blp.get("/<key>/consents")
@blp.response(200, schemas.ConsentsOut)
def consents(key: str) -> Mapping[str, Any]:
    """What the caller agreed to of the version in force, and when."""
    who = actor_of(Kind.PERSON)
    with transaction() as session:
        version, _ = in_force(session, key)
        return {"items": _consents(session, who.account_id, version)}


@blp.get("/<key>/conditions")
@blp.response(200, schemas.ConditionsOut)
@public
def conditions(key: str) -> Mapping[str, Any]:
    """The classes with their conditions and what to prepare for each (S2-19, S2-22)."""
    with transaction() as session:
        version, pack = in_force(session, key, word="conditions")
        return {"programme": version.programme, "version": version.version, "classes": classes(pack)}


@blp.get("/<key>/questions")
@blp.response(200, schemas.TreeOut)
@public
def tree(key: str) -> Mapping[str, Any]:
    """Every question of the test by questions, with what there is to read before an answer."""
    with transaction() as session:
        version, pack = in_force(session, key, word="questions")
        names = {name: pack.document[name] for name in ("zh", "en")}
        return {"programme": version.programme, **names, "questions": pack.document["questions"]}


@blp.post("/<key>/question-test")
@blp.arguments(schemas.TrailIn)
@blp.response(200, schemas.WalkedOut)
@public
def ask(body: dict[str, Any], key: str) -> Mapping[str, Any]:
    """The next question for the answers so far, or what they lead to; nothing is kept (S2-13 to S2-16)."""
    with transaction() as session:
        _, pack = in_force(session, key, word="questions")
    given = body["answers"]
    if body["act"] == "previous":
        questions.walk(pack.document["questions"], given)
        given = given[:-1]
    walked = questions.walk(pack.document["questions"], [] if body["act"] == "reset" else given)
    return {
        "answered": [
            {"question": question, "answer": answer, "number": question["answers"].index(answer) + 1}
            for question, answer in walked.answered
        ],
        "open": walked.open,
        "ended": walked.open is None,
        "condition": condition(pack, walked.condition) if walked.condition else None,
    }


@blp.post("/<key>/analyses")
@blp.arguments(schemas.AnalysisIn)
@blp.response(201, schemas.AnalysisOut)
def analyse(body: dict[str, Any], key: str) -> Mapping[str, Any]:
    """Read the own data from the registers and say what they allow; takes a face authentication (S2-06 to S2-11)."""
    who, registers = actor_of(Kind.PERSON), current_app.extensions["registers"]
    with own_transaction() as session:
        version, pack = in_force(session, key, word="analysis")
        accepted = [c.key for c in _consents(session, who.account_id, version)]
        commitments.ensure_accepted(pack, accepted)
        asked = analyses.asked_for(pack, body["numbers"], skip=body["skip"])
        person = faced(body["face"], "shared_data")
        face_id = UUID(person["face_id"])
        analyses.begin(session, face_id, version.id, asked, purpose=f"analysis:{key}", desk=desk())
    told = analyses.read(registers, analyses.person_of(person), asked)
    result = analyses.conclude(pack, person, asked, told, today=office_day(now()))
    with own_transaction() as session:
        analyses.note(session, face_id, told, result)
    return shown(face_id, pack, result, list(asked))


@blp.get("/<key>/analyses/<uuid:analysis_id>")
@blp.response(200, schemas.AnalysisOut)
def show(key: str, analysis_id: UUID) -> Mapping[str, Any]:
    """An own analysis, for as long as an application may begin with it."""
    who = actor_of(Kind.PERSON)
    with transaction() as session:
        found = analyses.own(session, analysis_id, actor=who, now=now())
        _, pack = in_force(session, key, word="analysis")
        return shown(found.id, pack, found.result, [*found.result["found"], *found.result["away"]])


@blp.get("/<key>/articles")
@blp.response(200, schemas.ArticlesOut)
@public
def articles(key: str) -> Mapping[str, Any]:
    """Policies, guides and answers of the version in force (S2-03)."""
    with transaction() as session:
        version, pack = in_force(session, key, word="articles")
        names = {name: pack.document[name] for name in ("zh", "en")}
        return {"programme": version.programme, **names, "items": pack.document["articles"]}


def faced(slip: str | None, purpose: str) -> Mapping[str, Any]:
    """Who was in front of the camera, as identity signed it; refuses none, and one of another person or purpose."""
    try:
        said = service().keys_of("identity").verify(FACE, slip or "")
    except Unauthenticated as wrong:
        raise NotAllowed("face_auth_required") from wrong
    if (said.get("account_id"), said.get("purpose")) != (str(actor_of(Kind.PERSON).account_id), purpose):
        raise NotAllowed("face_auth_required")
    return said


def shown(analysis_id: UUID, pack: Pack, result: Mapping[str, Any], asked: list[str]) -> dict[str, Any]:
    matched = list(result["matched"])
    return {
        "id": analysis_id,
        "outcome": result["outcome"],
        "asked": asked,
        "away": result["away"],
        "found": result["found"],
        "conditions": [condition(pack, key) for key in matched],
        "start": rules.start(matched),
    }


def classes(pack: Pack) -> list[dict[str, Any]]:
    found = pack.document["conditions"]["classes"]
    return [{**one, "conditions": [_words(pack, key) for key in one["conditions"]]} for one in found]


def condition(pack: Pack, key: str) -> dict[str, Any]:
    """A condition with its class and what to prepare."""
    one = next(c for c in pack.document["conditions"]["classes"] if key in c["conditions"])
    names = {name: one[name] for name in ("key", "zh", "en")}
    return {**_words(pack, key), "of": names, "materials": one["materials"]}


def _words(pack: Pack, key: str) -> dict[str, Any]:
    field = pack.field(pack.document["conditions"]["place"])
    option = next(o for o in field["options"] if o["key"] == key)
    clause: Mapping[str, Any] = next((c for c in pack.document["eligibility"] if c["key"] == key), {})
    return {**option, "policy": clause.get("policy"), "limits": clause.get("limits", {})}


def in_force(session: Any, key: str, *, word: str = "commitments") -> tuple[ProgrammeVersion, Pack]:
    version = packs.in_force(session, key) if KEY.fullmatch(key) else None
    if version is None or not version.document.get(word):
        raise NotFound
    return version, packs.pack(session, version.id)


def _consents(session: Any, account_id: UUID, version: ProgrammeVersion) -> list[Consent]:
    own = sa.select(Consent).where(Consent.account_id == account_id, Consent.version_id == version.id)
    return list(session.scalars(own.order_by(Consent.key)))

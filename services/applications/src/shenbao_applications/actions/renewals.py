"""Applications that keep a recognition valid: what they begin with, what may not change, and what came of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from shenbao_applications.actions.filling import Content
from shenbao_applications.domain import renewal
from shenbao_applications.domain.pack.compiled import Pack
from shenbao_applications.domain.renewal import Identity, Need
from shenbao_applications.models import Application, Recognition
from shenbao_applications.queries import recognitions
from shenbao_common.contracts.applications import ApplicationApprovedV1
from shenbao_common.kernel.clock import office_day
from shenbao_common.kernel.errors import Conflict, Problem, RuleBroken, ensure

Profile = Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """What is on record of a person. recognition: None when nothing is."""

    need: Need
    recognition: Recognition | None


def look_up(session: Session, pack: Pack, profile: Profile, now: Any, *, category: str | None = None) -> Found:
    """Whether this person has to declare now (S0-13). category: which one the person says to have."""
    terms = pack.document["renews"]
    recognition = recognitions.latest(session, terms["register"], profile["id_number"])
    until = renewal.valid_until(recognition.recognised_on, recognition.valid_until, terms) if recognition else None
    same = recognition is None or category in (None, recognition.content["category"])
    return Found(renewal.need(until, terms, same_category=same, today=office_day(now)), recognition)


def proved(profile: Profile | None) -> Profile:
    """Refuses `profile_needed` without a number, and `profile_unverified` where nobody vouched for it: what is on
    record of a person is shown to that person alone."""
    if profile is None or not profile.get("id_number"):
        raise RuleBroken("invalid", Problem("profile_needed", "profile"))
    if not profile.get("verified"):
        raise RuleBroken("invalid", Problem("profile_unverified", "profile"))
    return profile


def begin(session: Session, row: Application, pack: Pack, profile: Profile | None, now: Any) -> None:
    """Fills in the new application with the recognition that it renews, copied once; refuses where none is due."""
    terms = pack.document.get("renews")  # A version that was published before the word was known has none.
    if terms is None:
        return
    profile = proved(profile)
    found = look_up(session, pack, profile, now)
    if found.recognition is None or found.need.answer != renewal.NEEDED:
        days = {name: str(day) for name in ("earliest_on", "valid_until") if (day := getattr(found.need, name))}
        raise Conflict(found.need.answer, **days, apply_at=terms["apply_at"])
    ensure(renewal.mismatches(pack, _told(pack, profile), _identity(found.recognition)), "identity_mismatch")
    row.recognition_id = found.recognition.id
    row.sections = _prefilled(pack, found.recognition)


def check(session: Session, row: Application, pack: Pack, content: Content) -> None:
    """Objects to another person and another category; notes what is no longer as it was recognised."""
    recognition = recognitions.of_application(session, row)
    if recognition is None:
        return
    wrong = _other_person(pack, content, recognition)
    # A field that may not be changed at all is named once, by the reason that people understand.
    named = {problem.path for problem in wrong}
    content.problems = [p for p in content.problems if p.code != "immutable" or p.path not in named] + wrong
    content.problems += renewal.category_objections(pack, content.sections, recognition.content["category"])
    before = _prefilled(pack, recognition)
    content.sections[renewal.CHANGED] = renewal.changed(pack, content.sections, before)


def approved(session: Session, row: Application, pack: Pack) -> ApplicationApprovedV1:
    """The recognition is valid for another period; documents hears it and extends the certificate (S0-34)."""
    recognition = recognitions.of_application(session, row)
    if recognition is None:
        return ApplicationApprovedV1(application_id=row.id, unit_id=row.unit_id, revision=row.revision)
    terms = pack.document["renews"]
    until = renewal.valid_until(recognition.recognised_on, recognition.valid_until, terms)
    recognition.valid_until = renewal.extended(until, terms)
    return ApplicationApprovedV1(
        application_id=row.id,
        unit_id=row.unit_id,
        revision=row.revision,
        certificate_id=recognition.certificate_id,
        valid_until=recognition.valid_until,
    )


def _other_person(pack: Pack, content: Content, recognition: Recognition) -> list[Problem]:
    values = {word: pack.value(content.sections, place) for word, place in _places(pack).items()}
    known = _identity(recognition)
    told = Identity(**{word: str(value or getattr(known, word)) for word, value in values.items()})
    return renewal.mismatches(pack, told, known)


def _told(pack: Pack, profile: Profile) -> Identity:
    """The account's type of document is a code; the form calls it by the option that bears the code."""
    options = pack.field(pack.document["renews"]["id_type"])["options"]
    code = profile.get("id_type", "201")
    id_type = next((option["key"] for option in options if option.get("code") == code), code)
    return Identity(name=profile.get("name", ""), id_type=id_type, id_number=profile["id_number"].upper())


def _places(pack: Pack) -> dict[str, str]:
    identity = pack.document["identity"]
    return {"name": identity["name"], "id_type": pack.document["renews"]["id_type"], "id_number": identity["number"]}


def _identity(recognition: Recognition) -> Identity:
    told = recognition.content
    return Identity(name=told["name"], id_type=told["id_type"], id_number=told["id_number"])


def _prefilled(pack: Pack, recognition: Recognition) -> dict[str, dict[str, Any]]:
    """The form as it was recognised, as far as it suits the form of today; its files are not taken along."""
    given = {
        section["key"]: {
            field["key"]: value
            for field in section["fields"]
            if field["type"] not in {"file", "files"}
            and (value := recognition.content["sections"].get(section["key"], {}).get(field["key"])) is not None
        }
        for section in pack.sections
    }
    told = _identity(recognition)
    for word, place in (*_places(pack).items(), ("category", pack.document["renews"]["category"])):
        section, key = place.split(".")
        given[section][key] = recognition.content["category"] if word == "category" else getattr(told, word)
    _name_unit(pack, recognition, given)
    return Content(pack, {}, given, whole=True).sections


def _name_unit(pack: Pack, recognition: Recognition, given: dict[str, dict[str, Any]]) -> None:
    place = pack.document["submission"].get("unit")
    if place and recognition.unit_id:
        section, key = place.split(".")
        given[section][key] = {"unit_id": str(recognition.unit_id)}

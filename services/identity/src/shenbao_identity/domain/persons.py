"""What a person says of themselves: name, document, mobile, details; and what of it may be changed."""

import re
from collections.abc import Mapping
from datetime import date

from shenbao_common.kernel.errors import Problem
from shenbao_common.kernel.identifiers import Holder, WrongIdentifier, citizen_number

CITIZEN = "201"
ID_TYPES = ("201", "208", "210", "213", "227", "233", "237", "238")
"""Types of personal documents (证件类型) by the code that human-resources and tax systems share."""

_HOLDERS = {
    CITIZEN: {Holder.CITIZEN},
    "233": {Holder.FOREIGNER},
    "237": {Holder.HONG_KONG, Holder.MACAO},
    "238": {Holder.TAIWAN},
}
_FORMS = {
    "208": re.compile(r"[A-Z0-9]{5,20}", re.ASCII),
    "210": re.compile(r"[HM][0-9]{8}([0-9]{2})?", re.ASCII),
    "213": re.compile(r"[0-9]{8}", re.ASCII),
    "227": re.compile(r"[A-Z][A-Z0-9][0-9]{7}", re.ASCII),
}
_MOBILE = re.compile(r"1[3-9][0-9]{9}", re.ASCII)
# Han of every plane with the middle dot inside; Latin letters for foreigners.
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]+(·[\u3400-\u9fff\U00020000-\U000323af]+)*")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f .,'’-]*")

DETAILS = ("name", "sex", "birth_date", "email", "phone", "address", "work_unit", "id_number", "id_type", "mobile")
FIXED = ("name", "id_type", "id_number")
"""What real-name verification fixes; sex and birth date too, where a citizen number tells them."""


def is_mobile(text: str) -> bool:
    return _MOBILE.fullmatch(text) is not None


def name_problems(name: str) -> list[Problem]:
    right = 2 <= len(name) <= 50 and (_HAN.fullmatch(name) or _LATIN.fullmatch(name))
    return [] if right else [Problem("wrong_name", "name")]


def document_problems(id_type: str, number: str, *, today: date) -> list[Problem]:
    if id_type not in ID_TYPES:
        return [Problem("unknown_choice", "id_type")]
    if form := _FORMS.get(id_type):
        return [] if form.fullmatch(number) else [Problem("identifier_format", "id_number")]
    try:
        holder = citizen_number(number, today=today).holder
    except WrongIdentifier as wrong:
        return [wrong.problem("id_number")]
    return [] if holder in _HOLDERS[id_type] else [Problem("identifier_of_other_type", "id_number")]


def mobile_problems(mobile: str) -> list[Problem]:
    return [] if is_mobile(mobile) else [Problem("wrong_mobile", "mobile")]


def told_by_number(id_type: str, number: str, *, today: date) -> dict[str, str]:
    """Sex and birth date, as the number of a citizen has them."""
    if id_type not in _HOLDERS:
        return {}
    try:
        said = citizen_number(number, today=today)
    except WrongIdentifier:
        return {}
    told = {"sex": str(said.sex or ""), "birth_date": said.birth.isoformat() if said.birth else ""}
    return {name: value for name, value in told.items() if value}


def fixed(personal: Mapping[str, str], *, verified: bool, today: date) -> set[str]:
    """What the holder cannot change: the proven identity, a number once told, and what the number says."""
    names = set(FIXED) if verified else {"id_type", "id_number"} & personal.keys()
    return names | told_by_number(personal.get("id_type", CITIZEN), personal.get("id_number", ""), today=today).keys()


def change_problems(
    personal: Mapping[str, str], changes: Mapping[str, str], *, verified: bool, today: date
) -> list[Problem]:
    """Objections to changing the own details: what is fixed stays, what is new has its form (S4c-05, S3-38)."""
    kept = fixed(personal, verified=verified, today=today)
    found = [Problem("read_only", name) for name in changes if name in kept]
    if "name" in changes and "name" not in kept:
        found += name_problems(changes["name"])
    if "id_number" in changes and "id_number" not in kept:
        found += document_problems(changes.get("id_type", CITIZEN), changes["id_number"].upper(), today=today)
    return found


def masked(name: str, value: str) -> str:
    """A mobile with its first three and last four digits, a number with its first and last (S0-35, S1-16)."""
    if name == "mobile" and len(value) >= 7:
        return f"{value[:3]}****{value[-4:]}"
    if name == "id_number" and len(value) > 2:
        return f"{value[0]}*****{value[-1]}"
    return value

"""What an installation asks of a unit that registers: settings, so that each government has its own (S1, S4b, S4e)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shenbao_common.kernel.errors import Problem

CODE_KINDS = ("organisation_code", "credit_code")
FIELDS = ("unit_name", "unit_type", "industry", "location", "address", "contact_name", "contact_phone", "email")
"""What a profile may require of a registration, beside what every one has."""
LICENCE = "licence"
"""Among the required fields: a scan of the licence, also of a unit that the register knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitType:
    """A type of unit with the licence that it uploads (S4b-03). with_code: False where it registers without a code."""

    key: str
    zh: str
    en: str
    licence_zh: str
    licence_en: str
    with_code: bool = True


_TYPES = (
    ("state_enterprise", "国有企业", "State-owned enterprise", "企业法人营业执照", "Enterprise business licence"),
    ("private_enterprise", "非公企业", "Private enterprise", "企业法人营业执照", "Enterprise business licence"),
    ("institution", "事业单位", "Public institution", "事业单位法人证书", "Public institution certificate"),
    (
        "public_authority",
        "机关",
        "Public authority",
        "政府或者编办发的批准成立文件",
        "Approval of founding by the government or staffing office",
    ),
    ("society", "社团", "Society", "社会团体法人登记证书", "Society registration certificate"),
    (
        "private_non_enterprise",
        "民办非企业单位",
        "Private non-enterprise unit",
        "民办非企业单位登记证书",
        "Private non-enterprise unit registration certificate",
    ),
    (
        "cooperative",
        "合作社",
        "Farmers' cooperative",
        "农民专业合作社法人营业执照",
        "Cooperative business licence",
    ),
)
_WITHOUT_CODE = UnitType(
    key="other_non_legal_person",
    zh="其他非法人单位",
    en="Other non-legal-person unit",
    licence_zh="单位证件",
    licence_en="Unit certificate",
    with_code=False,
)
USUAL_TYPES = (
    *(UnitType(key=key, zh=zh, en=en, licence_zh=licence, licence_en=named) for key, zh, en, licence, named in _TYPES),
    _WITHOUT_CODE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How units register at this installation; UNITS_REGISTRATION, with defaults.

    required: of FIELDS, and LICENCE. codes: which codes are taken. once_by_code: one code registers once in all, not
    once under each department. reviewed: a registration with a code, too, is looked at before it is usable.
    ethnicity: what an agent most often is. agreement, agreement_version: what a unit without a code agrees to before
    it goes on.
    """

    required: tuple[str, ...] = ()
    codes: tuple[str, ...] = CODE_KINDS
    once_by_code: bool = False
    reviewed: bool = False
    ethnicity: str = "汉族"
    agreement: str = "registration_agreement"
    agreement_version: str = "2026-01"
    types: tuple[UnitType, ...] = USUAL_TYPES

    def type_named(self, key: str) -> UnitType | None:
        return next((found for found in self.types if found.key == key), None)

    @property
    def without_code(self) -> UnitType | None:
        """The type that registers without a code; None where every unit needs one."""
        return next((found for found in self.types if not found.with_code), None)


def profile_of(given: Mapping[str, Any]) -> Profile:
    """Reads the JSON form; raises TypeError or ValueError for what it does not know."""
    said: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    if "types" in said:
        said["types"] = tuple(UnitType(**entry) for entry in said["types"])
    found = Profile(**said)
    if strange := [name for name in found.required if name not in {*FIELDS, LICENCE}]:
        raise ValueError(f"required knows no {', '.join(strange)}")
    if not found.codes or set(found.codes) - set(CODE_KINDS):
        raise ValueError(f"codes are of {', '.join(CODE_KINDS)}")
    return found


def objections(
    profile: Profile, filled: Mapping[str, str], *, code_kind: str | None, certificate: bool
) -> list[Problem]:
    """What this installation misses in a form. code_kind: None when the code could not be read."""
    found = [Problem("required", name) for name in profile.required if name in FIELDS and not filled.get(name)]
    if LICENCE in profile.required and not certificate:
        found.append(Problem("required", "certificate_receipt"))
    kind = profile.type_named(filled.get("unit_type", ""))
    if filled.get("unit_type") and (kind is None or not kind.with_code):
        found.append(Problem("unknown_choice", "unit_type"))
    if code_kind and code_kind not in profile.codes:
        found.append(Problem("other_code_needed", "code"))
    return found

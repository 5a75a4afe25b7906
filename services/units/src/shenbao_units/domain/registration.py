"""May this employer be registered? Names every objection at once (S4g.1)."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from shenbao_common.kernel.errors import Problem
from shenbao_common.kernel.identifiers import credit_code, organisation_code
from shenbao_units.domain.levels import Level, objections_to_supervisor
from shenbao_units.domain.profile import FIELDS, Profile
from shenbao_units.domain.profile import objections as profile_objections
from shenbao_units.domain.recognition import Recognition


class CodeKind(StrEnum):
    """Which of the two codes an employer gave."""

    ORGANISATION_CODE = "organisation_code"
    CREDIT_CODE = "credit_code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """organisation_code: nine characters, what makes two employers the same. credit_code: "" when not given."""

    organisation_code: str
    credit_code: str = ""

    @property
    def kind(self) -> CodeKind:
        return CodeKind.CREDIT_CODE if self.credit_code else CodeKind.ORGANISATION_CODE

    @property
    def given(self) -> str:
        return self.credit_code or self.organisation_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What the employer's officer filled in; the ids come from slips, None when these were missing or wrong."""

    code: str
    legal_representative: str
    department_id: UUID
    unit_name: str = ""
    address: str = ""
    unit_type: str = ""
    industry: str = ""
    location: str = ""
    email: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    self_declaring: bool = False
    account_id: UUID | None = None
    certificate_id: UUID | None = None


def read_code(text: str) -> Code:
    """Reads an organisation code (9) or a credit code (18), whose positions 9 to 17 are the organisation code.

    Raises WrongIdentifier; a text of neither length is measured as an organisation code.
    """
    if len(text.strip()) == 18:
        read = credit_code(text)
        return Code(organisation_code=read.organisation_code, credit_code=read.code)
    return Code(organisation_code=organisation_code(text))


def objections(
    form: Form, code: Code | None, recognition: Recognition | None, department: Level | None, profile: Profile
) -> list[Problem]:
    """Each once. code, recognition: None when the code could not be read, so that nothing was looked up."""
    found = objections_to_supervisor(department)
    known = recognition.name if recognition else None
    filled = {name: getattr(form, name) for name in FIELDS} | {"unit_name": known or form.unit_name}
    certificate = form.certificate_id is not None
    found += profile_objections(profile, filled, code_kind=code.kind if code else None, certificate=certificate)
    if known and form.unit_name not in {"", known}:
        found.append(Problem("read_only", "unit_name"))
    if recognition and not known:
        if not form.unit_name:
            found.append(Problem("required", "unit_name"))
        if not certificate:
            found.append(Problem("required", "certificate_receipt"))
    return list({(problem.code, problem.path): problem for problem in found}.values())


def objections_to_name(present: str, wanted: str, *, known: str | None, certificate: bool) -> list[Problem]:
    """known: the name that the register has, which is the name then; without it the licence is brought."""
    if wanted == present:
        return [Problem("unchanged", "name")]
    if known:
        return [] if wanted == known else [Problem("not_the_registered_name", "name", {"name": known})]
    return [] if certificate else [Problem("required", "certificate_receipt")]

"""Numbers that the state gives to people and organisations, read and checked by the published standards.

GB 11643-1999 citizen numbers, with residence permits of Hong Kong, Macao and Taiwan residents and the permanent
residence cards of foreigners (2017 and 2023 forms); GB 32100-2015 unified social credit codes; GB 11714-1997
organisation codes. General libraries refuse valid numbers of all three sorts, hence this module.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shenbao_common.kernel.errors import Problem


class Fault(StrEnum):
    """What is wrong with a number; the first that applies, in this order. The values are a contract."""

    LENGTH = "LENGTH"
    FORMAT = "FORMAT"
    CHARSET = "CHARSET"
    REGION = "REGION"
    BIRTHDATE = "BIRTHDATE"
    CHECKSUM = "CHECKSUM"


class WrongIdentifier(ValueError):
    """A text that is not a number of the asked sort; it never repeats the text, which may be personal."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault

    def problem(self, path: str) -> Problem:
        """The objection to the field at `path`: `identifier_length`, `identifier_checksum`, and so on."""
        return Problem(f"identifier_{self.fault.value.lower()}", path)


class Holder(StrEnum):
    """Whose number it is."""

    CITIZEN = "CN"
    HONG_KONG = "HK"
    MACAO = "MO"
    TAIWAN = "TW"
    FOREIGNER = "FOREIGN"


class Sex(StrEnum):
    """GB/T 2261.1, as forms write it."""

    MALE = "男"
    FEMALE = "女"


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenNumber:
    """What a personal number says about its holder.

    number: 18 characters, also when the 15-digit form of before 1999 was given (`legacy15`); a foreigner's card of
    the 2017 form keeps its 15 and tells neither region nor birth nor sex (region "", the others None).
    warnings: `unknown_region` when no province has the first two digits; newer and abolished counties are too many
    to refuse anybody for them.
    """

    number: str
    holder: Holder
    region: str
    birth: date | None
    sex: Sex | None
    legacy15: bool = False
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditCode:
    """What a unified social credit code says.

    department, kind: of registration. organisation_code: its positions 9 to 17, without hyphen.
    warnings: `organisation_check` when the inner check character does not fit, as in some historic codes.
    """

    code: str
    department: str
    kind: str
    region: str
    organisation_code: str
    warnings: tuple[str, ...] = ()


_PERSON_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PERSON_CHECKS = "10X98765432"
_PROVINCES = frozenset(
    f"{zone}{n}"
    for zone, last in {1: 5, 2: 3, 3: 7, 4: 6, 5: 4, 6: 5, 7: 1, 8: 3}.items()
    for n in range(0 if zone == 5 else 1, last + 1)
)
"""First two digits in GB/T 2260."""
_PERMITS = {"810000": Holder.HONG_KONG, "820000": Holder.MACAO, "830000": Holder.TAIWAN}
_CARD_OF_2017 = re.compile(r"[A-Z]{3}[0-9]{12}")

_CREDIT_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def citizen_number(text: str, *, today: date) -> CitizenNumber:
    """Reads a personal number; `today` bounds the birth date from above, 1900 from below.

    Raises WrongIdentifier with LENGTH, FORMAT (ASCII digits, the last of 18 also X or x), REGION (first digit 1 to 9),
    BIRTHDATE or CHECKSUM (ISO 7064 MOD 11-2).
    """
    given = text.strip()
    if len(given) not in {15, 18}:
        raise WrongIdentifier(Fault.LENGTH)
    if _CARD_OF_2017.fullmatch(given):
        return CitizenNumber(number=given, holder=Holder.FOREIGNER, region="", birth=None, sex=None)
    legacy = len(given) == 15
    body, check = (f"{given[:6]}19{given[6:]}", None) if legacy else (given[:17], given[17])
    _ensure_person_format(body, check)
    birth = _birth(body[6:14], today)
    right = _PERSON_CHECKS[sum(int(c) * w for c, w in zip(body, _PERSON_WEIGHTS, strict=True)) % 11]
    if check is not None and check.upper() != right:
        raise WrongIdentifier(Fault.CHECKSUM)
    holder = _holder(body)
    known = holder is Holder.FOREIGNER or body[:2] in _PROVINCES
    return CitizenNumber(
        number=body + right,
        holder=holder,
        region=body[:6],
        birth=birth,
        sex=Sex.MALE if int(body[16]) % 2 else Sex.FEMALE,
        legacy15=legacy,
        warnings=() if known else ("unknown_region",),
    )


def _ensure_person_format(body: str, check: str | None) -> None:
    # str.isdigit alone would let full-width digits in.
    if not (body.isascii() and body.isdigit()) or (check is not None and check not in "0123456789Xx"):
        raise WrongIdentifier(Fault.FORMAT)
    if body[0] == "0":
        raise WrongIdentifier(Fault.REGION)


def _birth(digits: str, today: date) -> date:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise WrongIdentifier(Fault.BIRTHDATE) from None
    if not date(1900, 1, 1) <= born <= today:
        raise WrongIdentifier(Fault.BIRTHDATE)
    return born


def _holder(body: str) -> Holder:
    if body[0] == "9":
        return Holder.FOREIGNER
    return _PERMITS.get(body[:6], Holder.CITIZEN)


def credit_code(text: str) -> CreditCode:
    """Reads a unified social credit code; lower case is taken for upper.

    Raises WrongIdentifier with LENGTH, CHARSET (31 characters without I, O, S, V, Z; the region in digits) or CHECKSUM.
    """
    code = _upper(text.strip(), 18)
    if any(c not in _CREDIT_CHARACTERS for c in code) or not code[2:8].isdigit():
        raise WrongIdentifier(Fault.CHARSET)
    total = sum(_CREDIT_CHARACTERS.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    if code[17] != _CREDIT_CHARACTERS[-total % 31]:
        raise WrongIdentifier(Fault.CHECKSUM)
    inner = code[8:17]
    return CreditCode(
        code=code,
        department=code[0],
        kind=code[1],
        region=code[2:8],
        organisation_code=inner,
        warnings=() if inner[8] == _organisation_check(inner[:8]) else ("organisation_check",),
    )


def organisation_code(text: str) -> str:
    """Reads an organisation code, printed with or without its hyphen; answers its nine characters.

    Raises WrongIdentifier with LENGTH, CHARSET or CHECKSUM.
    """
    given = text.strip()
    if len(given) == 10 and given[8] == "-":
        given = given[:8] + given[9]
    code = _upper(given, 9)
    if any(c not in _ORGANISATION_CHARACTERS for c in code):
        raise WrongIdentifier(Fault.CHARSET)
    if code[8] != _organisation_check(code[:8]):
        raise WrongIdentifier(Fault.CHECKSUM)
    return code


def _organisation_check(body: str) -> str:
    values = (_ORGANISATION_CHARACTERS.index(c) for c in body)
    check = 11 - sum(v * w for v, w in zip(values, _ORGANISATION_WEIGHTS, strict=True)) % 11
    return {10: "X", 11: "0"}.get(check, str(check))


def _upper(text: str, length: int) -> str:
    if len(text) != length:
        raise WrongIdentifier(Fault.LENGTH)
    if not text.isascii():
        raise WrongIdentifier(Fault.CHARSET)
    return text.upper()

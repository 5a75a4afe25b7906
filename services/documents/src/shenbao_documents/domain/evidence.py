"""What a document is evidence of: its kind, its fields, and what a machine finds of them in its text."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from shenbao_common.kernel.errors import Problem, RuleBroken
from shenbao_common.kernel.identifiers import WrongIdentifier, citizen_number

KINDS: Mapping[str, tuple[str, ...]] = {
    "id_card": ("name", "sex", "ethnicity", "birth_date", "address", "number"),
    "household_home": ("householder", "address", "number"),
    "household_page": ("name", "sex", "birth_date", "number"),
    "education_certificate": ("name", "school", "major", "completion_date", "number"),
    "degree_certificate": ("name", "school", "degree", "number"),
    "property_certificate": ("holder", "address", "number"),
    "title_certificate": ("name", "title", "number"),
    "paper": ("title", "journal", "number"),
    "patent": ("title", "number"),
    "project": ("title", "number"),
}
"""Kinds of evidence with their fields; `number` is what it is found again by."""

LONGEST_VALUE = 300
_PEOPLE = frozenset({"id_card", "household_home", "household_page"})
"""Their numbers are the person's own, who may of course show them again."""

_CERTAIN_AT_MOST, _DOUBTFUL = 1.0, 0.3


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text as a machine read it, with how sure it is (0 to 1)."""

    text: str
    confidence: float


_DATE = r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?"
_NAME, _SEX = r"姓\s*名[:：]?\s*([^\s\d:：]{2,20}?)(?=性|\s|$)", r"性\s*[别別][:：]?\s*([男女])"
_ID_NUMBER = r"(\d{17}[\dXx])"
_STUDENT = r"学\s*[生员][:：]?\s*(\S{2,20}?)[，,\s]*(?=性[别別]|[男女][，,])"
_AFTER_ADDRESS = r"\s*(?:省级|户\s*[口别号主]|承办|签发)"
"""What stands below the address of a household, which may take two lines of its cell."""
_PATTERNS: Mapping[str, Mapping[str, str]] = {
    "id_card": {
        "name": _NAME,
        "sex": _SEX,
        "ethnicity": r"民\s*族[:：]?\s*(\S{1,6})",
        "birth_date": r"出\s*生[:：]?\s*" + _DATE,
        "address": r"住\s*址[:：]?\s*((?:.|\n)+?)(?=\n?\s*公民身份|\Z)",
        "number": _ID_NUMBER,
    },
    "household_home": {
        "householder": r"户\s*主\s*姓?\s*名?[:：]?\s*(\S{2,20})",
        "address": r"住\s*址[:：]?\s*([^\n]+(?:\n(?!" + _AFTER_ADDRESS + r")[^\n]+)?)",
        "number": r"户\s*号[:：]?\s*([0-9A-Z]{4,20})",
    },
    "household_page": {
        "name": _NAME,
        "sex": _SEX,
        "birth_date": r"出\s*生\s*日\s*期?[:：]?\s*" + _DATE,
        "number": _ID_NUMBER,
    },
    "education_certificate": {
        "name": _STUDENT,
        "school": r"(?:校\s*名|学\s*校)[:：]\s*(\S+)",
        "major": r"(?:在本?[校院]\s*)(\S+?)\s*专业",
        "completion_date": r"(?<!\d)" + _DATE + r"\s*\Z",
        "number": r"证\s*书\s*编\s*号[:：]?\s*(\d{17,18})",
    },
    "degree_certificate": {
        "name": r"(?:^|\n)\s*(\S{2,20}?)[，,]\s*[男女][，,]",
        "school": r"在\s*(\S+?)\s*(?=完成|修完|学习)",
        "degree": r"授\s*予\s*(\S+?学位)",
        "number": r"证\s*书\s*编\s*号[:：]?\s*([0-9A-Z]{10,20})",
    },
    "property_certificate": {
        "holder": r"权\s*利\s*人[:：]?\s*(\S{2,40})",
        "address": r"坐\s*落[:：]?\s*(\S+)",
        "number": r"((?:\S{1,12})?不动产权第\s*\d+\s*号)",
    },
}
READABLE = tuple(_PATTERNS)
"""What a machine reads; the other kinds are typed."""


def read(kind: str, lines: Sequence[Line], *, today: date) -> dict[str, dict[str, object]]:
    """Fields found in the text, upright and from top to bottom: `{field: {"value": …, "confidence": 0..1}}`.

    Nothing is corrected. A number whose check digit is wrong is shown with little confidence.
    """
    text = "\n".join(line.text for line in lines)
    found = {}
    for field, pattern in _PATTERNS[kind].items():
        if match := re.search(pattern, text):
            value = _joined(match.groups())
            confidence = min((line.confidence for line in lines if _stands_in(line, match[0])), default=_DOUBTFUL)
            if field == "number" and pattern == _ID_NUMBER and not _is_citizens(value, today):
                confidence = min(confidence, _DOUBTFUL)
            found[field] = {"value": value, "confidence": round(min(confidence, _CERTAIN_AT_MOST), 2)}
    return found


def _is_citizens(number: str, today: date) -> bool:
    try:
        citizen_number(number, today=today)
    except WrongIdentifier:
        return False
    return True


def _joined(groups: tuple[str, ...]) -> str:
    if len(groups) == 3:
        return f"{groups[0]}-{int(groups[1]):02}-{int(groups[2]):02}"
    return re.sub(r"\s+", "", groups[0])


def _stands_in(line: Line, text: str) -> bool:
    return any(part and part in line.text for part in text.split("\n"))


def ensure_fitting(kind: str, values: Mapping[str, str]) -> None:
    """Refuses an unknown kind, fields that it does not have, and values that are too long; all at once."""
    if kind not in KINDS:
        raise RuleBroken("invalid", Problem("unknown_choice", "kind"))
    problems = [Problem("unknown_field", f"values.{key}") for key in values if key not in KINDS[kind]]
    problems += [
        Problem("too_long", f"values.{key}", {"limit": LONGEST_VALUE})
        for key, value in values.items()
        if len(value) > LONGEST_VALUE
    ]
    if problems:
        raise RuleBroken("invalid", *problems)


def key_of(kind: str, values: Mapping[str, str]) -> str | None:
    """What is the same for the same certificate, paper, patent or project, however its number is spaced."""
    bare = re.sub(r"[\s\-–—_.:：()（）]", "", values.get("number", "")).upper()
    return f"{kind}:{bare}" if bare and kind not in _PEOPLE else None


def order_of(kind: str, texts: Iterable[str]) -> int:
    """Positive when the text runs as on this kind of document, negative when it stands on its head."""
    first, last = _ENDS[kind]
    places = list(texts)
    top = next((n for n, text in enumerate(places) if re.search(first, text)), None)
    foot = next((n for n, text in reversed(list(enumerate(places))) if re.search(last, text)), None)
    return 0 if top is None or foot is None or top == foot else (1 if top < foot else -1)


_ENDS: Mapping[str, tuple[str, str]] = {
    "id_card": (r"姓\s*名", r"身份号码|\d{17}[\dXx]"),
    "household_home": (r"户\s*别|户\s*主", r"住\s*址|签发|登记"),
    "household_page": (r"姓\s*名", r"\d{17}[\dXx]|登记日期|承办人"),
    "education_certificate": (r"毕\s*业\s*证|学\s*[生员]", r"证\s*书\s*编\s*号|校\s*名"),
    "degree_certificate": (r"学\s*位\s*证|学士|硕士|博士", r"证\s*书\s*编\s*号"),
    "property_certificate": (r"权\s*利\s*人", r"面\s*积|期\s*限|坐\s*落"),
}

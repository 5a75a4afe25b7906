"""Forms of every pack, made by its own fields: valid ones pass, each wrong value is refused at its field."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shenbao_applications.actions.filling import Content
from shenbao_applications.domain.pack import check
from shenbao_applications.domain.pack.compiled import Pack

PROGRAMMES = Path(__file__).parents[4] / "programmes"
TODAY = date(2026, 1, 1)
NUMBERS = ("330000199001010014", "330000198506150026", "11010519491231002X")
LETTERS = "甲乙丙丁戊𠮷abcXYZ0123456789"
FILE = st.uuids().map(lambda one: {"document_id": str(one)})
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31)).map(date.isoformat)

Field = Mapping[str, Any]


@pytest.fixture(scope="module", params=sorted(p.parent.name for p in PROGRAMMES.glob("*/programme.yaml")))
def pack(request: pytest.FixtureRequest) -> Pack:
    folder = PROGRAMMES / request.param
    templates = {p.name: p.read_text(encoding="utf-8") for p in folder.glob("templates/*")}
    return Pack(check.document((folder / "programme.yaml").read_text(encoding="utf-8"), templates))


def valid(field: Field) -> st.SearchStrategy[Any]:
    """What somebody may fill in there."""
    kind = field["type"]
    if kind in {"text", "long_text"}:
        return st.text(LETTERS, min_size=1, max_size=min(field["max_length"], 60))
    if kind == "integer":
        number = st.integers(field.get("min", -(10**9)), field.get("max", 10**9))
        return number | number.map(str)
    if kind == "number":
        hundredths = st.integers(field.get("min", -(10**9)) * 100, field.get("max", 10**9) * 100)
        return hundredths.map(lambda n: n / 100) | hundredths.map(lambda n: f"{n / 100:.2f}")
    if kind == "choice":
        return st.sampled_from([option["key"] for option in field["options"]])
    if kind == "files":
        return st.lists(FILE, min_size=1, max_size=min(field["max_files"], 3))
    if kind == "rows":
        row = st.fixed_dictionaries({column["key"]: valid(column) for column in field["fields"]})
        return st.lists(row, min_size=1, max_size=min(field["max_rows"], 2))
    return {
        "date": DAYS,
        "month": DAYS.map(lambda day: day[:7]).filter(lambda month: month < "2100"),
        "mobile": st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True, alphabet="0123456789"),
        "phone": st.sampled_from(["0571-88888888", "+86 571 88888888", "110110"]),
        "email": st.integers(1, 10**6).map(lambda n: f"a{n}@example.cn"),
        "id_number": st.sampled_from(NUMBERS),
        "file": FILE,
        "unit": st.uuids().map(lambda one: {"unit_id": str(one)}),
    }[kind]


def wrong(field: Field) -> st.SearchStrategy[Any]:
    """What must be refused there."""
    kind = field["type"]
    if kind in {"text", "long_text"}:
        none = [] if field["none_allowed"] else ["无"]
        return st.sampled_from(["字" * (field["max_length"] + 1), 5, ["字"], "a\x00b", *none])
    if kind == "integer":
        least, most = field.get("min", -(10**9)), field.get("max", 10**9)
        return st.sampled_from([least - 1, most + 1, "一", 1.5, True, [1]])
    if kind == "number":
        least, most = field.get("min", -(10**9)), field.get("max", 10**9)
        return st.sampled_from([least - 0.5, most + 0.01, "一", 1.005, "97.5%", "1e1", float("inf"), True, [1.5]])
    if kind == "rows":
        columns = [_row_with(column, value) for column in field["fields"] for value in [wrong(column)]]
        return st.one_of(st.just("行"), st.just([{"no_such_column": "x"}]), *columns)
    if kind == "files":
        many = [{"document_id": str(UUID(int=n))} for n in range(field["max_files"] + 1)]
        return st.sampled_from(["x", [{"document_id": "x"}], [5], many])
    return st.sampled_from(
        {
            "choice": ["no_such_option", 5, ["x"]],
            "date": ["2020-02-30", "2020/01/01", "1899-12-31", "2101-01-01", 20200101],
            "month": ["2020-13", "2020-1", "1820-01", 202001],
            "mobile": ["12345678901", "1380000000", "1380000000a", 13800000000],
            "phone": ["abc", "1", "88888888888888888888888888888888"],
            "email": ["nobody", "a@", "a" * 200 + "@example.cn"],
            "id_number": ["330000199001010015", "1" * 31, ["330000199001010014"]],
            "file": ["x", {"document_id": "x"}, {"receipt": "a" * 4001}, 5],
            "unit": ["示例公司", {"name": "示例公司"}, {"unit_id": "x"}],
        }[kind]
    )


def _row_with(column: Field, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return values.map(lambda value: [{column["key"]: value}])


def read(pack: Pack, section: str, values: Mapping[str, Any]) -> list[str]:
    """The places of what is objected to."""
    content = Content(pack, {}, {section: dict(values)}, whole=True)
    content.check_numbers(today=TODAY)
    return [problem.path for problem in content.problems]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_is_valid_passes_and_one_wrong_value_is_refused_at_its_field(pack: Pack, data: st.DataObject) -> None:
    typed = [s for s in pack.sections if s["fields"] and not s.get("archive")]
    section = data.draw(st.sampled_from(typed), label="section")
    fields = {field["key"]: field for field in section["fields"]}
    form = data.draw(st.fixed_dictionaries({key: valid(field) for key, field in fields.items()}), label="form")
    # Of a document of another kind any number passes; an identity card's has a check character.
    for field in fields.values():
        if field["type"] == "id_number" and (kind := field.get("kind_field")) in fields:
            form[kind] = field["checked_kinds"][0]
    assert read(pack, section["key"], form) == []

    name = data.draw(st.sampled_from(sorted(fields)), label="wrong field")
    value = data.draw(wrong(fields[name]), label="wrong value")
    places = read(pack, section["key"], {**form, name: value})
    assert places
    assert {place.split(".")[2] for place in places} == {name}

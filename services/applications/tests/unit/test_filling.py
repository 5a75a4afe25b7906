"""Forms made from a pack: what is given is read by its types, and nothing that is given makes a crash."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shenbao_applications.actions.filling import Content, report_values
from shenbao_applications.domain.pack.compiled import Pack
from shenbao_common.kernel.errors import RuleBroken

TODAY = date(2026, 1, 1)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def read(pack: Pack, sections: dict[str, Any], stored: dict[str, Any] | None = None, *, whole: bool = True) -> Content:
    content = Content(pack, stored or {}, sections, whole=whole)
    content.check_numbers(today=TODAY)
    return content


def test_values_are_trimmed_and_empty_ones_are_left_out(pack: Pack) -> None:
    content = read(pack, {"basic": {"person_name": " 张三 ", "former_name": "  ", "email": "", "specialty_years": "5"}})
    assert content.problems == []
    assert content.sections["basic"] == {"person_name": "张三", "specialty_years": 5}


def test_none_is_an_answer_only_where_the_field_takes_it(pack: Pack) -> None:
    content = read(pack, {"basic": {"former_name": "无", "person_name": "无"}})
    assert [(p.path, p.code) for p in content.problems] == [("sections.basic.person_name", "none_not_allowed")]
    assert content.sections["basic"]["former_name"] == "无"


def test_a_part_leaves_the_rest_and_null_empties(pack: Pack) -> None:
    stored = {"basic": {"person_name": "张三", "birthplace": "杭州"}, "experience": {"achievements": "两项"}}
    content = read(pack, {"basic": {"birthplace": None, "sex": "male"}}, stored, whole=False)
    assert content.sections["basic"] == {"person_name": "张三", "sex": "male"}
    assert content.sections["experience"] == {"achievements": "两项"}
    assert read(pack, {"basic": {}}, stored).sections["experience"] == {}


def test_a_fifteen_digit_number_is_written_in_full(pack: Pack) -> None:
    content = read(pack, {"basic": {"id_type": "id_card", "id_number": "330000900101001"}})
    assert content.problems == []
    assert len(content.sections["basic"]["id_number"]) == 18


def test_a_number_without_its_kind_waits_for_the_kind(pack: Pack) -> None:
    assert read(pack, {"basic": {"id_number": "123"}}).problems == []
    wrong = read(pack, {"basic": {"id_type": "id_card", "id_number": "123"}})
    assert [p.code for p in wrong.problems] == ["identifier_length"]


def test_limits_are_those_of_the_pack(pack: Pack) -> None:
    rows = [{"school": "大"}] * 11
    content = read(pack, {"experience": {"education": rows, "achievements": "字" * 2001}})
    assert {(p.path, p.code) for p in content.problems} == {
        ("sections.experience.education", "too_long"),
        ("sections.experience.achievements", "too_long"),
    }
    assert read(pack, {"experience": {"education": rows[:10], "achievements": "字" * 2000}}).problems == []


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_nothing_that_is_given_makes_a_crash(pack: Pack, data: st.DataObject) -> None:
    section = data.draw(st.sampled_from(pack.sections))
    fields = [f["key"] for f in section["fields"]]
    given_values = data.draw(st.dictionaries(st.sampled_from(fields), ANYTHING, max_size=4))
    content = read(pack, {section["key"]: given_values})
    if not content.problems:
        pack.missing(content.sections, variant="determination_primary")


def test_operator_and_telephone_are_both_named_when_both_are_wrong(pack: Pack) -> None:
    with pytest.raises(RuleBroken) as refused:
        report_values(pack, {"operator_name": " ", "operator_phone": "none"})
    assert [(p.path, p.code) for p in refused.value.problems] == [
        ("operator_name", "required"),
        ("operator_phone", "wrong_format"),
    ]

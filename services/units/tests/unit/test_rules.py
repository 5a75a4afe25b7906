"""The rules of registration, of the tree, of supervision and of ticks, as functions of values."""

from typing import Any
from uuid import UUID

import pytest

from shenbao_common.kernel.errors import Conflict, Problem
from shenbao_common.kernel.identifiers import WrongIdentifier
from shenbao_common.kernel.ids import uuid7
from shenbao_units.domain import supervision
from shenbao_units.domain.contact import is_phone
from shenbao_units.domain.levels import Level, objections_to_parent
from shenbao_units.domain.profile import Profile
from shenbao_units.domain.recognition import Recognition, RegisterEntry, recognised
from shenbao_units.domain.registration import Code, Form, objections, read_code
from shenbao_units.domain.sub_account import in_order

ENTRY = RegisterEntry(code="000000019", name="示例科技有限公司", legal_representative="王建国", province_level=False)
DEPARTMENT = uuid7()
CODE = Code(organisation_code="000000019")


def form(**changes: Any) -> Form:
    return Form(**{"code": "000000019", "legal_representative": "王建国", "department_id": DEPARTMENT} | changes)


def codes(found: list[Problem]) -> list[tuple[str, str]]:
    return [(p.code, p.path) for p in found]


def test_an_entry_is_recognised_by_its_representative_alone() -> None:
    assert recognised(ENTRY, " 王建国 ") == "示例科技有限公司"
    assert recognised(ENTRY, "王建") is None
    assert recognised(None, "王建国") is None


def test_a_name_in_another_unicode_form_is_the_same_name() -> None:
    entry = RegisterEntry(code="1", name="n", legal_representative="Jose\u0301", province_level=False)
    assert recognised(entry, "Jos\u00e9") == "n"


def test_a_unit_of_provincial_level_is_never_recognised() -> None:
    entry = RegisterEntry(code="1", name="n", legal_representative="王芳", province_level=True)
    assert recognised(entry, "王芳") is None


def test_a_code_of_18_carries_the_code_of_9() -> None:
    assert read_code("913300000000000191") == Code(organisation_code="000000019", credit_code="913300000000000191")
    assert read_code("00000001-9") == Code(organisation_code="000000019")


@pytest.mark.parametrize("text", ["", "0000000190", "9133000000000001", "913300000000000192"])
def test_any_other_code_is_refused(text: str) -> None:
    with pytest.raises(WrongIdentifier):
        read_code(text)


def test_a_recognised_unit_needs_neither_name_nor_scan() -> None:
    known = Recognition(name="示例科技有限公司", available=True)
    assert objections(form(), CODE, known, Level.DEPARTMENT, Profile()) == []
    assert objections(form(unit_name="示例科技有限公司"), CODE, known, Level.DEPARTMENT, Profile()) == []
    assert codes(objections(form(unit_name="别名"), CODE, known, Level.DEPARTMENT, Profile())) == [
        ("read_only", "unit_name")
    ]


def test_an_unrecognised_unit_needs_both() -> None:
    unknown = Recognition(name=None, available=True)
    assert codes(objections(form(), CODE, unknown, Level.FIRST_LEVEL_DEPARTMENT, Profile())) == [
        ("required", "unit_name"),
        ("required", "certificate_receipt"),
    ]
    whole = form(unit_name="示例研究院", certificate_id=uuid7())
    assert objections(whole, CODE, unknown, Level.FIRST_LEVEL_DEPARTMENT, Profile()) == []


@pytest.mark.parametrize("level", [None, Level.PROVINCE, Level.CITY_HR_BUREAU])
def test_only_departments_supervise(level: Level | None) -> None:
    known = Recognition(name="n", available=True)
    assert [p.path for p in objections(form(), CODE, known, level, Profile())] == ["department_id"]


def test_the_tree_has_departments_under_the_bureau_and_bureaus_under_the_province() -> None:
    allowed = {
        (level, parent) for level in Level for parent in (None, *Level) if not objections_to_parent(level, parent)
    }
    assert allowed == {
        (Level.PROVINCE, None),
        (Level.CITY_HR_BUREAU, None),
        (Level.CITY_HR_BUREAU, Level.PROVINCE),
        (Level.FIRST_LEVEL_DEPARTMENT, Level.CITY_HR_BUREAU),
        (Level.DEPARTMENT, Level.CITY_HR_BUREAU),
        (Level.DEPARTMENT, Level.FIRST_LEVEL_DEPARTMENT),
    }


def test_only_the_present_number_confirms_a_change_of_department() -> None:
    supervision.ensure_confirmed(4, 4)
    with pytest.raises(Conflict) as refused:
        supervision.ensure_confirmed(4, 3)
    assert refused.value.params == {"reported": 4}
    assert (supervision.warning(0), supervision.warning(1)) == (None, "reported_will_be_recalled")


def test_a_move_to_the_same_department_is_none() -> None:
    same = UUID(str(DEPARTMENT))
    assert codes(supervision.objections(DEPARTMENT, same, Level.DEPARTMENT)) == [("unchanged", "department_id")]


def test_ticks_are_kept_in_the_order_of_the_catalogue() -> None:
    assert in_order(["password.change", "application.fill"]) == ["application.fill", "password.change"]


@pytest.mark.parametrize("text", ["13800000000", "19200000000", "0571-88888888", "010-66668888-801"])
def test_telephone_numbers_of_people_and_offices_are_known(text: str) -> None:
    assert is_phone(text)


@pytest.mark.parametrize("text", ["12800000000", "1380000000", "057188888888", "1380000000０", "13800000000\n"])
def test_other_texts_are_no_telephone_numbers(text: str) -> None:
    assert not is_phone(text)

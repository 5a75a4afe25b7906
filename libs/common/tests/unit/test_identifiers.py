"""The numbers of people and organisations against vectors made from the standards."""

import json
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shenbao_common.kernel.errors import Problem
from shenbao_common.kernel.identifiers import (
    Fault,
    Holder,
    WrongIdentifier,
    citizen_number,
    credit_code,
    organisation_code,
)

VECTORS: dict[str, Any] = json.loads(Path(__file__).with_name("identifier-vectors.json").read_text(encoding="utf-8"))
TODAY = date.fromisoformat(VECTORS["today"])
SAMPLE = "33010619900101991X"


def sound(kind: str) -> list[dict[str, Any]]:
    return [v for v in VECTORS[kind] if v["ok"]]


def faulty(kind: str) -> list[dict[str, Any]]:
    return [v for v in VECTORS[kind] if not v["ok"]]


def named(vector: dict[str, Any]) -> str:
    return str(vector["in"])


@pytest.mark.parametrize("vector", sound("citizen"), ids=named)
def test_a_personal_number_tells_what_the_vector_says(vector: dict[str, Any]) -> None:
    read = citizen_number(vector["in"], today=TODAY)
    assert (read.number, read.region, read.birth) == (
        vector["id18"],
        vector["region"],
        date.fromisoformat(vector["birth"]),
    )
    assert (read.sex, read.legacy15, read.holder) == (vector["sex"], vector["legacy15"], vector["kind"])


@pytest.mark.parametrize("vector", faulty("citizen"), ids=named)
def test_a_wrong_personal_number_names_its_fault(vector: dict[str, Any]) -> None:
    with pytest.raises(WrongIdentifier) as refused:
        citizen_number(vector["in"], today=TODAY)
    assert refused.value.fault == vector["error"]


def test_the_example_of_the_standard_has_the_right_check() -> None:
    assert citizen_number("11010519491231002X", today=TODAY).birth == date(1949, 12, 31)


def test_the_standards_example_of_somebody_born_in_1880_is_refused_by_its_date() -> None:
    with pytest.raises(WrongIdentifier, match="BIRTHDATE"):
        citizen_number("440524188001010014", today=TODAY)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("３３０１０６１９９００１０１９９１Ｘ", Fault.FORMAT),
        ("3301061990X101991X", Fault.FORMAT),
        ("33010690010199X", Fault.FORMAT),
        ("33010619900101991Y", Fault.FORMAT),
        ("", Fault.LENGTH),
        ("33010619900101991", Fault.LENGTH),
    ],
)
def test_text_that_only_looks_like_a_number_is_refused(text: str, fault: Fault) -> None:
    with pytest.raises(WrongIdentifier) as refused:
        citizen_number(text, today=TODAY)
    assert refused.value.fault == fault


def test_a_small_x_and_spaces_around_are_forgiven() -> None:
    assert citizen_number(" 33010619900101991x ", today=TODAY).number == SAMPLE


def test_somebody_born_today_has_a_number_and_somebody_born_tomorrow_has_not() -> None:
    assert citizen_number("330114202201019919", today=date(2022, 1, 1)).birth == date(2022, 1, 1)
    with pytest.raises(WrongIdentifier, match="BIRTHDATE"):
        citizen_number("330114202201019919", today=date(2021, 12, 31))


def test_a_foreigners_card_of_2017_is_taken_by_its_pattern() -> None:
    read = citizen_number("CAN110081080311", today=TODAY)
    assert (read.holder, read.number, read.birth) == (Holder.FOREIGNER, "CAN110081080311", None)


def test_an_unknown_region_is_a_warning_and_never_a_refusal() -> None:
    assert citizen_number(with_check("33011319900101001"), today=TODAY).warnings == ()
    assert citizen_number(with_check("10010019900101001"), today=TODAY).warnings == ("unknown_region",)


def with_check(body: str) -> str:
    """The one completion of 17 digits that is accepted."""
    for check in "0123456789X":
        try:
            return citizen_number(body + check, today=TODAY).number
        except WrongIdentifier:
            continue
    raise AssertionError(body)


@given(st.integers(0, 16), st.sampled_from("0123456789"))
def test_every_single_substitution_is_noticed(place: int, digit: str) -> None:
    changed = SAMPLE[:place] + digit + SAMPLE[place + 1 :]
    if changed != SAMPLE:
        with pytest.raises(WrongIdentifier):
            citizen_number(changed, today=TODAY)


@given(st.integers(0, 15))
def test_every_swap_of_neighbours_is_noticed(place: int) -> None:
    changed = SAMPLE[:place] + SAMPLE[place + 1] + SAMPLE[place] + SAMPLE[place + 2 :]
    if changed != SAMPLE:
        with pytest.raises(WrongIdentifier):
            citizen_number(changed, today=TODAY)


@pytest.mark.parametrize("vector", sound("uscc"), ids=named)
def test_a_credit_code_tells_what_the_vector_says(vector: dict[str, Any]) -> None:
    read = credit_code(vector["in"])
    assert (read.code, read.department, read.kind) == (vector["uscc"], vector["dept"], vector["kind"])
    assert (read.region, read.organisation_code) == (vector["region"], vector["org9"])
    assert read.warnings == (() if vector["org_check_ok"] else ("organisation_check",))


@pytest.mark.parametrize("vector", faulty("uscc"), ids=named)
def test_a_wrong_credit_code_names_its_fault(vector: dict[str, Any]) -> None:
    with pytest.raises(WrongIdentifier) as refused:
        credit_code(vector["in"])
    assert refused.value.fault == vector["error"]


def test_a_credit_code_with_a_historic_organisation_code_is_accepted_with_a_warning() -> None:
    body = "91330106MA9TE8T03"
    code = next(body + c for c in "0123456789ABCDEFGHJKLMNPQRTUWXY" if is_credit_code(body + c))
    assert credit_code(code).warnings == ("organisation_check",)


def is_credit_code(text: str) -> bool:
    try:
        credit_code(text)
    except WrongIdentifier:
        return False
    return True


def test_the_published_credit_code_is_right() -> None:
    assert credit_code("91350100m000100y43").region == "350100"


@pytest.mark.parametrize("printed", VECTORS["org"])
def test_an_organisation_code_is_read_with_and_without_its_hyphen(printed: str) -> None:
    plain = printed.replace("-", "")
    assert organisation_code(printed) == organisation_code(plain) == organisation_code(plain.lower()) == plain


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("00000001", Fault.LENGTH),
        ("0000-00019", Fault.LENGTH),
        ("000000018", Fault.CHECKSUM),
        ("00000001！", Fault.CHARSET),
        ("0000 0019", Fault.CHARSET),
    ],
)
def test_a_wrong_organisation_code_names_its_fault(text: str, fault: Fault) -> None:
    with pytest.raises(WrongIdentifier) as refused:
        organisation_code(text)
    assert refused.value.fault == fault


def test_the_values_of_the_catalogue_are_valid() -> None:
    for number in ("330000199001010014", "330000198506150026"):
        assert citizen_number(number, today=TODAY).warnings == ()
    assert credit_code("913300000000000191").organisation_code == organisation_code("000000019")
    assert credit_code("123300000000000271").organisation_code == organisation_code("000000027")


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    for read in (credit_code, organisation_code, lambda t: citizen_number(t, today=TODAY)):
        with suppress(WrongIdentifier):
            read(text)


def test_the_objection_names_the_field_and_never_the_value() -> None:
    assert WrongIdentifier(Fault.CHECKSUM).problem("code") == Problem("identifier_checksum", "code")

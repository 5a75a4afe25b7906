"""The invented parties' codes are valid by the standards."""

from shenbao_common.kernel import identifiers
from shenbao_stack.codes import credit_code, organisation_code
from shenbao_stack.demo.registry import BY_CODE


def test_the_parties_of_the_requirements_have_their_codes() -> None:
    assert organisation_code(1) == "000000019"
    assert credit_code("000000019") == "913300000000000191"
    assert credit_code(organisation_code(2), "12330000") == "123300000000000271"


def test_every_code_of_the_registry_is_valid_by_the_kernels_rules() -> None:
    checks = {9: identifiers.organisation_code, 18: identifiers.credit_code}
    assert len(BY_CODE) >= 24
    assert [code for code in BY_CODE if not checks[len(code)](code)] == []

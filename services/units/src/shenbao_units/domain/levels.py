"""Levels of the organisation tree and what may stand below what."""

from enum import StrEnum

from shenbao_common.kernel.errors import Problem


class Level(StrEnum):
    """province > city_hr_bureau > first_level_department (一级归口部门) > department (归口部门)."""

    PROVINCE = "province"
    CITY_HR_BUREAU = "city_hr_bureau"
    FIRST_LEVEL_DEPARTMENT = "first_level_department"
    DEPARTMENT = "department"


SUPERVISING = (Level.FIRST_LEVEL_DEPARTMENT, Level.DEPARTMENT)
"""Levels that employers can stand under."""

_PARENTS: dict[Level, tuple[Level | None, ...]] = {
    Level.PROVINCE: (None,),
    Level.CITY_HR_BUREAU: (None, Level.PROVINCE),
    Level.FIRST_LEVEL_DEPARTMENT: (Level.CITY_HR_BUREAU,),
    Level.DEPARTMENT: (Level.FIRST_LEVEL_DEPARTMENT, Level.CITY_HR_BUREAU),
}


def objections_to_parent(level: Level, parent: Level | None) -> list[Problem]:
    """May an organisation of this level stand below one of that level (None: at the top)?"""
    if parent in _PARENTS[level]:
        return []
    if parent is None:
        return [Problem("required", "parent_id")]
    allowed = [p.value for p in _PARENTS[level] if p]
    return [Problem("wrong_parent_level", "parent_id", {"allowed": allowed})]


def objections_to_supervisor(level: Level | None) -> list[Problem]:
    """May an employer stand under an organisation of this level (None: there is no such organisation)?"""
    if level is None:
        return [Problem("unknown_department", "department_id")]
    if level not in SUPERVISING:
        return [Problem("not_a_supervising_department", "department_id")]
    return []

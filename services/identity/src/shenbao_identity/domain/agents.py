"""The agent (经办人) of a unit that registers without a code: what is told, and whether it fits together (S1-03)."""

from dataclasses import dataclass
from datetime import date

from shenbao_common.kernel.errors import Problem
from shenbao_identity.domain import persons


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    name: str
    id_number: str
    ethnicity: str
    sex: str
    mobile: str


def problems(agent: Agent, *, today: date) -> list[Problem]:
    """What is wrong in itself; whether the name is the number's, only the platform knows."""
    found = persons.name_problems(agent.name) + persons.mobile_problems(agent.mobile)
    wrong_number = persons.document_problems(persons.CITIZEN, agent.id_number.upper(), today=today)
    if not agent.ethnicity:
        found.append(Problem("required", "ethnicity"))
    told = persons.told_by_number(persons.CITIZEN, agent.id_number.upper(), today=today)
    if not wrong_number and told.get("sex", agent.sex) != agent.sex:
        found.append(Problem("sex_differs", "sex"))
    return found + wrong_number

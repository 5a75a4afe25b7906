"""After the journeys of this folder, whose last module this is: nothing secret in what the suite logged of them."""

import re
from collections.abc import Iterable
from pathlib import Path

from shenbao_common.kernel.clock import now, office_day
from shenbao_common.kernel.identifiers import WrongIdentifier, citizen_number
from shenbao_stack.demo.town import Town
from shenbao_stack.persons import bind, new_person
from shenbao_stack.services import SERVICES
from shenbao_stack.stack import Stack

NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
TOKEN = re.compile(r"eyJ[\w-]{8,}\.[\w-]{8,}")


def secrets_in(lines: Iterable[str], known: Iterable[str]) -> list[str]:
    """Signed tokens, valid ID numbers of anybody, and what is known to be secret; with the begin of its line."""
    known = tuple(known)
    found = []
    for line in lines:
        words = [*TOKEN.findall(line), *filter(_is_valid, NUMBER.findall(line)), *(k for k in known if k in line)]
        found += [f"{word} in {line[:120]}" for word in words]
    return found


def _is_valid(number: str) -> bool:
    try:
        citizen_number(number.upper(), today=office_day(now()))
    except WrongIdentifier:
        return False
    return True


def test_checklist_30_no_number_password_or_token_of_any_journey_is_in_a_log(stack: Stack, town: Town) -> None:
    """Every test's people have the world's password; tokens are known by their form, refresh tokens by these here."""
    office, person = town.department(), new_person(town.world)
    unit = town.unit(office)
    bind(person, unit)
    account = town.world.new_sub_account(unit).user
    people = [office.user, person, unit.user, account, town.world.admin()]
    known = {user.password for user in people} | {user.tokens.refresh for user in people} | {*stack.secrets.values()}
    assert secrets_in(["a 11010519491231002X b", f"c {people[0].tokens.access}", *known], known) != []
    logs = sorted((stack.folder / "logs").glob("*.log"))
    written = "".join(_text(log) for log in logs).splitlines()
    assert [s for s in SERVICES if not any('"event": "request"' in line and f'"{s}"' in line for line in written)] == []
    assert secrets_in(written, known) == []


def _text(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")

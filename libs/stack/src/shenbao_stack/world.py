"""The people and offices of a journey, made through the public APIs as their users would make them."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx

from shenbao_stack.client import Target, User, Visitor
from shenbao_stack.codes import organisation_code
from shenbao_stack.packs import read_pack
from shenbao_stack.waiting import until

ADMIN = "admin"
_SETTLED = 30.0
PASSWORD = "Journey-2026-x"  # noqa: S105  (of accounts that live as long as a test's database)
OFFICE_PERMISSIONS = ("review.decide", "review.return", "review.assign", "project.publish", "application.export")
SUB_ACCOUNT_PERMISSIONS = (
    "application.fill",
    "application.report",
    "application.print",
    "application.export",
    "profile.change",
    "password.change",
)


@dataclass(frozen=True)
class Office:
    """An organisation of the tree and one of its officers."""

    id: str
    name: str
    level: str
    user: User


@dataclass(frozen=True)
class Unit:
    """A registered employer, signed in."""

    id: str
    code: str
    name: str
    department: Office
    user: User


@dataclass(frozen=True)
class SubAccount:
    """A personal declaration account of a unit, signed in."""

    id: str
    user: User


class World:
    """`admin` and everybody else; names and codes are new each time, so that tests do not meet.

    Used in a `with`, which closes its connections.
    """

    def __init__(self, target: Target, admin_password: str, *, password: str = PASSWORD) -> None:
        """password: of everybody whom this world makes."""
        self.target = target
        self.password = password
        self._admin_password = admin_password
        self._admin: User | None = None
        self._serial = secrets.randbelow(80_000_000) + 10_000_000

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.target.connections.close()

    def visitor(self) -> Visitor:
        return Visitor(self.target)

    def sign_in(self, username: str, password: str = "", *, new_password: str = "") -> User:
        """With the world's own password unless another is given."""
        return User.sign_in(self.target, username, password or self.password, new_password=new_password)

    def admin(self) -> User:
        if self._admin is None:
            self._admin = self.sign_in(ADMIN, self._admin_password, new_password=self._admin_password + "n")
        return self._admin

    def serial(self) -> int:
        """Another number each time."""
        self._serial += 1
        return self._serial

    def count_from(self, number: int) -> None:
        """Makes the next names and codes the same in every run (plugin testing)."""
        self._serial = number

    def new_code(self) -> str:
        """A valid organisation code that nobody has."""
        return organisation_code(self.serial())

    def publish_programme(self, folder: Path) -> httpx.Response:
        return self.admin().call("POST", "applications", "/v1/programmes", read_pack(folder))

    def new_office(
        self,
        level: str,
        parent: Office | None = None,
        *,
        name: str = "",
        permissions: Sequence[str] = OFFICE_PERMISSIONS,
        **more: Any,
    ) -> Office:
        """An organisation (province, city_hr_bureau, first_level_department, department) with one officer.

        more: further fields of the organisation (demands_letter).
        """
        number = self.serial()
        body = {"code": f"D{number}", "name": name or f"{level} {number}", "level": level}
        made = done(self.admin().call("POST", "units", "/v1/organisations", body | _below(parent) | more))
        return Office(made["id"], body["name"], level, self.new_officer(made["id"], permissions))

    def new_officer(
        self, organisation_id: str, permissions: Sequence[str] = OFFICE_PERMISSIONS, *, name: str = "审核员"
    ) -> User:
        """A person who works at an office, with the first password changed already."""
        username = f"officer{self.serial()}"
        account = {
            "username": username,
            "kind": "office",
            "display_name": name,
            "organisation_id": organisation_id,
            "permissions": list(permissions),
        }
        made = done(self.admin().call("POST", "identity", "/v1/accounts", account))
        return self.sign_in(username, made["initial_password"], new_password=self.password)

    def register_unit(
        self,
        department: Office,
        *,
        code: str = "000000019",
        legal_representative: str = "王建国",
        username: str = "",
        **more: Any,
    ) -> Unit:
        """A unit that the registry knows (by default 示例科技有限公司), registered and signed in.

        more: further fields of the registration (unit_name, certificate_receipt, contact_name, ...).
        """
        username = username or f"unit{self.serial()}"
        visitor = self.visitor()
        ticket = self.reserve(visitor, username)
        body = {
            "code": code,
            "legal_representative": legal_representative,
            "department_id": department.id,
            "ticket": ticket,
        }
        made = done(visitor.call("POST", "units", "/v1/registrations", body | more))
        settled(visitor, "identity")
        user = self.sign_in(username)
        user.follow(visitor)
        return Unit(made["id"], code, made.get("name", ""), department, user)

    def reserve(self, visitor: Visitor, username: str, password: str = "") -> str:
        """An account for a unit that is about to register; answers its ticket."""
        wanted = {"username": username, "password": password or self.password} | visitor.image_code()
        return str(done(visitor.call("POST", "identity", "/v1/account-reservations", wanted))["ticket"])

    def ask_to_act(self, unit: Unit, username: str, letter: bytes) -> tuple[Visitor, dict[str, Any]]:
        """Somebody new uploads a sealed letter and asks to act for the unit; answers who, and the request."""
        visitor = self.visitor()
        wanted = {"username": username, "password": self.password} | visitor.image_code()
        reserved = done(visitor.call("POST", "identity", "/v1/account-reservations", wanted))
        sent = visitor.call(
            "POST",
            "documents",
            "/v1/files",
            files={"file": ("授权委托书.pdf", letter, "application/pdf")},
            data={"purpose": "authorization_letter"},
            headers={"Authorization": f"Bearer {reserved['access_token']}"},
        )
        body = {
            "code": unit.code,
            "department_id": unit.department.id,
            "name": "赵六",
            "mobile": "13900000000",
            "ticket": reserved["ticket"],
            "letter_receipt": done(sent)["receipt"],
        }
        return visitor, done(visitor.call("POST", "units", "/v1/officer-requests", body))

    def new_sub_account(
        self, unit: Unit, *, username: str = "", permissions: Sequence[str] = SUB_ACCOUNT_PERMISSIONS
    ) -> SubAccount:
        """A sub-account with these ticks, its first password changed, signed in."""
        username = username or f"{unit.user.username}p{self.serial()}"
        wanted = {"username": username}
        reserved = done(unit.user.call("POST", "identity", "/v1/sub-account-reservations", wanted))
        body = {"ticket": reserved["ticket"], "display_name": username, "permissions": list(permissions)}
        done(unit.user.call("POST", "units", "/v1/sub-accounts", body))
        settled(unit.user, "identity")
        user = self.sign_in(username, reserved["initial_password"], new_password=self.password)
        return SubAccount(reserved["account_id"], user)


def done(answer: httpx.Response) -> Any:
    """The body of a call that went well; else an AssertionError with what was wrong."""
    if answer.status_code >= 400:
        raise AssertionError(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text}")
    return answer.json() if answer.content else None


def settled(somebody: Visitor, *services: str) -> None:
    """Waits until these services have heard what somebody has written; a suite that has just started is slow at it."""
    for service in services:
        until(
            lambda: somebody.call("GET", service, "/health/live").status_code == 200,  # noqa: B023  (asked here)
            seconds=_SETTLED,
            what=f"{service} has heard",
        )


def _below(parent: Office | None) -> dict[str, str]:
    return {"parent_id": parent.id} if parent else {}

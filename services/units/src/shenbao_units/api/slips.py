"""Reading the slips that come with a body: identity's of accounts and persons, documents' of uploads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shenbao_common.kernel.errors import Problem, Unauthenticated
from shenbao_common.web.service import service
from shenbao_units.actions.bindings import Person
from shenbao_units.actions.registration_cases import Agent

TICKET = "shenbao-ticket+jwt"
RECEIPT = "shenbao-receipt+jwt"
PERSON = "shenbao-person+jwt"
AGENT = "shenbao-agent+jwt"
STAFF = "shenbao-staff+jwt"
CERTIFICATES = ("code_certificate", "unit_licence")
UNIT_CERTIFICATE = ("unit_certificate",)
_LETTER = "authorization_letter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """An account that identity has reserved. unit_id: of a sub-account, the unit that reserved it.

    credit_code: of a legal person who came by provincial sign-in, else "".
    """

    account_id: UUID
    username: str
    unit_id: UUID | None
    credit_code: str = ""


class Slips:
    """Verifies slips offline and gathers what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def ticket(self, text: str, path: str, *, kind: str, unit_id: UUID | None = None) -> Ticket | None:
        """A reserved account of this kind, for this unit when it is a sub-account's."""
        claims = self._claims("identity", TICKET, text, path, "ticket")
        if claims is None:
            return None
        ticket = _ticket(claims)
        if ticket is None or claims.get("kind") != kind or ticket.unit_id != unit_id:
            self.problems.append(Problem("ticket_invalid", path))
            return None
        return ticket

    def certificate(
        self, text: str, path: str, *, owner: UUID | None, purposes: tuple[str, ...] = CERTIFICATES
    ) -> UUID | None:
        """The scan of a code certificate or licence that this account has uploaded."""
        return self._receipt(text, path, purposes=purposes, owner=owner)

    def agent(self, text: str, path: str, *, account_id: UUID) -> Agent | None:
        """Who registers a unit without a code, checked by identity for this account."""
        claims = self._claims("identity", AGENT, text, path, "agent")
        if claims is None:
            return None
        told = {name: claims.get(name) for name in ("name", "id_number", "ethnicity", "sex", "mobile")}
        if _uuid(claims, "account_id") != account_id or not all(isinstance(value, str) for value in told.values()):
            self.refuse("agent_invalid", path)
            return None
        return Agent(account_id=account_id, **{name: str(value) for name, value in told.items()})

    def refuse(self, code: str, path: str) -> None:
        """One objection more, of who reads the slips."""
        self.problems.append(Problem(code, path))

    def letter(self, text: str, path: str, *, owner: UUID | None) -> UUID | None:
        """The scan of a sealed letter that this account has uploaded."""
        return self._receipt(text, path, purposes=(_LETTER,), owner=owner)

    def person(self, text: str, path: str, *, account_id: UUID) -> Person | None:
        """Who this account's holder is."""
        claims = self._claims("identity", PERSON, text, path, "person")
        if claims is None:
            return None
        name, id_number = claims.get("name"), claims.get("id_number")
        if _uuid(claims, "account_id") != account_id or not isinstance(name, str) or not isinstance(id_number, str):
            self.problems.append(Problem("person_invalid", path))
            return None
        return Person(account_id=account_id, name=name, id_number=id_number)

    def staff(self, text: str, path: str, *, unit_id: UUID | None) -> Person | None:
        """A registered person whom this unit has looked up."""
        claims = self._claims("identity", STAFF, text, path, "person")
        if claims is None:
            return None
        account_id, name, id_number = _uuid(claims, "account_id"), claims.get("name"), claims.get("id_number")
        of_unit = unit_id is not None and _uuid(claims, "unit_id") == unit_id
        if account_id is None or not of_unit or not isinstance(name, str) or not isinstance(id_number, str):
            self.refuse("person_invalid", path)
            return None
        return Person(account_id=account_id, name=name, id_number=id_number)

    def _receipt(self, text: str, path: str, *, purposes: tuple[str, ...], owner: UUID | None) -> UUID | None:
        claims = self._claims("documents", RECEIPT, text, path, "receipt")
        if claims is None:
            return None
        document_id = _uuid(claims, "document_id")
        right = claims.get("purpose") in purposes and owner is not None and _uuid(claims, "account_id") == owner
        if document_id is None or not right:
            self.problems.append(Problem("receipt_invalid", path))
            return None
        return document_id

    def _claims(self, issuer: str, kind: str, text: str, path: str, name: str) -> dict[str, Any] | None:
        try:
            return service().keys_of(issuer).verify(kind, text)
        except Unauthenticated as wrong:
            fault = "expired" if wrong.code == "token_expired" else "invalid"
            self.problems.append(Problem(f"{name}_{fault}", path))
            return None


def _ticket(claims: Mapping[str, Any]) -> Ticket | None:
    account_id, username = _uuid(claims, "account_id"), claims.get("username")
    if account_id is None or not isinstance(username, str):
        return None
    code = str(claims.get("credit_code") or "")
    return Ticket(account_id=account_id, username=username, unit_id=_uuid(claims, "unit_id"), credit_code=code)


def _uuid(claims: Mapping[str, Any], name: str) -> UUID | None:
    try:
        return UUID(str(claims.get(name)))
    except ValueError:
        return None

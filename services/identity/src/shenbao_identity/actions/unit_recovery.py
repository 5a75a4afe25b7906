"""A unit's forgotten password is set anew by the name of the unit, its credit code, and one of its staff (S4b-07)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shenbao_common.data import audit
from shenbao_common.kernel.actor import Kind
from shenbao_identity import queries
from shenbao_identity.actions import credentials, news, sessions
from shenbao_identity.domain.account import State
from shenbao_identity.domain.persons import CITIZEN
from shenbao_identity.models import Account, UnitStaff
from shenbao_identity.settings import Policy


@dataclass(frozen=True, kw_only=True)
class Named:
    """What somebody says of the unit, and of the member of its staff."""

    unit_name: str
    credit_code: str
    staff_id: UUID | None = None
    id_number: str = ""


def keep_staff(session: Session, link_id: UUID, *, unit_id: UUID, account_id: UUID, state: str, revision: int) -> None:
    """Older news than what is known is left aside."""
    values = {"unit_id": unit_id, "account_id": account_id, "state": state, "revision": revision}
    new = insert(UnitStaff).values(link_id=link_id, **values)
    session.execute(
        new.on_conflict_do_update(index_elements=["link_id"], set_=values, where=UnitStaff.revision < revision)
    )


def staff_of(session: Session, named: Named) -> list[tuple[UUID, str]]:
    """Whom to choose from; empty where there is no such unit."""
    return [(link.link_id, str(person.personal.get("name", ""))) for link, person in _staff(session, named)]


def recover(session: Session, named: Named, new: str, *, policy: Policy) -> str | None:
    """Sets the password and ends the unit's sessions; the user name, or None when anything said is wrong."""
    link = next((found for found, person in _staff(session, named) if _is(session, found, person, named)), None)
    if link is None:
        return None
    account = next((one for one in _accounts(session, named) if one.unit_id == link.unit_id), None)
    if account is None:
        return None
    credentials.replace(account, new, path="new_password", policy=policy)
    sessions.end_all(session, account.id)
    news.outdate_tokens(session, account)
    audit.record(session, "password_recovered", person_id=link.account_id, subject=account.unit_id or account.id)
    return account.username


def _is(session: Session, link: UnitStaff, person: Account, named: Named) -> bool:
    return link.link_id == named.staff_id and person.id_number_index == queries.document_index(
        session, CITIZEN, named.id_number
    )


def _staff(session: Session, named: Named) -> list[tuple[UnitStaff, Account]]:
    """Enabled staff of the units with this name and code, who still have an account."""
    units = {account.unit_id for account in _accounts(session, named)}
    query = select(UnitStaff, Account).join(Account, Account.id == UnitStaff.account_id)
    enabled = query.where(UnitStaff.unit_id.in_(units), UnitStaff.state == "enabled", Account.state == State.ACTIVE)
    return [(link, person) for link, person in session.execute(enabled.order_by(UnitStaff.link_id))]


def _accounts(session: Session, named: Named) -> list[Account]:
    """The units' own accounts, the oldest first; names are sealed, so each is opened and looked at."""
    of_code = (Account.credit_code == named.credit_code.upper()) & (Account.kind == Kind.UNIT)
    query = select(Account).where(of_code, Account.state == State.ACTIVE, Account.unit_id.is_not(None))
    found = session.scalars(query.order_by(Account.created_at)).all()
    return [account for account in found if account.display_name == named.unit_name]

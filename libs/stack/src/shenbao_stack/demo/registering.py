"""The demo's employers register, and make their sub-accounts."""

from dataclasses import dataclass, field

from shenbao_stack.client import User, Visitor
from shenbao_stack.demo.cast import Employer, Ticks
from shenbao_stack.demo.offices import Offices
from shenbao_stack.demo.papers import Printer
from shenbao_stack.world import World, done, settled


@dataclass(frozen=True)
class Registered:
    """A unit's own account, and its sub-accounts by user name."""

    user: User
    sub_accounts: dict[str, User] = field(default_factory=dict)

    def filler(self, username: str) -> User:
        """ "" is the unit itself."""
        return self.sub_accounts.get(username, self.user)


def register(world: World, employer: Employer, offices: Offices, printer: Printer) -> Registered:
    """Through the registry where it knows the unit, else with name and scan."""
    visitor = world.visitor()
    wanted = {"username": employer.username, "password": world.password} | visitor.image_code()
    reserved = done(visitor.call("POST", "identity", "/v1/account-reservations", wanted))
    form = {
        "code": employer.code,
        "legal_representative": employer.legal_representative,
        "department_id": offices[employer.department].id,
        "contact_name": "钱经办",
        "contact_phone": "0571-88888888",
        "address": "浙江省杭州市演示路1号",
        "ticket": reserved["ticket"],
    }
    if not employer.in_register:
        scan = printer.certificate(employer.name, employer.code, employer.legal_representative)
        receipt = _upload(visitor, scan, reserved["access_token"])
        form |= {"unit_name": employer.name, "certificate_receipt": receipt}
    done(visitor.call("POST", "units", "/v1/registrations", form))
    settled(visitor, "identity")
    unit = Registered(world.sign_in(employer.username))
    unit.user.follow(visitor)
    for ticks in employer.sub_accounts:
        _add(world, unit, ticks)
    return unit


def _upload(visitor: Visitor, scan: bytes, token: str) -> str:
    sent = {"file": ("机构代码证.pdf", scan, "application/pdf")}
    bearer = {"Authorization": f"Bearer {token}"}
    purpose = {"purpose": "code_certificate"}
    answer = visitor.call("POST", "documents", "/v1/files", files=sent, data=purpose, headers=bearer)
    return str(done(answer)["receipt"])


def _add(world: World, unit: Registered, ticks: Ticks) -> None:
    reserved = done(unit.user.call("POST", "identity", "/v1/sub-account-reservations", {"username": ticks.username}))
    wanted = {
        "ticket": reserved["ticket"],
        "display_name": ticks.display_name,
        "permissions": list(ticks.permissions),
    }
    made = unit.user.call("POST", "units", "/v1/sub-accounts", wanted)
    done(made)
    settled(unit.user, "identity")
    initial = reserved["initial_password"]
    unit.sub_accounts[ticks.username] = world.sign_in(ticks.username, initial, new_password=world.password)
    if not ticks.enabled:
        state = f"/v1/sub-accounts/{reserved['account_id']}/state"
        etag = {"If-Match": made.headers["ETag"]}
        done(unit.user.call("PUT", "units", state, {"state": "disabled"}, headers=etag))

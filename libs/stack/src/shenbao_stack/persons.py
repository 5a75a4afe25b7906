"""Natural persons of a journey: registered with their own mobile, and taken by a unit as its own."""

from datetime import date, timedelta
from urllib.parse import parse_qsl, urljoin, urlsplit

from shenbao_stack.client import User
from shenbao_stack.demo.invented import citizen_number
from shenbao_stack.demo.provincial import Person
from shenbao_stack.openid import Asking, parameter
from shenbao_stack.world import Unit, World, done

_FIRST_BIRTH = date(1960, 1, 1)
_DAYS = 14_000


def new_person(world: World, name: str = "张三", *, id_number: str = "") -> User:
    """Registers with a mobile that an SMS code proves, which is the username. The number is new unless it is given."""
    serial, visitor = world.serial(), world.visitor()
    mobile = f"138{serial:08d}"
    sent = done(visitor.call("POST", "identity", "/v1/sms-codes", {"mobile": mobile, **visitor.image_code()}))
    code = done(visitor.call("GET", "identity", f"/v1/test/sms-codes/{sent['id']}"))["code"]
    agreements = done(visitor.call("GET", "identity", "/v1/agreements"))["items"]
    born = _FIRST_BIRTH + timedelta(days=serial % _DAYS)
    body = {
        "name": name,
        "id_type": "201",
        "id_number": id_number or citizen_number(born, 2 * (serial % 499) + 1),
        "mobile": mobile,
        "sms_code_id": sent["id"],
        "sms_code": code,
        "password": world.password,
        "password_again": world.password,
        "consents": {one["agreement"]: one["version"] for one in agreements},
    }
    done(visitor.call("POST", "identity", "/v1/person-registrations", body))
    return world.sign_in(mobile)


def by_province(world: World, person: Person) -> User:
    """Signs in through the simulated province, which vouches for name and number."""
    visitor = world.visitor()
    asking = Asking(visitor.target.portal)
    challenge = parameter(visitor.redirect(asking.url), "challenge")
    identity = visitor.target.url("identity")
    page = visitor.redirect(f"{identity}/v1/sign-ins/{challenge}/providers/provincial")
    asked = dict(parse_qsl(urlsplit(page).query)) | {"person": person.subject}
    address = visitor.http.post(page.partition("?")[0], data=asked).headers["Location"]
    while not address.startswith(visitor.target.portal.redirect_uri):
        address = urljoin(address, visitor.redirect(address))
    return User(visitor.target, "", "", asking.finish(visitor.http, address))


def bind(person: User, unit: Unit) -> None:
    """The person asks, the unit agrees; afterwards the person is served what follows from it."""
    person.follow(unit.user)
    slip = done(person.call("POST", "identity", "/v1/me/person-slips"))["slip"]
    asked = {"unit_id": unit.id, "note": "本单位在职", "person": slip}
    binding = person.call("POST", "units", "/v1/bindings", asked)
    path = f"/v1/bindings/{done(binding)['id']}/decision"
    unit.user.follow(person)
    headers = {"If-Match": binding.headers["ETag"]}
    done(unit.user.call("PUT", "units", path, {"state": "active"}, headers=headers))
    person.follow(unit.user)

"""The demo's people, offices, programme and cases, published through the public APIs on the first start."""

from shenbao_stack.demo.applying import tell
from shenbao_stack.demo.cast import (
    BODIES,
    BUREAU,
    COMPANY,
    EMPLOYERS,
    FILING,
    FOR_PERSONS,
    INDUSTRY,
    PROGRAMME,
    STORIES,
)
from shenbao_stack.demo.offices import Offices, open_offices, publish_projects
from shenbao_stack.demo.papers import Printer
from shenbao_stack.demo.people import world_of
from shenbao_stack.demo.publications import publish_for_everybody
from shenbao_stack.demo.recognised import recognise
from shenbao_stack.demo.registering import register
from shenbao_stack.screen import Hint
from shenbao_stack.services import root
from shenbao_stack.stack import Stack
from shenbao_stack.world import World, done, settled


def seed(stack: Stack) -> None:
    """Called once, when every service answers."""
    printer = Printer(stack.environment["DOCUMENTS_FONTS"])
    with world_of(stack) as world:
        offices = _houses(world)
        publish_for_everybody(offices, printer)
        units = {employer.username: register(world, employer, offices, printer) for employer in EMPLOYERS}
        for serial, story in enumerate(STORIES, 1):
            tell(story, serial, units[story.employer.username], offices, printer)


def hints(stack: Stack) -> list[Hint]:
    """Whom one can sign in as; the password was made for this installation."""
    password = stack.secrets["demo_password"]
    officers = {body.key: body.officer for body in BODIES}
    people = (
        ("申报单位 employer", "单位", COMPANY.username),
        ("个人子账号 sub-account", "单位", COMPANY.sub_accounts[0].username),
        ("归口部门 supervising department", "部门", officers[INDUSTRY]),
        ("市人社局 city HR bureau", "部门", officers[BUREAU]),
        ("管理员 administrator", "部门", "admin"),
    )
    return [Hint(who, tab, username, password) for who, tab, username in people]


def _houses(world: World) -> Offices:
    """The programme, the offices, and what they publish."""
    for programme in (PROGRAMME, FOR_PERSONS, FILING):
        done(world.publish_programme(root() / "programmes" / programme))
    settled(world.admin(), "documents", "review")
    offices = open_offices(world)
    publish_projects(offices)
    recognise(offices[BUREAU].user)
    return offices

"""The audit trail: added to and never altered, chained, searched, written by many at once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from shenbao_common.data import audit
from shenbao_common.data.audit_check import Verdict, check
from shenbao_common.data.sealed import Sealer
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import admin_actor, office_actor, person_actor
from shenbao_common.testing.service import UnderTest

KEY = b"k" * 32


@pytest.fixture
def officer() -> Actor:
    return office_actor()


def written(notes: UnderTest, officer: Actor, entries: int, *, person: UUID | None = None) -> list[UUID]:
    """So many entries, each in a transaction of its own; answers their ids in the order of their places."""
    for number in range(entries):
        with notes.service.sessions.begin() as session:
            audit.record(session, "read", actor=officer, person_id=person, subject=number, purpose="review", n=number)
    with notes.sessions() as session:
        place = (audit.entry.c.lane, audit.entry.c.position)
        return list(session.scalars(sa.select(audit.entry.c.id).order_by(*place)))


def verdict(notes: UnderTest, **options: Any) -> Verdict:
    with notes.service.engine.connect() as connection:
        return check(connection, Sealer(KEY), **options)


def by_force(notes: UnderTest, statement: str, **values: Any) -> None:
    """What somebody does who owns the database."""
    with notes.service.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        connection.execute(sa.text(statement), values)
        connection.execute(sa.text("ALTER TABLE audit_entry ENABLE TRIGGER USER"))


@pytest.mark.req("B-17")
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_entry SET actor_id = gen_random_uuid() WHERE id = :id",
        "UPDATE audit_entry SET at = at - interval '1 day' WHERE id = :id",
        "UPDATE audit_entry SET details = '{\"n\": 7}' WHERE id = :id",
        "UPDATE audit_entry SET purpose = 'none' WHERE id = :id",
    ],
)
def test_of_100_entries_an_altered_one_is_named(notes: UnderTest, officer: Actor, change: str) -> None:
    ids = written(notes, officer, 100)
    assert verdict(notes) == Verdict(100, (), verdict(notes).ends)
    by_force(notes, change, id=ids[56])
    (broken,) = verdict(notes).broken
    assert (broken.position, broken.entry_id, broken.why) == (57, ids[56], "altered")


@pytest.mark.req("B-17")
def test_of_100_entries_a_removed_one_is_named_and_so_are_those_cut_off_at_the_end(
    notes: UnderTest, officer: Actor
) -> None:
    ids = written(notes, officer, 100)
    earlier = verdict(notes).ends
    by_force(notes, "DELETE FROM audit_entry WHERE id = :id", id=ids[56])
    (broken,) = verdict(notes).broken
    assert (broken.position, broken.why) == (57, "missing")

    notes.clear()
    ids = written(notes, officer, 100)
    earlier = verdict(notes).ends
    by_force(notes, "DELETE FROM audit_entry WHERE position > 90")
    assert [(b.position, b.why) for b in verdict(notes).broken] == [(91, "cut")]
    # Whoever sets the head back too is found by the end that was kept apart.
    by_force(
        notes,
        "UPDATE audit_head SET position = 90, hash = (SELECT hash FROM audit_entry WHERE id = :id) WHERE lane = 0",
        id=ids[89],
    )
    assert verdict(notes).broken == ()
    assert [(b.position, b.why) for b in verdict(notes, earlier=earlier).broken] == [(91, "cut")]


def test_the_database_refuses_to_alter_an_entry(notes: UnderTest, officer: Actor) -> None:
    written(notes, officer, 1)
    for change in ("UPDATE audit_entry SET act = 'x'", "DELETE FROM audit_entry"):
        with pytest.raises(sa.exc.IntegrityError), notes.service.engine.begin() as connection:
            connection.execute(sa.text(change))


def test_many_writers_at_once_leave_whole_chains_and_do_not_wait_in_one_line(notes: UnderTest, officer: Actor) -> None:
    barrier, inside = threading.Barrier(8), threading.Barrier(8)

    def write(_: int) -> None:
        barrier.wait()
        for number in range(25):
            with notes.service.sessions() as session:
                audit.record(session, "read", actor=officer, subject=number)
                session.commit()
        with notes.service.sessions() as session:
            audit.record(session, "read", actor=officer)
            audit._write(session)
            inside.wait(20)  # All eight hold a lane at this moment; in one line they would never meet.
            session.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    found = verdict(notes)
    assert (found.entries, found.broken) == (8 * 26, ())
    assert len([end for end, _ in found.ends.values() if end]) >= 8


def test_what_is_rolled_back_has_not_happened(notes: UnderTest, officer: Actor) -> None:
    with notes.sessions() as session:
        audit.record(session, "whole", actor=officer)
        session.rollback()
        session.execute(sa.text("SELECT 1"))
        session.commit()
    with notes.service.sessions.begin() as session:
        audit.record(session, "before", actor=officer)
        inside = session.begin_nested()
        audit.record(session, "inside", actor=officer)
        inside.rollback()
        with session.begin_nested():
            audit.record(session, "kept", actor=officer)
    with notes.sessions() as session:
        acts = session.scalars(sa.select(audit.entry.c.act).order_by(audit.entry.c.position)).all()
    assert acts == ["before", "kept"]


def test_every_change_of_a_request_is_in_the_trail_and_a_refused_one_is_not(notes: UnderTest) -> None:
    person = person_actor()
    made = notes.client(person).post("/v1/notes", json={"text": "a"}).json["id"]
    tag = {"If-Match": '"1"'}
    notes.client(person).put(f"/v1/notes/{made}", json={"text": "b"}, headers=tag)
    assert notes.client(person).post("/v1/notes", json={"text": "refuse"}).status_code == 422
    auditor = Actor(account_id=uuid7(), kind=Kind.ADMIN, permissions=frozenset({"audit.read"}))
    found = notes.client(auditor).get("/v1/audit", query_string={"actor": str(person.account_id)}).json["items"]
    assert [(e["act"], e["subject"], e["actor_kind"]) for e in found] == [
        ("notes.change", made, "person"),
        ("notes.create", "", "person"),
    ]


@pytest.mark.req("B-17")
def test_the_trail_is_searched_by_person_actor_and_time(
    notes: UnderTest, officer: Actor, audited: Callable[..., Any]
) -> None:
    person, other = uuid7(), uuid7()
    written(notes, officer, 3, person=person)
    written(notes, office_actor(), 2, person=other)
    mine = audited(person=str(person))
    assert [(e["subject"], e["actor_id"], e["purpose"]) for e in mine] == [
        (n, str(officer.account_id), "review") for n in ("2", "1", "0")
    ]
    assert len(audited(actor=str(officer.account_id))) == 3
    until = mine[0]["at"]
    assert [e["subject"] for e in audited(person=str(person), until=until)] == ["1", "0"]
    assert [e["subject"] for e in audited(person=str(person), since=until)] == ["2"]
    own = notes.client(replace(person_actor(), account_id=person)).get("/v1/audit/mine")
    assert [(e["actor_id"], e["actor_kind"], e["purpose"]) for e in own.json["items"]] == [
        (None, "office", "review")
    ] * 3
    assert str(officer.account_id) not in own.text


def test_the_trail_is_the_auditors_to_read(notes: UnderTest, officer: Actor) -> None:
    for stranger in (officer, replace(admin_actor(), permissions=frozenset({"account.manage"})), person_actor()):
        assert notes.client(stranger).get("/v1/audit").status_code == 403
        assert notes.client(stranger).get("/v1/audit/mine").json["items"] == []
    assert notes.client().get("/v1/audit").status_code == 401


@pytest.fixture
def audited(notes: UnderTest) -> Callable[..., Any]:
    """What an auditor finds."""
    auditor = Actor(account_id=uuid7(), kind=Kind.ADMIN, permissions=frozenset({"audit.read"}))
    found = notes.client(auditor)
    newest_first = {"key": lambda entry: entry["at"], "reverse": True}  # Ids of one millisecond have no order.
    return lambda **query: sorted(found.get("/v1/audit", query_string=query).json["items"], **newest_first)

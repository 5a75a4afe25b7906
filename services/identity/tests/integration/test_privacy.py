"""A key for each person, apart from the data: found by blind index, shown masked, erased for good (B-26)."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from shenbao_common.contracts.identity import PersonErasedV1
from shenbao_common.data import of_person
from shenbao_common.data.person_keys import PersonKeys
from shenbao_common.data.sealed import Sealer
from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.actors import office_actor, person_actor
from shenbao_common.testing.service import UnderTest
from shenbao_identity.models import Account

NUMBER = "330000199001010014"
KEY = b"k" * 32


@pytest.fixture
def keys(identity: UnderTest, tmp_path: Path) -> Any:
    """The service as it runs with IDENTITY_PERSON_KEYS."""
    found = PersonKeys(tmp_path, Sealer(KEY))
    of_person.install(identity.service.engine, found)
    yield found
    of_person.install(identity.service.engine, None)


def search(identity: UnderTest, admin: Actor, named: str = NUMBER) -> Any:
    return identity.client(admin).post("/v1/person-searches", json={"named": named, "reason": "complaint"})


def whole_database(identity: UnderTest) -> str:
    """Every table as text, as it lies in the file."""
    with identity.service.engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        rows = [connection.execute(sa.text(f'SELECT "{t}"::text FROM "{t}"')).scalars() for t in tables]  # noqa: S608
        return "\n".join(text for table in rows for text in table)


def encodings(text: str) -> list[str]:
    return [
        text,
        text.encode().hex(),
        text.encode("utf-16-le").hex(),
        base64.b64encode(text.encode()).decode(),
        text[::-1],
    ]


@pytest.mark.req("B-26")
def test_a_number_is_nowhere_in_the_database_and_a_permitted_officer_finds_it_masked(
    identity: UnderTest, person: Callable[..., str], admin: Actor, keys: PersonKeys
) -> None:
    account_id = person()
    assert not any(form in whole_database(identity) for text in (NUMBER, "13800000000") for form in encodings(text))
    with identity.sessions() as session:
        (sealed,) = session.execute(sa.text("SELECT personal FROM account WHERE kind = 'person'")).one()
    assert bytes(sealed).startswith(f"p1.aes256gcm.{account_id}.".encode())
    for named in (NUMBER, "13800000000"):
        found = search(identity, admin, named).json
        assert found == {
            "account_id": account_id,
            "name": "张三",
            "id_type": "201",
            "id_number": "3*****4",
            "mobile": "138****0000",
        }
    assert search(identity, admin, "330000198506150026").status_code == 404

    whole = {"field": "id_number", "reason": "court"}
    assert identity.client(admin).post(f"/v1/persons/{account_id}/revelations", json=whole).json == {"value": NUMBER}
    trail = identity.client(admin).get("/v1/audit", query_string={"person": account_id}).json["items"]
    told = [(entry["act"], entry["purpose"], entry["actor_id"]) for entry in trail]
    assert told == [
        ("revealed", "court", str(admin.account_id)),
        *[("searched", "complaint", str(admin.account_id))] * 2,
    ]
    assert NUMBER not in str(trail)


@pytest.mark.req("B-26")
def test_an_erased_person_reads_as_erased_also_from_an_old_copy_that_is_restored(
    browser: Any, identity: UnderTest, person: Callable[..., str], admin: Actor, keys: PersonKeys
) -> None:
    account_id = person()
    token = browser.sign_in("13800000000", "abc1234!x")["access_token"]
    with identity.service.engine.begin() as connection:
        connection.execute(sa.text("CREATE TEMP TABLE old_copy AS SELECT * FROM account"))
        copied = connection.execute(sa.text("SELECT personal FROM old_copy WHERE kind = 'person'")).scalar()
    reason = {"reason": "request"}
    assert identity.client(admin).post(f"/v1/persons/{account_id}/erasure", json=reason).status_code == 204
    assert identity.client(admin).post(f"/v1/persons/{account_id}/erasure", json=reason).status_code == 204
    (told,) = identity.told(PersonErasedV1)
    assert str(told.account_id) == account_id
    assert browser.call("GET", "/v1/me/profile", token).json["code"] == "account_disabled"
    assert search(identity, admin).status_code == 404
    again = browser.enter(browser.challenge(), "13800000000", "abc1234!x")
    assert again.json["code"] == "sign_in_refused"

    with identity.service.sessions.begin() as session:
        restored = sa.text("UPDATE account SET personal = :old, state = 'active' WHERE id = :id")
        session.execute(restored, {"old": copied, "id": UUID(account_id)})
    with identity.sessions() as session:
        assert session.get_one(Account, UUID(account_id)).personal == {"erased": True}
    whole = {"field": "id_number", "reason": "court"}
    assert identity.client(admin).post(f"/v1/persons/{account_id}/revelations", json=whole).status_code == 404


def test_keys_are_made_once_kept_apart_and_sealed(keys: PersonKeys, tmp_path: Path) -> None:
    one, other = uuid4(), uuid4()
    assert keys.of(one) is None
    made = keys.made(one)
    assert made == keys.made(one) == keys.of(one) != keys.made(other)
    assert not any(made in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and made)
    rotated = PersonKeys(tmp_path, Sealer(b"n" * 32, others=[KEY], index_key=KEY))
    assert rotated.seal_anew() == 2
    assert rotated.of(one) == made
    rotated.destroy(one)
    assert (rotated.of(one), rotated.made(one), rotated.of(other) is None) == (None, None, False)
    assert rotated.seal_anew() == 0


def test_only_who_manages_accounts_finds_reveals_or_erases(identity: UnderTest, person: Callable[..., str]) -> None:
    account_id = person()
    asked = (
        ("/v1/person-searches", {"named": NUMBER, "reason": "court"}),
        (f"/v1/persons/{account_id}/revelations", {"field": "mobile", "reason": "court"}),
        (f"/v1/persons/{account_id}/erasure", {"reason": "request"}),
    )
    for path, body in asked:
        assert identity.client().post(path, json=body).status_code == 401
        for stranger in (office_actor(), person_actor()):
            assert identity.client(stranger).post(path, json=body).status_code in {401, 403}

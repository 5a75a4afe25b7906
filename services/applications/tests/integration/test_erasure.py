"""What a person declared lies under a key of the person, and is gone with it (B-26)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from shenbao_common.contracts.identity import AccountDeletedV1, PersonErasedV1
from shenbao_common.data import of_person
from shenbao_common.data.person_keys import PersonKeys
from shenbao_common.data.sealed import Sealer
from shenbao_common.testing.service import UnderTest

NUMBERS = ("13800000000", "湖南省长沙市岳麓区")


@pytest.fixture
def keys(house: Any, tmp_path: Path) -> Iterator[PersonKeys]:
    """The service as it runs with APPLICATIONS_PERSON_KEYS."""
    engine = house.service.service.engine
    found = PersonKeys(tmp_path, Sealer(b"k" * 32))
    of_person.install(engine, found)
    yield found
    of_person.install(engine, None)


def sealed(service: UnderTest) -> dict[str, list[bytes]]:
    """Every sealed value of what persons fill in, as it lies in the database."""
    with service.service.engine.connect() as connection:
        rows = {
            name: connection.execute(sa.text(f"SELECT {name.split('.')[1]} FROM {name.split('.')[0]}")).scalars().all()  # noqa: S608
            for name in ("application.sections", "application.headline", "snapshot.sections")
        }
    return {name: [bytes(value) for value in values if value] for name, values in rows.items()}


@pytest.mark.req("B-26")
def test_what_a_person_declared_reads_as_erased_also_from_an_old_copy(settling: Any, keys: PersonKeys) -> None:
    application = settling.submitted()["id"]
    person, service = settling.a.account_id, settling.house.service
    own = f"p1.aes256gcm.{person}.".encode()
    before = sealed(service)
    assert all(value.startswith(own) for values in before.values() for value in values)
    assert all(before.values())
    assert settling.house.get(settling.a, application).json["sections"]["personal"]["mobile"] == "13800000000"

    envelope = service.hear(PersonErasedV1(account_id=person))
    with service.service.sessions.begin() as session:
        assert not service.service.subscriptions.deliver(session, envelope)

    shown = settling.house.get(settling.a, application).json
    assert shown["sections"] == {} or not any(shown["sections"].values())
    assert shown["status"] == "in_review"
    assert keys.of(person) is None
    with service.service.sessions.begin() as session:
        restored = sa.text("UPDATE application SET sections = :sections, headline = :headline")
        old = {"sections": before["application.sections"][0], "headline": before["application.headline"][0]}
        session.execute(restored, old)
    again = settling.house.get(settling.a, application)
    assert again.status_code == 200
    assert not any(number in again.text for number in NUMBERS)


@pytest.mark.req("S4h-10")
def test_a_deleted_accounts_key_goes_with_its_drafts_and_one_with_a_report_stays(
    settling: Any, keys: PersonKeys
) -> None:
    settling.begin()
    person, service = settling.a.account_id, settling.house.service
    assert keys.of(person) is not None
    service.hear(AccountDeletedV1(account_id=person))
    assert keys.of(person) is None


def test_a_deletion_that_crossed_a_report_leaves_the_key(settling: Any, keys: PersonKeys) -> None:
    settling.submitted()
    settling.house.service.hear(AccountDeletedV1(account_id=settling.a.account_id))
    assert keys.of(settling.a.account_id) is not None


def test_a_service_without_the_folder_seals_with_its_own_key(settling: Any) -> None:
    settling.submitted()
    before = sealed(settling.house.service)
    assert all(value.startswith(b"v1.aes256gcm.") for values in before.values() for value in values)

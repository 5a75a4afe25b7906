"""A token is refused once its account changed or its sign-in was ended."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from shenbao_common.contracts.identity import AccountChangedV1, SessionEndedV1
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.actors import unit_actor
from shenbao_common.testing.service import UnderTest
from shenbao_common.web.accounts import ended_session


@pytest.fixture
def anna() -> Actor:
    return unit_actor()


def test_a_token_older_than_the_accounts_change_is_refused(notes: UnderTest, anna: Actor) -> None:
    changed = AccountChangedV1(account_id=anna.account_id, revision=2, kind="unit", state="active")
    notes.hear(changed)
    assert notes.client(anna).get("/v1/notes").json["code"] == "token_outdated"
    assert notes.client(replace(anna, revision=2)).get("/v1/notes").status_code == 200
    notes.hear(replace(changed, revision=3, state="disabled"))
    assert notes.client(replace(anna, revision=3)).get("/v1/notes").json["code"] == "account_disabled"
    notes.hear(replace(changed, revision=1))
    assert notes.client(replace(anna, revision=3)).get("/v1/notes").json["code"] == "account_disabled"


def test_a_token_of_a_sign_in_that_was_ended_is_refused_and_one_of_another_is_not(
    notes: UnderTest, anna: Actor
) -> None:
    here, elsewhere = (replace(anna, session_id=uuid4()) for _ in range(2))
    over = SessionEndedV1(account_id=anna.account_id, session_id=here.session_id or uuid4())
    for _ in range(2):
        notes.hear(over)
        assert notes.client(here).get("/v1/notes").json["code"] == "session_over"
        assert notes.client(elsewhere).get("/v1/notes").status_code == 200

    with notes.service.sessions.begin() as session:
        session.execute(sa.update(ended_session).values(ended_at=clock.now() - timedelta(hours=2)))
    notes.hear(replace(over, session_id=uuid4()))
    with notes.sessions() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(ended_session)) == 1

"""Batches take turns, and what is due does not wait for them."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from shenbao_common.testing.service import UnderTest
from shenbao_review import worker
from shenbao_review.actions import timers
from shenbao_review.models import Batch, BatchItem, Timer


def begun(town: Any, number: int) -> str:
    """A batch about so many cases."""
    ids = [str(town.report(tier="primary").application_id) for _ in range(number)]
    batch_id: str = town.office(town.d1).post("/v1/batches", json={"ids": ids, "action": "pass"}).json["batch_id"]
    return batch_id


def test_a_batch_whose_pieces_fail_holds_up_no_other(town: Any, review: UnderTest) -> None:
    broken, whole = begun(town, 1), begun(town, 2)
    with review.service.engine.begin() as connection:
        # What no officer can ask for: the piece fails whenever it is tried.
        connection.execute(sa.update(Batch).where(Batch.batch_id == broken).values(action="nonsense"))
    for _ in range(3):
        worker.piece(review.service.sessions)
    chief = town.office(town.d1)
    assert chief.get(f"/v1/batches/{whole}").json["state"] == "finished"
    assert chief.get(f"/v1/batches/{whole}").json["decided"] == 2
    with review.sessions() as session:
        state = sa.select(Batch.state, BatchItem.result).join(BatchItem, BatchItem.batch_id == Batch.batch_id)
        assert session.execute(state.where(Batch.batch_id == broken)).all() == [("running", "pending")]


def test_what_is_due_does_not_wait_for_the_end_of_a_batch(town: Any, review: UnderTest) -> None:
    begun(town, 150)
    report = town.report()
    step = town.case(town.office(town.d1), report)["current"]["step_id"]
    with review.sessions() as session:
        timers.wind(session, "step_reminder", step, datetime(2020, 1, 1, tzinfo=UTC))
        session.commit()
    assert worker.piece(review.service.sessions)
    with review.sessions() as session:
        assert session.scalars(sa.select(Timer.fired_at)).one() is not None
        assert session.scalars(sa.select(Batch.state)).one() == "running"

"""A committee's ballot of 25 members about 400 candidates, counted (B-04)."""

import time
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog

from bench.queue import reviewing
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor, person_actor
from shenbao_common.testing.service import UnderTest
from shenbao_review.models import Committee, Expert, QueueEntry, Step

MEMBERS, CANDIDATES = 25, 400
BODY = UUID(int=400)


def measure() -> list[tuple[str, str, str, bool]]:
    """From the request that closes the ballot to its answer with every count and result; then the whole vote."""
    with reviewing({450: BODY}) as review, structlog.testing.capture_logs():
        chief = review.client(office_actor(BODY))
        voters, sitting = _prepared(review, chief)
        began = time.perf_counter()
        for voter in voters:
            _vote(voter, sitting)
        voted = (time.perf_counter() - began) / MEMBERS
        began = time.perf_counter()
        closed: Any = chief.post(f"/v1/sittings/{sitting}/close")
        seconds = time.perf_counter() - began
    results = [candidate["result"] for candidate in closed.json["candidates"]]
    if results.count("passed") != CANDIDATES // 2:
        raise AssertionError(results)
    return [
        (
            "review: a ballot of 25 members and 400 candidates tallied",
            f"{seconds * 1000:.0f} ms",
            "<= 1 s",
            seconds <= 1,
        ),
        ("review: one ballot about 400 candidates cast", f"{voted * 1000:.0f} ms", "<= 1 s", voted <= 1),
    ]


def _prepared(review: UnderTest, chief: Any) -> tuple[list[Any], str]:
    """The members' clients, and an open ballot about the first 400 cases of the queue."""
    actors = [person_actor() for _ in range(MEMBERS)]
    committee_id, experts = uuid7(), [uuid7() for _ in actors]
    with review.sessions() as session:
        session.add(Committee(committee_id=committee_id, body_id=BODY, name="c", programmes=[], groups=[]))
        session.add_all(
            Expert(
                expert_id=expert_id,
                body_id=BODY,
                account_id=actor.account_id,
                name="e",
                specialties=[],
                term_from=date(2020, 1, 1),
                term_to=date(2100, 1, 1),
            )
            for expert_id, actor in zip(experts, actors, strict=True)
        )
        own = sa.select(QueueEntry.application_id).where(QueueEntry.body_id == BODY, QueueEntry.tab == "open")
        ids = list(session.scalars(own.order_by(QueueEntry.application_id).limit(CANDIDATES)))
        waiting = sa.update(Step).where(Step.application_id.in_(ids), Step.state == "open")
        session.execute(waiting.values(committee={}, committee_id=committee_id, body_id=BODY))
        session.commit()
    body = {"title": "t", "held_on": datetime.now(UTC).date().isoformat(), "ids": [str(one) for one in ids]}
    sitting: str = chief.post(f"/v1/committees/{committee_id}/sittings", json=body).json["sitting_id"]
    there = [str(expert_id) for expert_id in experts]
    chief.post(f"/v1/sittings/{sitting}/members", json={"expert_ids": there})
    chief.put(f"/v1/sittings/{sitting}/attendance", json={"expert_ids": there, "chair_id": there[0]})
    chief.post(f"/v1/sittings/{sitting}/ballot")
    return [review.client(actor) for actor in actors], sitting


def _vote(voter: Any, sitting: str) -> None:
    ballot: Any = voter.get(f"/v1/ballots/{sitting}").json
    choices = {c["application_id"]: "yes" if c["number"] % 2 else "no" for c in ballot["candidates"]}
    answer = voter.put(f"/v1/ballots/{sitting}", json={"round": 1, "choices": choices})
    if answer.json != {"voted": True}:
        raise AssertionError(answer.json)

"""What is said of a person's case lies under the person's key, and reads as erased without it (B-26)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from shenbao_common.contracts.identity import PersonErasedV1
from shenbao_common.data import of_person
from shenbao_common.data.person_keys import PersonKeys
from shenbao_common.data.sealed import Sealer
from shenbao_common.testing.actors import person_actor
from shenbao_common.testing.service import UnderTest

STEP = {"key": "check", "decider": "supervising_department", "actions": ["pass", "fail", "return"]}
TERMS = {
    "working_days": 10,
    "steps": [{"key": "result", "zh": "复核结论", "en": "Result", "decider": "city_hr_bureau"}],
}


@pytest.fixture
def keys(review: UnderTest, tmp_path: Path) -> Iterator[PersonKeys]:
    """The service as it runs with REVIEW_PERSON_KEYS."""
    found = PersonKeys(tmp_path, Sealer(b"k" * 32))
    of_person.install(review.service.engine, found)
    yield found
    of_person.install(review.service.engine, None)


@pytest.mark.req("B-26")
def test_opinions_and_reasons_read_as_erased_also_from_an_old_copy(
    review: UnderTest, town: Any, keys: PersonKeys
) -> None:
    town.publish_route(STEP, reconsideration=TERMS)
    person, officer = person_actor(), town.office(town.d1)
    report = town.report(version=2, filler_id=person.account_id)
    assert town.decide(officer, report, "fail", "张三业绩不足").status_code == 200
    path = f"/v1/cases/{report.application_id}"
    asked = review.client(person).post(f"{path}/reconsideration", json={"reason": "张三的业绩证明已补充"})
    assert asked.status_code in {200, 201}, asked.json
    assert "张三业绩不足" in str(officer.get(f"{path}/log").json)
    with review.service.engine.connect() as connection:
        lines = connection.execute(sa.text("SELECT opinion FROM log_entry WHERE opinion IS NOT NULL")).scalars().all()
        (reason,) = connection.execute(sa.text("SELECT reason FROM reconsideration")).scalars().all()
    own = f"p1.aes256gcm.{person.account_id}.".encode()
    assert all(bytes(value).startswith(own) for value in (*lines, reason))
    assert lines

    for _ in range(2):
        review.hear(PersonErasedV1(account_id=person.account_id))
    assert keys.of(person.account_id) is None
    with review.service.engine.begin() as connection:
        connection.execute(sa.text("UPDATE reconsideration SET reason = :old"), {"old": reason})
    for address in (path, f"{path}/log"):
        told = officer.get(address)
        assert told.status_code == 200
        assert "张三" not in str(told.json)
    assert "已删除" in str(officer.get(f"{path}/log").json)

    bureau = town.office(town.bureau)
    pending = bureau.get("/v1/reconsiderations").json["items"][0]
    body = {"step_id": pending["steps"][0]["step_id"], "action": "fail", "opinion": "张三理由不成立"}
    decided = bureau.post(f"/v1/reconsiderations/{pending['reconsideration_id']}/decisions", json=body)
    assert decided.status_code == 200, decided.json
    assert "张三" not in str(officer.get(f"{path}/log").json)

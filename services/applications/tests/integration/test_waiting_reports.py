"""A report that comes while its unit is being moved to another department."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from shenbao_applications.models import Organisation, Unit
from shenbao_common.contracts.applications import ApplicationSubmittedV1
from shenbao_common.kernel.ids import uuid7


@pytest.mark.parametrize("known", [True, False])
def test_a_report_that_waits_for_a_change_of_department_goes_to_the_new_one(house, known: bool) -> None:
    """known: or the department is as new as the change itself, and all above it is asked for anew."""
    unit, new = house.unit(), house.d2.organisation_id if known else uuid7()
    made = house.ready(unit, house.project(house.bureau, variant="determination_intermediate"))
    engine = house.service.service.engine
    waiting = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    with ThreadPoolExecutor(1) as pool, engine.connect() as change, engine.connect() as look:
        if not known:
            above = {"parent_id": house.bureau.organisation_id, "name": "D3", "level": "first_level_department"}
            change.execute(sa.insert(Organisation).values(id=new, **above))
        change.execute(sa.update(Unit).where(Unit.id == unit.unit_id).values(department_id=new))
        report = pool.submit(house.report, unit, made["id"])
        while not look.scalar(waiting):
            assert not report.done(), report.result().json
            look.rollback()
        change.commit()
    assert report.result().json["status"] == "in_review"
    assert house.service.told(ApplicationSubmittedV1)[-1].department_id == new

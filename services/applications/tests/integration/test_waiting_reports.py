"""A report that comes while its unit is being moved to another department."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import sqlalchemy as sa

from shenbao_applications.models import Organisation, Unit
from shenbao_applications.queries.organisations import departments_of_unit
from shenbao_common.contracts.applications import ApplicationSubmittedV1
from shenbao_common.kernel.ids import uuid7


def test_who_waits_for_a_change_to_a_department_that_is_new_itself_sees_all_above_it(house) -> None:
    unit, new = house.unit(), uuid7()
    waiting = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FOR SHARE%'"
    )
    service = house.service.service

    def departments() -> list[UUID]:
        with service.sessions() as session:
            return departments_of_unit(session, unit.unit_id, held=True)

    with ThreadPoolExecutor(1) as pool, service.engine.connect() as change, service.engine.connect() as look:
        above = {"parent_id": house.bureau.organisation_id, "name": "D3", "level": "first_level_department"}
        change.execute(sa.insert(Organisation).values(id=new, **above))
        change.execute(sa.update(Unit).where(Unit.id == unit.unit_id).values(department_id=new))
        found = pool.submit(departments)
        while not look.scalar(waiting):
            assert not found.done(), found.result()
            look.rollback()
        change.commit()
    assert found.result() == [new, house.bureau.organisation_id]


def test_a_report_that_waits_for_a_change_of_department_goes_to_the_new_one(house) -> None:
    unit = house.unit()
    made = house.create(unit, house.project(house.bureau, variant="determination_intermediate"), house.sections(unit))
    engine, new = house.service.service.engine, house.d2.organisation_id
    waiting = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FOR SHARE%'"
    )
    with ThreadPoolExecutor(1) as pool, engine.connect() as change, engine.connect() as look:
        change.execute(sa.update(Unit).where(Unit.id == unit.unit_id).values(department_id=new))
        report = pool.submit(house.report, unit, made["id"])
        while not look.scalar(waiting):
            assert not report.done(), report.result().json
            look.rollback()
        change.commit()
    assert report.result().json["status"] == "in_review"
    assert house.service.told(ApplicationSubmittedV1)[-1].department_id == new

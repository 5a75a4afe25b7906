"""Reference numbers: by year, one after another, and nobody waits for somebody else's."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from shenbao_applications.actions import references


def test_who_was_refused_took_no_number(house) -> None:
    unit = house.unit()
    project = house.project()
    refused = house.service.client(unit).post(
        "/v1/applications", json={"project_id": project, "sections": {"basic": {"sex": "unknown"}}}
    )
    assert refused.status_code == 422
    numbers = [house.create(unit, project)["reference"] for _ in range(3)]
    assert [number[5:] for number in numbers] == ["000001", "000002", "000003"]


def test_a_number_that_is_not_committed_yet_keeps_nobody_waiting(house) -> None:
    unit = house.unit()
    project = house.project()
    year = int(house.create(unit, project)["reference"][:4])
    with house.service.sessions() as another:
        assert references.following(another, year) == f"{year}-000002"
        assert house.create(unit, project)["reference"] == f"{year}-000003"


def test_the_version_before_goes_on_numbering_beside_this_one(house) -> None:
    with house.service.sessions() as session:
        assert [_before(session), references.following(session, 2031)] == [1, "2031-000002"]
        assert references.following(session, 2032) == "2032-000001"
        later = [_before(session), int(references.following(session, 2031)[5:]), _before(session)]
        assert later == sorted({2, *later})[1:]


def _before(session: Session) -> int:
    """As it takes one."""
    raised = "INSERT INTO reference_counter (year, last) VALUES (2031, 1) ON CONFLICT (year)"
    answered = text(f"{raised} DO UPDATE SET last = reference_counter.last + 1 RETURNING last")
    return int(session.scalars(answered).one())

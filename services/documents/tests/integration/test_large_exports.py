"""Tables of more than one sheet: written by the worker, with progress, by whoever asked and for nobody else."""

import io
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from python_calamine import CalamineWorkbook

from shenbao_common.contracts import catalogue
from shenbao_common.contracts.documents import ExportWrittenV1
from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.actors import office_actor, sub_account_actor, unit_actor
from shenbao_common.testing.contracts import objections
from shenbao_common.testing.service import UnderTest
from shenbao_documents.actions.exports import work_off
from shenbao_documents.actions.jobs import KEPT, LEASE
from shenbao_documents.actions.sweeping import sweep
from shenbao_documents.providers.storage import Storage

COLUMNS = [{"key": "reference", "label": "编号"}, {"key": "name", "label": "姓名"}]


@pytest.fixture
def storage(documents: UnderTest) -> Storage:
    found: Storage = documents.app.extensions["shenbao_documents"].storage
    return found


def slip(documents: UnderTest, actor: Actor, rows: list[list[str]], **changes: Any) -> dict[str, str]:
    claims = {"account_id": str(actor.account_id), "title": "花名册", "columns": COLUMNS, "rows": rows} | changes
    return {"sheet": documents.slip("applications", "shenbao-sheet+jwt", claims)}


def test_five_thousand_rows_are_written_in_order_with_progress(documents: UnderTest, storage: Storage) -> None:
    unit = unit_actor()
    client = documents.client(unit)
    rows = [[f"=1+{n}", f"测试𬱖𠮷{n}"] for n in range(5000)]
    export = client.post("/v1/export-jobs", json=slip(documents, unit, rows[:2000])).json
    path = f"/v1/export-jobs/{export['id']}"
    for start in (2000, 4000):
        added = client.post(f"{path}/sheets", json=slip(documents, unit, rows[start : start + 2000]))
    assert (added.status_code, added.json["rows"], added.json["state"]) == (200, 5000, "gathering")
    assert client.get(f"{path}/content").json["code"] == "export_not_ready"
    assert client.post(f"{path}/completion").json["state"] == "waiting"
    late = client.post(f"{path}/sheets", json=slip(documents, unit, rows[:1]))
    assert (late.status_code, late.json["code"]) == (409, "export_complete")

    assert work_off(documents.service.sessions, storage, clock.now)
    assert not work_off(documents.service.sessions, storage, clock.now)
    done = client.get(path).json
    assert (done["state"], done["written"], done["rows"]) == ("done", 5000, 5000)
    answer = client.get(f"{path}/content", buffered=True)
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    read = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert read[1] == ["编号", "姓名"]
    assert read[2:] == rows


def test_a_table_that_a_killed_worker_left_is_written_anew(documents: UnderTest, storage: Storage) -> None:
    unit = unit_actor()
    client = documents.client(unit)
    export = client.post("/v1/export-jobs", json=slip(documents, unit, [["1", "甲"]])).json["id"]
    client.post(f"/v1/export-jobs/{export}/completion")
    with documents.service.engine.begin() as connection:
        connection.exec_driver_sql("update export set state = 'writing', claimed_at = now()")
    assert not work_off(documents.service.sessions, storage, clock.now)
    assert work_off(documents.service.sessions, storage, lambda: clock.now() + timedelta(minutes=11))
    assert client.get(f"/v1/export-jobs/{export}").json["state"] == "done"


def test_a_table_that_is_written_is_told_once_to_whom_it_belongs_and_until_when_it_is_kept(
    documents: UnderTest, storage: Storage
) -> None:
    unit = unit_actor()
    client = documents.client(unit)
    path = three_sheets(documents, client, unit)
    assert documents.told(ExportWrittenV1) == []
    while work_off(documents.service.sessions, storage, clock.now):
        pass
    [told] = documents.told(ExportWrittenV1)
    made_at = datetime.fromisoformat(client.get(path).json["made_at"])
    assert (str(told.export_id), told.account_id, told.rows) == (path[-36:], unit.account_id, 3)
    assert told.kept_until == made_at + KEPT
    assert made_at <= told.written_at
    wire = told.to_wire()
    assert wire.keys() == catalogue.example(ExportWrittenV1).keys()
    assert objections(ExportWrittenV1.json_schema(), wire) == []


class Watch:
    """A clock that a test moves, and what happens whenever a worker is about to read its next sheet."""

    def __init__(self, documents: UnderTest) -> None:
        self.moment = clock.now()
        self.at_a_sheet: Callable[[], None] | None = None
        self._engine = documents.service.engine
        sa.event.listen(self._engine, "before_cursor_execute", self._look)

    def now(self) -> datetime:
        return self.moment

    def close(self) -> None:
        sa.event.remove(self._engine, "before_cursor_execute", self._look)

    def _look(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        happens = self.at_a_sheet
        if happens and statement.startswith("SELECT") and "FROM export_part" in statement:
            self.at_a_sheet = None
            happens()
            self.at_a_sheet = self.at_a_sheet or happens


@pytest.fixture
def watch(documents: UnderTest) -> Iterator[Watch]:
    watching = Watch(documents)
    yield watching
    watching.close()


def three_sheets(documents: UnderTest, client: Any, unit: Actor) -> str:
    path = f"/v1/export-jobs/{client.post('/v1/export-jobs', json=slip(documents, unit, [['1', '甲']])).json['id']}"
    for number in (2, 3):
        client.post(f"{path}/sheets", json=slip(documents, unit, [[str(number), "乙"]]))
    assert client.post(f"{path}/completion").json["state"] == "waiting"
    return path


def test_a_table_that_takes_longer_than_a_lease_is_not_taken_by_a_second_worker(
    documents: UnderTest, storage: Storage, watch: Watch
) -> None:
    unit = unit_actor()
    client, sessions = documents.client(unit), documents.service.sessions
    path, second = three_sheets(documents, client, unit), []

    def six_minutes_pass() -> None:
        watch.moment += timedelta(minutes=6)
        second.append(work_off(sessions, storage, watch.now))

    watch.at_a_sheet = six_minutes_pass
    assert work_off(sessions, storage, watch.now)
    assert second == [False] * 4, "24 minutes, asked after by the second worker at every sheet and at the end"
    done = client.get(path).json
    assert (done["state"], done["written"]) == ("done", 3)


def test_a_worker_that_was_taken_for_dead_leaves_the_table_to_whoever_took_it_over(
    documents: UnderTest, storage: Storage, watch: Watch, kept: Any
) -> None:
    unit = unit_actor()
    client, sessions = documents.client(unit), documents.service.sessions
    path, second = three_sheets(documents, client, unit), []

    def the_second_takes_over() -> None:
        if not second:
            second.append(client.get(path).json["state"])
            watch.moment += LEASE + timedelta(minutes=1)
            second.append(work_off(sessions, storage, watch.now))
            second.append(client.get(path).json["state"])

    watch.at_a_sheet = the_second_takes_over
    assert work_off(sessions, storage, watch.now)
    assert second == ["writing", True, "done"]
    done = client.get(path).json
    assert (done["state"], done["written"], len(kept())) == ("done", 3, 1)
    assert len(documents.told(ExportWrittenV1)) == 1, "who was taken for dead tells nothing"
    read = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{path}/content", buffered=True).data))
    assert [row[0] for row in read.get_sheet_by_index(0).to_python()[2:]] == ["1", "2", "3"]


def test_only_sheets_of_the_same_table_and_account_are_added(documents: UnderTest) -> None:
    unit = unit_actor()
    client = documents.client(unit)
    path = f"/v1/export-jobs/{client.post('/v1/export-jobs', json=slip(documents, unit, [['1', '甲']])).json['id']}"
    other = client.post(f"{path}/sheets", json=slip(documents, unit, [["1"]], columns=COLUMNS[:1]))
    assert (other.status_code, other.json["errors"][0]["code"]) == (422, "sheet_of_other_table")
    strange = client.post(f"{path}/sheets", json=slip(documents, unit_actor(), [["1", "乙"]]))
    assert strange.status_code == 404
    for stranger in (unit_actor(), office_actor()):
        asked = documents.client(stranger)
        assert [
            asked.get(path).status_code,
            asked.get(f"{path}/content").status_code,
            asked.post(f"{path}/completion").status_code,
            asked.post(f"{path}/sheets", json=slip(documents, stranger, [["1", "乙"]])).status_code,
        ] == [404] * 4
    assert unit.unit_id
    clerk = sub_account_actor(unit.unit_id, "application.fill")
    assert documents.client(clerk).post("/v1/export-jobs", json=slip(documents, clerk, [])).status_code == 403


def test_rows_are_sealed_while_they_wait_and_the_workbook_goes_after_a_week(
    documents: UnderTest, storage: Storage, kept: Any
) -> None:
    unit = unit_actor()
    client = documents.client(unit)
    export = client.post("/v1/export-jobs", json=slip(documents, unit, [["1", "测试甲"]])).json["id"]
    client.post(f"/v1/export-jobs/{export}/completion")
    with documents.service.engine.connect() as connection:
        [stored] = connection.exec_driver_sql("select rows from export_part").one()
    assert "测试甲".encode() not in bytes(stored)
    work_off(documents.service.sessions, storage, clock.now)
    assert len(kept()) == 1
    sweep(documents.service.sessions, storage, clock.now() + KEPT + timedelta(minutes=1))
    sweep(documents.service.sessions, storage, clock.now())
    assert kept() == []
    assert client.get(f"/v1/export-jobs/{export}").status_code == 404


def test_who_gathers_goes_on_where_it_was_left_and_a_sheet_sent_twice_is_in_once(
    documents: UnderTest, storage: Storage
) -> None:
    unit = unit_actor()
    client = documents.client(unit)
    rows = [[str(n), "甲"] for n in range(2100)]
    begun = client.post("/v1/export-jobs", json=slip(documents, unit, rows[:2000]) | {"goes_on": "后一半：张三"}).json
    path = f"/v1/export-jobs/{begun['id']}"
    assert client.get(path).json["goes_on"] == "后一半：张三"
    with documents.service.engine.connect() as connection:
        stored = connection.exec_driver_sql("select goes_on from export").scalar_one()
    assert "张三".encode() not in bytes(stored)
    for _ in range(2):
        sent = slip(documents, unit, rows[2000:]) | {"beyond": 2000}
        added = client.post(f"{path}/sheets", json=sent).json
        assert (added["rows"], added["goes_on"]) == (2100, None)
    client.post(f"{path}/completion")
    assert work_off(documents.service.sessions, storage, clock.now)
    read = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{path}/content", buffered=True).data))
    assert read.get_sheet_by_index(0).to_python()[2:] == rows


def test_an_account_lists_its_own_exports_newest_first_and_nobody_elses(documents: UnderTest) -> None:
    unit = unit_actor()
    client = documents.client(unit)
    made = [client.post("/v1/export-jobs", json=slip(documents, unit, [["1", "甲"]])).json["id"] for _ in range(3)]
    first = client.get("/v1/export-jobs", query_string={"limit": 2}).json
    last = client.get("/v1/export-jobs", query_string={"limit": 2, "after": first["next"]}).json
    assert [one["id"] for one in first["items"] + last["items"]] == made[::-1]
    assert documents.client(office_actor()).get("/v1/export-jobs").json["items"] == []
    assert documents.client().get("/v1/export-jobs").status_code == 401

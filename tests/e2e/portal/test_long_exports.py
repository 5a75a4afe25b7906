"""In the browser: a list of more applications than one sheet holds is exported in the background."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from shenbao_stack.browsing import Desk
from shenbao_stack.demo.cast import PROGRAMME
from shenbao_stack.demo.town import PRIMARY, Town
from shenbao_stack.looking import looked_at
from shenbao_stack.services import variable
from shenbao_stack.stack import Stack
from shenbao_stack.waiting import until
from shenbao_stack.world import Office, Unit, done

MORE = 2050
_COPIES = sa.text(
    "INSERT INTO application (id, reference, project_id, version_id, programme, variant, unit_id, filler_id, status,"
    " round, revision, version, sections, headline, print_hash, created_at, saved_at)"
    " SELECT gen_random_uuid(), 'long-' || n, project_id, version_id, programme, variant, unit_id, filler_id, status,"
    " round, revision, version, sections, headline, print_hash, created_at, saved_at"
    " FROM application, generate_series(1, :number) AS n WHERE unit_id = :unit"
)

_RECEIVED = sa.text(
    "INSERT INTO step (id, application_id, step_key, round, organisation_id, organisation_name, state)"
    " SELECT gen_random_uuid(), copy.id, s.step_key, 1, s.organisation_id, s.organisation_name, s.state"
    " FROM application AS copy JOIN application AS a ON a.unit_id = copy.unit_id JOIN step AS s"
    " ON s.application_id = a.id WHERE copy.reference LIKE 'long-%' AND copy.unit_id = :unit"
)
_OF_COPIES = "WHERE application_id IN (SELECT id FROM application WHERE reference LIKE 'long-%')"
_GONE = [
    *(f"DELETE FROM {table} {_OF_COPIES}" for table in ("applicant_number", "step", "received")),  # noqa: S608
    "DELETE FROM application WHERE reference LIKE 'long-%'",
]


@dataclass(frozen=True)
class Long:
    """A project of this department in which the unit has reported so many applications and one."""

    department: Office
    project: str
    unit: Unit


@pytest.fixture
def long(town: Town, stack: Stack) -> Iterator[Long]:
    department = town.department()
    project = town.project(department)
    unit = town.unit(department)
    unit.user.follow(department.user)
    application = town.reported(unit.user, project)
    read = ("GET", "applications", f"/v1/applications/{application}")
    until(lambda: department.user.call(*read).status_code == 200, what="received")
    engine = sa.create_engine(stack.environment[variable("applications", "DATABASE_URL")])
    with engine.begin() as connection:
        connection.execute(_COPIES, {"number": MORE, "unit": unit.id})
        connection.execute(_RECEIVED, {"unit": unit.id})
    yield Long(department, project["id"], unit)
    with engine.begin() as connection:
        for statement in _GONE:
            connection.execute(sa.text(statement))
    engine.dispose()


def test_the_roster_of_a_long_plan_is_exported_in_the_background_with_every_number(desk: Desk, long: Long) -> None:
    done(long.department.user.call("POST", "applications", f"/v1/projects/{long.project}/numbering"))
    page = desk(long.department.user)
    page.goto(f"/office/projects/{long.project}/roster")
    page.get_by_role("button", name="开始导出").click()
    expect(page.get_by_text(f"共 {MORE + 1} 行，已写入 {MORE + 1} 行")).to_be_visible(timeout=60_000)
    assert sorted(map(float, _downloaded(page))) == list(range(1, MORE + 2))


def test_a_long_list_is_begun_followed_and_downloaded_whole(desk: Desk, long: Long) -> None:
    unit = long.unit
    page = desk(unit.user)
    page.goto(f"/declare/{PROGRAMME}/{PRIMARY}/print")
    page.get_by_role("link", name="导出汇总表").click()
    expect(page.get_by_role("heading", name="列表超过 2000 份材料")).to_be_visible()
    looked_at(page, "export-new", languages=("en", "zh"))
    page.get_by_role("button", name="开始导出").click()
    expect(page.get_by_text(f"共 {MORE + 1} 行，已写入 {MORE + 1} 行")).to_be_visible(timeout=60_000)
    looked_at(page, "export-done", languages=("en", "zh"))
    assert len(_downloaded(page)) == MORE + 1
    page.get_by_role("navigation", name="主菜单").get_by_role("link", name="导出记录").click()
    expect(page.locator("main tbody tr")).to_have_count(1)
    expect(page.locator("main tbody tr")).to_contain_text("已完成")
    looked_at(page, "exports", languages=("en", "zh"))
    assert len(_downloaded(page)) == MORE + 1
    until(lambda: done(unit.user.call("GET", "identity", "/v1/me/messages"))["items"], what="told")
    page.goto("/messages")
    looked_at(page, "messages-export", languages=("en", "zh"))
    told = page.get_by_role("listitem").filter(has_text="导出文件已生成")
    assert f"共 {MORE + 1} 行" in told.inner_text()
    told.get_by_role("button", name="去下载").click()
    page.wait_for_url("**/exports/*")
    assert len(_downloaded(page)) == MORE + 1


def _downloaded(page: Page) -> list[str]:
    """The first column of the workbook."""
    with page.expect_download() as download:
        page.locator("main").get_by_role("link", name="下载").click()
    book = CalamineWorkbook.from_path(str(Path(download.value.path())))
    return list({str(row[0]) for row in book.get_sheet_by_index(0).to_python()[2:]})

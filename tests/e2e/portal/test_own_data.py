"""A person takes a copy of what is kept, and is then forgotten in every service: all keys are destroyed (B-26)."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from shenbao_stack import job
from shenbao_stack.browsing import Desk, sign_in
from shenbao_stack.client import User
from shenbao_stack.looking import looked_at
from shenbao_stack.stack import Stack
from shenbao_stack.waiting import until
from shenbao_stack.world import PASSWORD, World, done

DESTROYED = b"destroyed"
KEPT_BY = ("identity", "units", "applications", "documents", "review")


def keys_of(folder: Path, person_id: str) -> dict[str, bytes]:
    return {path.parts[-3]: path.read_bytes() for path in folder.glob(f"*/??/{person_id}")}


def taken(page: Page, stack: Stack, person: User) -> zipfile.ZipFile:
    """By hand, from the personal centre."""
    sign_in(page, stack, person.username, PASSWORD, to="**/person**")
    page.goto("/person")
    page.get_by_role("link", name="下载本人数据").click()
    looked_at(page, "person-copy", languages=("en", "zh"))
    with page.expect_download() as download:
        page.get_by_role("button", name="下载").click()
    return zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes()))


@pytest.mark.req("B-26")
def test_a_person_takes_a_copy_of_everything_and_is_then_forgotten_everywhere(
    desk: Desk, stack: Stack, world: World, titles: Any, person_keys: Path
) -> None:
    zhang = titles.person("张三")
    record, application = titles.archived(zhang), titles.declared(zhang, titles.plans.review)
    file = done(job.upload(zhang, job.pdf(), "wallet", name="学位.pdf"))["id"]
    titles.come_to_read((1, 0, 0, 0, 1))
    done(titles.decide(zhang, application, "return", "学历证书不清晰"))
    account = done(zhang.call("GET", "identity", "/v1/me"))["account_id"]
    until(lambda: set(keys_of(person_keys, account)) == set(KEPT_BY), what="a key in each service")

    copy = taken(desk(), stack, zhang)
    told = json.loads(copy.read("account.json"))["personal"]
    assert (told["name"], told["mobile"], len(told["id_number"])) == ("张三", zhang.username, 18)
    names = set(copy.namelist())
    assert {f"applications/{application}.json", f"archive/{record}.json", "unit.json", "messages.json"} <= names
    assert {f"who-read/{service}.json" for service in KEPT_BY} <= names
    (content,) = [copy.read(name) for name in names if name.startswith(f"files/{file}")]
    assert content.startswith(b"%PDF")
    assert "基础力学" in copy.read(f"applications/{application}.json").decode()

    admin = world.admin()
    done(admin.call("POST", "identity", f"/v1/persons/{account}/erasure", {"reason": "request"}))
    destroyed = dict.fromkeys(KEPT_BY, DESTROYED)
    until(lambda: keys_of(person_keys, account) == destroyed, what="every key destroyed")
    shown = done(titles.unit.user.call("GET", "applications", f"/v1/applications/{application}"))
    assert not any(shown["sections"].values())
    assert "学历证书不清晰" not in titles.unit.user.call("GET", "review", f"/v1/cases/{application}").text

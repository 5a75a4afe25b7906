"""Notices, guides and answers: what everybody reads, and who maintains them."""

from datetime import timedelta
from typing import Any

import pytest

from shenbao_common.contracts.applications import FilesUsedV1
from shenbao_common.contracts.review import CommitteeFormedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.clock import now, office_day
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor, person_actor, unit_actor
from shenbao_common.testing.service import count_queries

SPECIALTIES = ["电子信息", "计算机软件", "通信工程"]


def day(offset: int = 0) -> str:
    return (office_day(now()) + timedelta(days=offset)).isoformat()


class Desk:
    """An authority at its publications, and everybody else in front of them."""

    def __init__(self, house: Any) -> None:
        self.house = house
        self.bureau = house.bureau

    def client(self, actor: Actor | None = None) -> Any:
        return self.house.service.client(actor or self.bureau)

    def publish(self, kind: str = "notice", actor: Actor | None = None, **given: Any) -> Any:
        body = {"kind": kind, "title": "标题", "body": "正文", "visible_from": day()}
        return self.client(actor).post("/v1/publications", json=body | given)

    def published(self, kind: str = "notice", **given: Any) -> dict[str, Any]:
        answer = self.publish(kind, **given)
        assert answer.status_code == 201, answer.json
        return dict(answer.json) | {"etag": answer.headers["ETag"]}

    def file(self, name: str, **changes: Any) -> dict[str, str]:
        given: dict[str, str] = self.house.receipt(
            self.bureau, **{"purpose": "publication", "unit_id": None, "name": name} | changes
        )
        return given

    def change(self, row: dict[str, Any], actor: Actor | None = None, **given: Any) -> Any:
        kept = [{"document_id": one["document_id"]} for one in row["attachments"]]
        names = ("kind", "title", "body", "programme", "position", "visible_from", "visible_until")
        body = {name: row[name] for name in names} | {"attachments": kept} | given
        return self.client(actor).put(f"/v1/publications/{row['id']}", json=body, headers={"If-Match": row["etag"]})

    def read(self, **query: Any) -> list[dict[str, Any]]:
        """What somebody unknown reads."""
        answer = self.house.service.client().get("/v1/public/publications", query_string=query)
        assert answer.status_code == 200, answer.json
        return list(answer.json["items"])

    def opened(self, row: dict[str, Any]) -> Any:
        return self.house.service.client().get(f"/v1/public/publications/{row['id']}")

    def committee(self, name: str = "C", **changes: Any) -> str:
        event = CommitteeFormedV1(
            **{
                "committee_id": uuid7(),
                "organisation_id": self.bureau.organisation_id,
                "name": name,
                "programmes": (),
                "groups": (),
                "active": True,
                "revision": 1,
            }
            | changes
        )
        self.house.service.hear(event, revision=1)
        return str(event.committee_id)


@pytest.fixture
def board(house: Any) -> Desk:
    return Desk(house)


def test_five_visible_questions_are_read_in_order_and_a_hidden_one_is_not(board: Desk) -> None:
    for position in (3, 1, 5, 2, 4):
        board.published("question", title=f"问题{position}", body=f"解答{position}", position=position)
    hidden = board.published("question", title="隐藏", position=0, visible_from=None)
    found = board.read(kind="question")
    assert [(one["title"], one["body"]) for one in found] == [(f"问题{n}", f"解答{n}") for n in range(1, 6)]
    first = board.house.service.client().get("/v1/public/publications", query_string={"kind": "question", "limit": 2})
    rest = board.read(kind="question", limit=2, after=first.json["next"])
    assert [one["title"] for one in (*first.json["items"], *rest)] == ["问题1", "问题2", "问题3", "问题4"]
    assert board.opened(hidden).status_code == 404


def test_a_notice_lists_two_attachments_three_projects_and_a_committee_with_three_specialties(board: Desk) -> None:
    committee = board.committee()
    variant = {"variant": "determination_intermediate"}
    projects = [board.house.project(board.bureau, name=f"项目{n}", **variant) for n in range(2)]
    projects.append(board.house.project(board.bureau, name="C的项目", committee_id=committee, **variant))
    line = {"committee_id": committee, "scope": "工程", "specialties": SPECIALTIES, "contact": "0571-85167733"}
    made = board.published(
        "evaluation_notice",
        attachments=[board.file("通知.pdf"), board.file("附件.zip")],
        project_ids=projects,
        committees=[line],
    )
    found = board.opened(made).json
    assert [one["name"] for one in found["attachments"]] == ["通知.pdf", "附件.zip"]
    assert [one["name"] for one in found["projects"]] == ["项目0", "项目1", "C的项目"]
    assert [one["committee_id"] for one in found["projects"]] == [None, None, committee]
    assert found["projects"][2]["fill"] == ["unit", "sub_account"]
    assert found["committees"] == [line | {"name": "C"}]
    assert {"slip"} == set(found["attachments"][0]) - {"document_id", "name", "size"}


def test_a_notice_is_read_from_its_first_to_its_last_day(board: Desk) -> None:
    seen = board.published(title="今天", visible_until=day())
    later = board.published(title="明天", visible_from=day(1))
    over = board.published(title="昨天", visible_from=day(-2), visible_until=day(-1))
    assert [one["title"] for one in board.read(kind="notice")] == ["今天"]
    assert [board.opened(row).status_code for row in (seen, later, over)] == [200, 404, 404]
    listed = board.client().get("/v1/publications").json["items"]
    assert {one["title"]: one["visible"] for one in listed} == {"今天": True, "明天": False, "昨天": False}
    assert board.change(seen, visible_from=None).status_code == 200
    assert board.opened(seen).status_code == 404
    own = board.client().get(f"/v1/publications/{seen['id']}")
    assert (own.status_code, own.json["visible"]) == (200, False)


def test_guides_of_a_programme_are_read_with_those_of_all(board: Desk) -> None:
    attachments = [board.file("指南.pdf")]
    board.published("guide", title="初定指南", programme="title_initial_determination", attachments=attachments)
    board.published("guide", title="通用指南", attachments=[board.file("通用.pdf")], position=1)
    assert [one["title"] for one in board.read(kind="guide", programme="title_initial_determination")] == [
        "初定指南",
        "通用指南",
    ]
    assert [one["title"] for one in board.read(kind="guide", programme="other")] == ["通用指南"]


def test_a_wrong_publication_is_refused_with_everything_that_is_wrong(board: Desk) -> None:
    d1 = board.house.d1
    stranger = str(uuid7())
    refused = board.publish(
        "guide",
        visible_until=day(-1),
        programme="unknown",
        project_ids=[stranger],
        committees=[{"committee_id": board.committee(organisation_id=d1.organisation_id)}],
        attachments=[board.file("表.pdf", purpose="wallet"), {"document_id": stranger}],
    )
    assert refused.status_code == 422
    assert {(e["code"], e["path"]) for e in refused.json["errors"]} == {
        ("ends_before_start", "visible_until"),
        ("unknown_programme", "programme"),
        ("unknown_project", "project_ids.0"),
        ("only_for_evaluation_notice", "committees"),
        ("unknown_committee", "committees.0.committee_id"),
        ("receipt_of_other_purpose", "attachments.0"),
        ("unknown_document", "attachments.1"),
    }
    bare = board.publish("guide").json["errors"]
    assert [(e["code"], e["path"]) for e in bare] == [("required", "attachments")]
    empty = board.publish(body="").json["errors"]
    assert [(e["code"], e["path"]) for e in empty] == [("required", "body")]


def test_strangers_maintain_nothing_and_a_body_above_does(board: Desk) -> None:
    d1, d2 = board.house.d1, board.house.d2
    answer = board.publish(actor=d1)
    row = dict(answer.json) | {"etag": answer.headers["ETag"]}
    path = f"/v1/publications/{row['id']}"
    assert board.change(row, d2).status_code == 404
    assert board.client(d2).get(path).status_code == 404
    assert board.client(d2).get("/v1/publications").json["items"] == []
    for stranger in (person_actor(), unit_actor(), office_actor(d1.organisation_id, "review.decide")):
        assert board.client(stranger).get(path).status_code == 403
        assert board.publish(actor=stranger).status_code == 403
    assert board.publish(actor=office_actor()).json["code"] == "wrong_publisher"
    changed = board.change(row, title="改正")
    assert (changed.status_code, changed.json["title"]) == (200, "改正")
    assert board.change(row, title="旧的").status_code == 412
    gone = board.client().delete(path, headers={"If-Match": changed.headers["ETag"]})
    assert gone.status_code == 204
    assert board.read() == []


def test_an_attachment_stays_with_its_document_and_goes_when_it_is_left_out(board: Desk) -> None:
    row = board.published(attachments=[board.file("一.pdf"), board.file("二.pdf")])
    kept = [{"document_id": row["attachments"][1]["document_id"]}]
    changed = board.change(row, attachments=[*kept, board.file("三.pdf")])
    assert [one["name"] for one in changed.json["attachments"]] == ["二.pdf", "三.pdf"]


def test_documents_hear_on_which_files_a_publication_stands_until_it_is_deleted(board: Desk) -> None:
    row = board.published(attachments=[board.file("一.pdf"), board.file("二.pdf")])
    first, second = (one["document_id"] for one in row["attachments"])
    changed = board.change(row, attachments=[{"document_id": second}])
    path, match = f"/v1/publications/{row['id']}", {"If-Match": changed.headers["ETag"]}
    assert board.client().delete(path, headers=match).status_code == 204
    told = board.house.service.told(FilesUsedV1)
    assert {(str(one.used_by), one.kind) for one in told} == {(row["id"], "publication")}
    assert [one.document_ids for one in told] == [(first, second), (second,), ()]
    assert sorted({one.revision for one in told}) == [one.revision for one in told]


def test_a_page_of_notices_costs_one_query_however_many_there_are(board: Desk) -> None:
    for n in range(5):
        board.published(title=f"公告{n}", attachments=[board.file("附件.pdf")])
    with count_queries(board.house.service) as sent:
        assert len(board.read(kind="notice")) == 5
    assert len([one for one in sent if one.lstrip().upper().startswith("SELECT")]) == 1

"""The same evidence in several applications is told to reviewers, and to nobody else."""

from typing import Any

import pytest

from shenbao_common.contracts.applications import ApplicationSubmittedV1
from shenbao_common.contracts.review import StepOpenedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import office_actor, person_actor, unit_actor
from shenbao_common.testing.contracts import example_event
from shenbao_common.testing.service import UnderTest


def evidence(documents: UnderTest, send: Any, actor: Actor, body: bytes, kind: str, number: str) -> str:
    """A PNG in the wallet that is said to be of that kind and number."""
    file: str = send(actor, body, "论文.png", "wallet").json["id"]
    facts = {"kind": kind, "values": {"title": "基于数据的研究", "number": number}}
    answer = documents.client(actor).put(f"/v1/files/{file}/facts", json=facts)
    assert answer.status_code == 200, answer.json
    return file


def reported(documents: UnderTest, actor: Actor, reference: str, *files: str, office: Actor | None = None) -> str:
    application = str(uuid7())
    whose = {"unit_id": str(actor.unit_id), "filler_id": str(actor.account_id), "reference": reference}
    event = example_event(ApplicationSubmittedV1, application_id=application, document_ids=list(files), **whose)
    documents.hear(event)
    if office:
        opened = {"application_id": application, "organisation_id": str(office.organisation_id)}
        documents.hear(example_event(StepOpenedV1, **opened))
    return application


def found(documents: UnderTest, actor: Actor, application: str) -> Any:
    return documents.client(actor).get(f"/v1/findings?application_id={application}")


@pytest.mark.req("B-14")
def test_the_same_paper_number_in_two_applications_is_one_finding_for_the_reviewer(
    documents: UnderTest, send: Any, samples: Any
) -> None:
    a, b, office = unit_actor(), unit_actor(), office_actor()
    number = "ISSN 1000-0001/2026-03"
    mine = evidence(documents, send, a, samples.image(size=(40, 30)), "paper", number)
    theirs = evidence(documents, send, b, samples.image(size=(50, 30)), "paper", "issn1000 0001/202603")
    application = reported(documents, a, "2026-000001", mine, office=office)
    other = reported(documents, b, "2026-000002", theirs)

    assert found(documents, office, application).json["items"] == [
        {
            "code": "same_number",
            "file_id": mine,
            "file_name": "论文.png",
            "kind": "paper",
            "number": number,
            "application_id": other,
            "reference": "2026-000002",
        }
    ]
    for applicant in (a, b, person_actor()):
        assert found(documents, applicant, application).status_code == 403
    assert found(documents, office_actor(), application).status_code == 404
    assert found(documents, office, other).status_code == 404
    with documents.service.engine.connect() as connection:
        kept = connection.exec_driver_sql("select facts, fact_key from file").all()
    assert not any(b"1000" in bytes(value) for row in kept for value in row)


def test_the_same_content_under_another_name_is_found_and_says_so(
    documents: UnderTest, send: Any, samples: Any
) -> None:
    a, b, office = unit_actor(), unit_actor(), office_actor()
    mine = send(a, samples.image(), "获奖证书.png", "wallet").json["id"]
    theirs = send(b, samples.image(), "奖状.png", "wallet").json["id"]
    application = reported(documents, a, "2026-000003", mine, office=office)
    reported(documents, b, "2025-000004", theirs)
    [one] = found(documents, office, application).json["items"]
    assert (one["code"], one["number"], one["reference"]) == ("same_content", None, "2025-000004")


def test_neither_a_draft_nor_another_kind_nor_ones_own_report_is_a_finding(
    documents: UnderTest, send: Any, samples: Any
) -> None:
    a, b, office = unit_actor(), unit_actor(), office_actor()
    mine = evidence(documents, send, a, samples.image(size=(40, 30)), "paper", "123")
    evidence(documents, send, b, samples.image(size=(50, 30)), "paper", "123")
    other_kind = evidence(documents, send, b, samples.image(size=(60, 30)), "patent", "123")
    own_cards = [
        evidence(documents, send, who, samples.image(size=(n, 30)), "title_certificate", "")
        for n, who in ((70, a), (80, b))
    ]
    application = reported(documents, a, "2026-000005", mine, mine, own_cards[0], office=office)
    reported(documents, b, "2026-000006", other_kind, own_cards[1])
    assert found(documents, office, application).json["items"] == []


def test_facts_are_checked_and_set_by_the_owner_alone(documents: UnderTest, send: Any, samples: Any) -> None:
    unit = unit_actor()
    file = send(unit, samples.image(), "a.png", "wallet").json["id"]
    path = f"/v1/files/{file}/facts"
    unknown = documents.client(unit).put(path, json={"kind": "diploma", "values": {}})
    assert unknown.json["errors"] == [{"code": "unknown_choice", "path": "kind", "params": {}}]
    wrong = documents.client(unit).put(path, json={"kind": "paper", "values": {"x": "1", "title": "长" * 301}})
    assert [(e["code"], e["path"]) for e in wrong.json["errors"]] == [
        ("unknown_field", "values.x"),
        ("too_long", "values.title"),
    ]
    fine = {"kind": "paper", "values": {}}
    assert documents.client(unit_actor()).put(path, json=fine).status_code == 404

"""Files of what a committee evaluates: opened by a member's own slip of applications, by nothing else."""

from typing import Any

from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.actors import office_actor, person_actor, unit_actor
from shenbao_common.testing.service import UnderTest

Send = Any


def slip(documents: UnderTest, member: Actor, file: str, **how: Any) -> str:
    said = {"account_id": str(member.account_id), "document_id": file}
    return documents.slip("applications", "shenbao-evaluated-file+jwt", said, **how)


def test_a_member_opens_a_file_without_its_name_and_its_owner_sees_that_it_was(
    documents: UnderTest, send: Send, samples: Any
) -> None:
    owner, member = unit_actor(), person_actor()
    body = samples.pdf()
    file = send(owner, body, name="张三.pdf").json["id"]
    opened = documents.client(member).post("/v1/evaluated-files", json={"slip": slip(documents, member, file)})
    assert (opened.status_code, opened.data) == (200, body)
    opened.close()
    assert opened.headers["Content-Disposition"].startswith(f'inline; filename="{file}.pdf"')
    seen = documents.client(owner).get(f"/v1/files/{file}/views").json["items"]
    assert [view["kind"] for view in seen] == ["person"]
    assert documents.client(member).get(f"/v1/files/{file}/content").status_code == 404


def test_no_stranger_opens_it_with_the_slip_of_a_member(documents: UnderTest, send: Send, samples: Any) -> None:
    member = person_actor()
    file = send(unit_actor(), samples.pdf()).json["id"]
    text = slip(documents, member, file)
    over = slip(documents, member, file, seconds=-1)
    forged = documents.slip("review", "shenbao-evaluated-file+jwt", {"account_id": str(member.account_id)})
    for who, given, code in (
        (person_actor(), text, "evaluation_slip_invalid"),
        (office_actor(), text, "evaluation_slip_invalid"),
        (member, forged, "evaluation_slip_invalid"),
        (member, over, "evaluation_slip_expired"),
    ):
        refused = documents.client(who).post("/v1/evaluated-files", json={"slip": given})
        assert (refused.status_code, [e["code"] for e in refused.json["errors"]]) == (422, [code])
    assert documents.client().post("/v1/evaluated-files", json={"slip": text}).status_code == 401

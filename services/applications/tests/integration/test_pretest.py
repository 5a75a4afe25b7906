"""Before an application begins: notice, questions, and the analysis of register data over real HTTP."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.serving import make_server

from shenbao_applications.models import Consent, RegisterRead
from shenbao_applications.providers import registers
from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import person_actor, unit_actor

PATH = "/v1/programmes/talent_settle_in"
BACHELOR = {"level": "bachelor", "full_time": "yes", "has_degree": "yes", "overseas": "no", "school": "Y大学"}
MIDDLE = {"tier": "intermediate", "name": "工程师"}


class Registers:
    """What the registers hold, what they were asked, and how they stumble."""

    def __init__(self) -> None:
        self.held: dict[str, list[dict[str, Any]]] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.stumbles: dict[str, int] = {}

    def app(self) -> Flask:
        flask = Flask("registers")

        @flask.post("/<name>")
        def ask(name: str) -> ResponseReturnValue:
            assert request.headers["Authorization"] == "Bearer registers-token"
            assert request.headers["X-Request-Id"]
            self.asked.append((name, request.get_json()))
            if self.stumbles.get(name, 0) > 0:
                self.stumbles[name] -= 1
                return "", 502
            return jsonify(records=self.held.get(name, []))

        return flask


@pytest.fixture
def government(settling: Any) -> Iterator[Registers]:
    found = Registers()
    server = make_server("127.0.0.1", 0, found.app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    extensions = settling.house.service.app.extensions
    before = extensions["registers"]
    extensions["registers"] = registers.at(f"http://127.0.0.1:{server.server_port}", "registers-token")
    yield found
    extensions["registers"] = before
    server.shutdown()
    thread.join()
    server.server_close()


def agree(settling: Any, accepted: tuple[str, ...] = ("handling_notice",)) -> Any:
    return settling.client().post(f"{PATH}/consents", json={"accepted": list(accepted)})


def face(settling: Any, **changes: Any) -> str:
    """What identity signs after somebody stood in front of the camera."""
    told = {"account_id": str(settling.a.account_id), "face_id": str(uuid7()), "purpose": "shared_data"}
    who = {"name": "张三", "id_number": "330000199001010014"}
    return str(settling.house.service.slip("identity", "shenbao-face+jwt", {**told, **who, **changes}))


def analysed(settling: Any, **body: Any) -> Any:
    given = {"face": face(settling), "skip": True} | body
    return settling.client().post(f"{PATH}/analyses", json=given)


def with_number(settling: Any, number: str = "103351200605001234") -> Any:
    return analysed(settling, skip=False, numbers={"education": number})


@pytest.mark.req("S2-08")
def test_neither_numbers_nor_a_skip_is_answered_by_a_hint_and_a_skip_starts(settling: Any, government: Any) -> None:
    agree(settling)
    empty = analysed(settling, skip=False, numbers={"education": "", "degree": ""})
    assert (empty.status_code, [e["code"] for e in empty.json["errors"]]) == (422, ["fill_or_skip"])
    assert government.asked == []
    assert analysed(settling, numbers={"education": "", "degree": ""}).status_code == 201


@pytest.mark.req("S2-10")
def test_a_skip_asks_for_titles_only_and_a_number_for_education_too(settling: Any, government: Any) -> None:
    agree(settling)
    person = {"name": "张三", "id_number": "330000199001010014"}
    government.held = {"title": [MIDDLE], "education": [BACHELOR]}
    skipped = analysed(settling).json
    assert government.asked == [("title", person)]
    assert (skipped["asked"], skipped["outcome"], "education" in skipped["found"]) == (["title"], "title_only", False)
    government.asked.clear()
    asked = with_number(settling, "X").json
    assert sorted(government.asked, key=lambda one: one[0]) == [
        ("education", person | {"certificate_no": "X"}),
        ("title", person),
    ]
    assert asked["outcome"] == "both"


@pytest.mark.req("S2-11")
@pytest.mark.parametrize(
    ("education", "title", "outcome"),
    [
        ([], [MIDDLE], "title_only"),
        ([], [], "neither"),
        ([BACHELOR], [], "education_only"),
        ([BACHELOR], [MIDDLE], "both"),
    ],
)
def test_an_analysis_has_one_of_four_outcomes_and_lists_what_it_found(
    settling: Any, government: Any, education: list[Any], title: list[Any], outcome: str
) -> None:
    agree(settling)
    government.held = {"title": title, "education": education}
    found = with_number(settling).json
    assert found["outcome"] == outcome
    assert found["found"] == {"education": education, "title": title}
    if outcome == "neither":
        assert found["start"] == "self_select"


@pytest.mark.req("S2-17")
@pytest.mark.parametrize(("held", "matched"), [([MIDDLE], ["intermediate_title"]), ([], [])])
def test_one_starts_with_what_matches_and_else_only_by_choosing_oneself(
    settling: Any, government: Any, held: list[Any], matched: list[str]
) -> None:
    refused = analysed(settling)
    assert (refused.status_code, refused.json["code"], government.asked) == (422, "commitment_missing", [])
    agree(settling)
    government.held = {"title": held}
    no_face = analysed(settling, face=None)
    assert (no_face.status_code, no_face.json["code"], government.asked) == (403, "face_auth_required", [])
    found = analysed(settling).json
    assert [c["key"] for c in found["conditions"]] == matched
    assert found["start"] == ("direct" if matched else "self_select")
    classes = settling.client().get(f"{PATH}/conditions").json["classes"]
    assert [c["key"] for c in classes] == ["education", "title", "skill", "high_level", "other"]


@pytest.mark.req("S2-18")
def test_the_only_condition_opens_and_among_several_the_chosen_one(settling: Any, government: Any) -> None:
    agree(settling)
    government.held = {"title": [MIDDLE], "education": [BACHELOR]}
    only = analysed(settling).json
    assert (only["start"], [c["key"] for c in only["conditions"]]) == ("direct", ["intermediate_title"])
    opened = begun(settling, only["id"], "intermediate_title")
    assert opened["sections"]["qualification"] == {
        "condition": "intermediate_title",
        "title_tier": "intermediate",
        "title_name": "工程师",
        "title_source": "register",
    }
    both = with_number(settling).json
    assert (both["start"], [c["key"] for c in both["conditions"]]) == ("choose", ["bachelor", "intermediate_title"])
    settling.delete(opened["id"])
    assert begun(settling, both["id"], "bachelor")["sections"]["qualification"]["condition"] == "bachelor"


@pytest.mark.req("S2-23")
def test_shared_data_fill_the_form_and_stand_for_the_certificates_and_else_these_are_mandatory(
    settling: Any, government: Any
) -> None:
    agree(settling)
    government.held = {"education": [BACHELOR]}
    filled = begun(settling, with_number(settling).json["id"], "bachelor")
    assert filled["sections"]["qualification"] == {
        "condition": "bachelor",
        "education_level": "bachelor",
        "full_time": "yes",
        "has_degree": "yes",
        "overseas": "no",
        "school": "Y大学",
        "education_certificate_no": "103351200605001234",
        "education_source": "register",
    }
    assert "qualification.education_proof" in filled["hidden"]
    assert not [p for p in filled["problems"] if p["path"].startswith("sections.qualification")]
    assert list(filled["registered"]) == ["education"]
    # Whoever changes what was read has to prove it, whatever he says of its source.
    changed = settling.save(filled["id"], {"qualification": {"school": "Z大学", "education_source": "register"}}).json
    assert "sections.qualification.education_proof" in [p["path"] for p in changed["problems"]]
    assert "education_source" not in changed["sections"]["qualification"]
    settling.delete(filled["id"])

    government.held = {}
    nothing = begun(settling, with_number(settling).json["id"], "bachelor")
    assert "sections.qualification.education_proof" in [p["path"] for p in nothing["problems"]]


@pytest.mark.req("S2-25")
def test_getting_again_replaces_what_was_typed_and_an_empty_answer_leaves_it(settling: Any, government: Any) -> None:
    made = settling.begin().json
    typed = {**settling.step("qualification"), "school": "X大学"}
    assert settling.save(made["id"], {"qualification": typed}).status_code == 200
    again = f"/v1/applications/{made['id']}/register-readings"
    empty = settling.client().post(again, json={"face": face(settling)})
    assert empty.json == {"replaced": False, "away": []}
    assert settling.house.get(settling.a, made["id"]).json["sections"]["qualification"]["school"] == "X大学"
    government.held = {"education": [BACHELOR]}
    assert settling.client().post(again, json={"face": face(settling)}).json["replaced"] is True
    now = settling.house.get(settling.a, made["id"]).json
    assert now["sections"]["qualification"]["school"] == "Y大学"
    saved = settling.save(made["id"], {"qualification": {"condition": "bachelor"}}).json
    assert (saved["step"], saved["sections"]["qualification"]["school"]) == ("personal", "Y大学")
    stranger = settling.client(person_actor()).post(again, json={"face": face(settling)})
    assert stranger.status_code == 404
    assert settling.client().post(again, json={}).json["code"] == "face_auth_required"


def test_an_authentication_is_of_one_person_and_purpose_and_opens_one_analysis_that_is_on_record(
    settling: Any, government: Any
) -> None:
    agree(settling)
    once = face(settling)
    assert analysed(settling, face=once).status_code == 201
    others = (face(settling, account_id=str(uuid7())), face(settling, purpose="submission"))
    for slip in (once, *others, settling.profile()):
        assert analysed(settling, face=slip).json["code"] == "face_auth_required"
    assert len(government.asked) == 1
    with settling.house.service.sessions() as session:
        (read,) = session.scalars(sa.select(RegisterRead)).all()
    assert (read.register, read.purpose, read.outcome) == ("title", "analysis:talent_settle_in", "read")
    assert read.request_id


def test_a_register_that_stumbles_is_asked_once_more_and_one_that_is_down_is_named(
    settling: Any, government: Any
) -> None:
    agree(settling)
    government.held = {"title": [MIDDLE]}
    government.stumbles = {"title": 1}
    assert analysed(settling).json["outcome"] == "title_only"
    government.stumbles = {"title": 99}
    down = analysed(settling).json
    assert (down["outcome"], down["away"], down["start"]) == ("neither", ["title"], "self_select")


def test_an_analysis_of_somebody_else_begins_nothing(settling: Any, government: Any) -> None:
    agree(settling)
    found = analysed(settling).json
    other = person_actor()
    body = {"profile": settling.profile(other), "analysis": found["id"]}
    assert settling.begin(other, **body).status_code == 404
    assert settling.client(unit_actor()).post(f"{PATH}/analyses", json={}).status_code == 403
    assert settling.client(unit_actor()).post(f"{PATH}/consents", json={"accepted": []}).status_code == 403


def test_the_notice_is_agreed_to_with_version_and_time(settling: Any) -> None:
    refused = agree(settling, ())
    assert (refused.status_code, refused.json["errors"][0]["path"]) == (422, "accepted.handling_notice")
    (kept,) = agree(settling).json["items"]
    assert kept["key"] == "handling_notice"
    assert agree(settling).json["items"] == [kept]
    with settling.house.service.sessions() as session:
        (row,) = session.scalars(sa.select(Consent)).all()
    assert (row.account_id, str(row.version_id)) == (settling.a.account_id, kept["version_id"])
    assert settling.client(person_actor()).get(f"{PATH}/consents").json["items"] == []


def test_where_a_face_is_asked_for_nothing_begins_without_the_analysis_that_it_was_shown_for(
    settling: Any, government: Any, settling_text: str
) -> None:
    asked = settling_text.replace("save_mode: step\n", "save_mode: step\nrequires: {assurance: face_authentication}\n")
    house = settling.house
    body = {"programme": asked, "templates": {}}
    settling.version = house.service.client(house.admin).post("/v1/programmes", json=body).json["version"]
    settling.project = house.project(house.bureau, programme="talent_settle_in", variant="settle_in", name="现场认证")
    agree(settling)
    refused = settling.begin()
    assert (refused.status_code, refused.json["code"]) == (403, "face_auth_required")
    assert settling.begin(analysis=analysed(settling).json["id"]).status_code == 201


def begun(settling: Any, analysis: str, condition: str) -> dict[str, Any]:
    made = settling.begin(analysis=analysis, sections={"qualification": {"condition": condition}})
    assert made.status_code == 201, made.json
    return dict(made.json)

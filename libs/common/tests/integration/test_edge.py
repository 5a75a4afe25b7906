"""The edge that all services share: refusals, idempotency, edits, versions, deny by default."""

import json
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
import structlog
from flask import Flask
from joserfc import jwt
from joserfc.jwk import OctKey

from shenbao_common.contracts.applications import ApplicationDeletedV1
from shenbao_common.contracts.units import OrganisationCreatedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.actors import service_actor, unit_actor
from shenbao_common.testing.service import UnderTest, token
from shenbao_common.web import logs, versions


@pytest.fixture
def anna() -> Actor:
    return unit_actor()


def test_a_route_refuses_without_a_token_and_a_public_one_does_not(notes: UnderTest) -> None:
    assert notes.client().get("/v1/notes").status_code == 401
    assert notes.client().get("/v1/notes/open").json == {"hello": "anybody"}


def test_every_error_is_named_at_once_with_its_path(notes: UnderTest, anna: Actor) -> None:
    answer = notes.client(anna).post("/v1/notes", json={"text": "x" * 21, "copies": 9, "owner_id": "mine"})
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    found = {(e["path"], e["code"]) for e in answer.json["errors"]}
    assert found == {("text", "too_long"), ("copies", "out_of_range"), ("owner_id", "unknown_field")}


def test_of_more_than_a_thousand_errors_the_rest_is_counted(notes: UnderTest, anna: Actor) -> None:
    body = {"text": "short"} | {f"k{i:05}": 0 for i in range(70_000)}
    answer = notes.client(anna).post("/v1/notes", json=body)
    assert answer.status_code == 422
    *named, last = answer.json["errors"]
    assert len(named) == 1_000
    assert {e["code"] for e in named} == {"unknown_field"}
    assert last == {"code": "more_problems", "path": "", "params": {"count": 69_000}}
    few = {"text": "short"} | {f"k{i:05}": 0 for i in range(1_000)}
    assert len(notes.client(anna).post("/v1/notes", json=few).json["errors"]) == 1_000


def test_a_refusal_leaves_nothing_behind(notes: UnderTest, anna: Actor) -> None:
    answer = notes.client(anna).post("/v1/notes", json={"text": "refuse"})
    assert [e["code"] for e in answer.json["errors"]] == ["bad_text", "worse_text"]
    assert notes.client(anna).get("/v1/notes").json["items"] == []
    assert notes.told(OrganisationCreatedV1) == []


def test_a_bug_of_ours_is_500_without_what_it_was_about(notes: UnderTest, anna: Actor) -> None:
    answer = notes.client(anna).post("/v1/notes", json={"text": "bug"})
    assert answer.status_code == 500
    assert answer.json["code"] == "unexpected"
    assert "330000" not in answer.text


def test_a_read_can_change_nothing(notes: UnderTest, anna: Actor) -> None:
    client = notes.client(anna)
    address = f"/v1/notes/{client.post('/v1/notes', json={'text': 'as written'}).json['id']}"
    assert client.get(f"{address}/counted").status_code == 500
    assert client.get(address).json["text"] == "as written"
    assert client.post("/v1/notes", json={"text": "another"}).status_code == 201


def test_a_read_leaves_what_was_prepared_to_the_next_request(notes: UnderTest, anna: Actor) -> None:
    for number in range(20):
        notes.client(anna).post("/v1/notes", json={"text": f"note {number}"})
        notes.client(anna).get("/v1/notes")
    held = [notes.service.engine.connect() for _ in range(notes.service.engine.pool.checkedin())]
    prepared = [c.scalar(sa.text("SELECT count(*) FROM pg_prepared_statements")) for c in held]
    for connection in held:
        connection.close()
    assert max(prepared) >= 2


def test_a_database_that_goes_away_in_the_middle_asks_for_the_same_request_again(notes: UnderTest, anna: Actor) -> None:
    answer = notes.client(anna).post("/v1/notes", json={"text": "lost"})
    assert (answer.status_code, answer.json["code"]) == (503, "try_again")
    assert answer.headers["Retry-After"] == "1"
    assert notes.client(anna).get("/v1/notes").json["items"] == []


def test_what_another_made_at_the_same_time_asks_for_the_same_request_again(notes: UnderTest, anna: Actor) -> None:
    answer = notes.client(anna).post("/v1/notes", json={"text": "twice"})
    assert (answer.status_code, answer.json["code"], answer.headers["Retry-After"]) == (503, "try_again", "1")
    assert notes.client(anna).get("/v1/notes").json["items"] == []


def test_the_log_names_kind_and_place_of_a_bug_but_not_what_it_was_about(
    notes: UnderTest, anna: Actor, capsys: pytest.CaptureFixture[str]
) -> None:
    notes.client(anna).post("/v1/notes", json={"text": "bug"})
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (told,) = [line["exception"] for line in lines if line["event"] == "unexpected_error"]
    assert "in create" in told
    assert told.splitlines()[-1] == "KeyError"


def test_an_app_that_was_started_alone_logs_json_lines_without_the_text_of_errors(
    capsys: pytest.CaptureFixture[str],
) -> None:
    structlog.reset_defaults()
    logs.install(Flask("alone"))
    try:
        try:
            raise KeyError("330000199001010014")
        except KeyError as cause:
            raise ValueError("13800000000") from cause
    except ValueError as error:
        structlog.get_logger().error("unexpected_error", exc_info=error)
    line = json.loads(capsys.readouterr().out)
    assert [text for text in line["exception"].splitlines() if not text.startswith(" ")] == [
        "ValueError",
        "caused by",
        "KeyError",
    ]


def test_of_two_editors_with_the_same_etag_the_second_answers_412_and_the_first_edit_stands(
    notes: UnderTest, anna: Actor
) -> None:
    client = notes.client(anna)
    made = client.post("/v1/notes", json={"text": "one"})
    url, etag = f"/v1/notes/{made.json['id']}", made.headers["ETag"]
    assert client.put(url, json={"text": "mine"}).status_code == 428
    first = client.put(url, json={"text": "first"}, headers={"If-Match": etag})
    assert first.status_code == 200
    assert first.headers["ETag"] != etag
    assert client.put(url, json={"text": "second"}, headers={"If-Match": etag}).status_code == 412
    assert client.get(url).json["text"] == "first"


def test_of_two_simultaneous_edits_one_wins(notes: UnderTest, anna: Actor) -> None:
    made = notes.client(anna).post("/v1/notes", json={"text": "one"})
    url, etag = f"/v1/notes/{made.json['id']}", made.headers["ETag"]
    barrier = threading.Barrier(2)

    def edit(text: str) -> int:
        client = notes.client(anna)
        barrier.wait()
        return client.put(url, json={"text": text}, headers={"If-Match": etag}).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(edit, ["a", "b"])) == [200, 412]


def test_a_number_is_read_as_it_is_written(notes: UnderTest, anna: Actor) -> None:
    client = notes.client(anna)
    for copies in (1.5, 1.0, True, "1_0", "1.0", "٣"):
        answer = client.post("/v1/notes", json={"text": "one", "copies": copies})
        assert answer.json["errors"] == [{"code": "wrong_type", "path": "copies", "params": {}}]
    for limit in ("1_0", "1.5", "true"):
        assert client.get(f"/v1/notes?limit={limit}").json["errors"][0]["code"] == "wrong_type"
    assert client.get("/v1/notes?limit=10").status_code == 200


def test_text_that_no_database_can_keep_or_that_reads_otherwise_than_it_is_kept_is_refused(
    notes: UnderTest, anna: Actor
) -> None:
    for text in ("a\u0000b", "a\ud800b", "张\u202e三", "a\u2066b", "张\u200b三", "a\u009bb", "a\uffff"):
        sent = json.dumps({"text": text})
        answer = notes.client(anna).post("/v1/notes", data=sent, content_type="application/json")
        assert answer.json["errors"] == [{"code": "control_character", "path": "text", "params": {}}]


@pytest.mark.req("B-19")
def test_a_read_waits_for_what_the_write_told_and_else_says_that_it_is_behind(
    notes: UnderTest, anna: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "WAIT", 0.2)
    event = ApplicationDeletedV1(application_id=uuid.uuid4(), unit_id=uuid.uuid4(), filler_id=anna.account_id)
    envelope = notes.envelope(event)
    after = {"Shenbao-After": f"{event.type}:{envelope.id}"}
    behind = notes.client(anna).get("/v1/notes", headers=after)
    assert (behind.status_code, behind.json["code"]) == (503, "behind")
    with notes.service.sessions.begin() as session:
        notes.service.subscriptions.deliver(session, envelope)
    assert [i["text"] for i in notes.client(anna).get("/v1/notes", headers=after).json["items"]] == ["deleted"]


def test_strangers_may_not_hold_every_thread_by_waiting(notes: UnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "WAIT", 3600.0)
    after = {"Shenbao-After": f"{ApplicationDeletedV1.type}:{uuid.uuid4()}"}
    taken = threading.BoundedSemaphore(1)
    monkeypatch.setattr(versions, "_strangers", taken)
    with taken:
        answer = notes.client().get("/v1/notes/open", headers=after)
        assert (answer.status_code, answer.json["code"]) == (503, "behind")
        assert notes.client().get("/v1/notes/open").status_code == 200


def test_a_write_hands_out_what_it_told_and_a_service_does_not_wait_for_what_it_does_not_hear(
    notes: UnderTest, anna: Actor
) -> None:
    made = notes.client(anna).post("/v1/notes", json={"text": "one"})
    version = made.headers["Shenbao-Version"]
    assert version.startswith("units.organisation_created.v1:")
    assert notes.client(anna).get("/v1/notes", headers={"Shenbao-After": version}).status_code == 200
    assert notes.client(anna).get("/v1/notes", headers={"Shenbao-After": "rubbish"}).status_code == 422


def test_forged_tokens_are_refused(notes: UnderTest, anna: Actor) -> None:
    good = token(anna)
    head, body, signature = good.split(".")
    secret = OctKey.import_key("x" * 32)
    forged = [
        f"{head}.{body}.{signature[:-4]}AAAA",
        "eyJhbGciOiJub25lIn0." + body + ".",
        jwt.encode({"alg": "HS256", "typ": "at+jwt"}, {"sub": str(anna.account_id)}, secret),
        token(anna, seconds=-1),
        token(anna, aud="another"),
        notes.slip("identity", "shenbao-ticket+jwt", {"sub": str(anna.account_id), "aud": "shenbao"}),
        "rubbish",
    ]
    for text in forged:
        client = notes.app.test_client()
        answer = client.get("/v1/notes", headers={"Authorization": f"Bearer {text}"})
        assert answer.status_code == 401, text


def test_the_feed_is_for_services_only(notes: UnderTest, anna: Actor) -> None:
    assert notes.client(anna).get("/v1/events").status_code == 403
    assert notes.client(service_actor()).get("/v1/events").json == {"events": [], "watermark": 0, "next": 0}


def test_a_number_or_a_text_that_no_column_holds_is_no_fault_of_ours(notes: UnderTest) -> None:
    reader = notes.client(service_actor())
    for query in ({"after": 10**29}, {"subject": "a\0b"}, {"types": "a\0b"}):
        answer = reader.get("/v1/events", query_string=query)
        assert (answer.status_code, answer.json["code"]) == (422, "invalid"), query


def test_an_unknown_address_is_404_and_a_wrong_method_405_as_problems(notes: UnderTest, anna: Actor) -> None:
    assert notes.client(anna).get("/v1/nowhere").json["code"] == "not_found"
    assert notes.client(anna).delete("/v1/notes").json["code"] == "method_not_allowed"


def test_the_numbers_of_requirements_stay_out_of_the_document(notes: UnderTest) -> None:
    described = notes.client().get("/openapi.json").json["paths"]["/v1/notes"]["post"]
    assert described["summary"] == "Write a note, or several, in words (for oneself)."


def test_openapi_and_keys_are_published(notes: UnderTest) -> None:
    assert notes.client().get("/openapi.json").json["info"]["title"] == "Notes"
    assert "http://portal.test/static/vendor/swagger/swagger-ui-bundle.js" in notes.client().get("/docs").text
    key = notes.client().get("/.well-known/jwks.json").json["keys"][0]
    assert key["kty"] == "EC"
    assert "d" not in key

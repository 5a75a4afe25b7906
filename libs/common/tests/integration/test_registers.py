"""A register over real HTTP: one more try, a rest while it is down, and nothing taken from it on trust."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.serving import make_server

from shenbao_common.web.registers import Breaker, Register, RegisterAway


class Office:
    """Answers in the order it was told to: a status, a body, or records."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.asked: list[tuple[str, Any]] = []
        self.url = ""

    def app(self) -> Flask:
        flask = Flask("office")

        @flask.post("/title")
        def title() -> ResponseReturnValue:
            self.asked.append((request.headers["X-Request-Id"], request.get_json()))
            answer = self.answers.pop(0) if self.answers else []
            if isinstance(answer, int):
                return "", answer
            return Response(answer, mimetype="application/json") if isinstance(answer, str) else jsonify(records=answer)

        return flask


@pytest.fixture
def office() -> Iterator[Office]:
    found = Office()
    server = make_server("127.0.0.1", 0, found.app(), threaded=True)
    found.url = f"http://127.0.0.1:{server.server_port}/title"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def test_records_come_with_where_they_are_from(office: Office) -> None:
    office.answers = [[{"tier": "senior"}]]
    answer = Register("title", office.url, "t").ask({"name": "张三"})
    assert (answer.register, answer.records) == ("title", [{"tier": "senior"}])
    assert office.asked == [(answer.request_id, {"name": "张三"})]


def test_what_breaks_inside_is_tried_once_more_and_what_is_refused_is_not(office: Office) -> None:
    register = Register("title", office.url, "t")
    office.answers = [502, [{}]]
    assert register.ask({}).records == [{}]
    assert office.asked[0][0] == office.asked[1][0]
    office.answers = [403, [{}]]
    with pytest.raises(RegisterAway, match="403"):
        register.ask({})
    assert len(office.asked) == 3


@pytest.mark.parametrize("said", ["[]", "{}", '{"records": [1]}', "no json", '{"records": "' + "x" * 300_000 + '"}'])
def test_anything_else_than_records_is_no_answer(office: Office, said: str) -> None:
    office.answers = [said]
    with pytest.raises(RegisterAway):
        Register("title", office.url, "t").ask({})


def test_a_register_that_is_down_is_left_alone_and_tried_again_after_its_rest(office: Office) -> None:
    seconds = [0.0]
    register = Register("title", office.url, "t", breaker=Breaker(monotonic=lambda: seconds[0]))
    office.answers = [500] * 6
    for _ in range(3):
        with pytest.raises(RegisterAway):
            register.ask({})
    assert len(office.asked) == 6
    with pytest.raises(RegisterAway, match="left alone"):
        register.ask({})
    assert len(office.asked) == 6
    seconds[0] = 31.0
    assert register.ask({}).records == []
    assert register.ask({}).records == []


def test_one_that_is_not_there_is_away() -> None:
    with pytest.raises(RegisterAway, match="not reached"):
        Register("title", "http://127.0.0.1:9/title", "t").ask({})

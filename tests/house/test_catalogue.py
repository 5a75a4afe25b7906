"""The catalogue of events for machines: current, served by every service, and good in the eyes of others' tools."""

import json
import subprocess
from pathlib import Path

import pytest
from flask import Flask

from shenbao_common.bus.asyncapi import document
from shenbao_common.bus.envelope import Envelope
from shenbao_common.contracts import catalogue
from shenbao_common.contracts.consumers import consumers
from shenbao_common.contracts.event import Event
from shenbao_common.testing.contracts import example_event, objections
from shenbao_stack import inspection
from shenbao_stack.event_page import drawn
from shenbao_stack.services import SERVICES

each_event = pytest.mark.parametrize("event_type", catalogue.ALL, ids=lambda e: e.type)


def test_the_pages_of_events_are_current(root: Path, apps: dict[str, Flask]) -> None:
    wanted = drawn(inspection.listeners(apps), consumers(root / "contracts" / "consumers"))
    docs = root / "docs"
    there = {path.relative_to(docs).as_posix(): path for path in (docs / "asyncapi").rglob("*.json")}
    there["events.md"] = docs / "events.md"
    present = {name: path.read_text(encoding="utf-8") for name, path in there.items()}
    assert {n for n in wanted.keys() | present.keys() if wanted.get(n) != present.get(n)} == set(), "run `make events`"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_serves_the_catalogue_of_what_it_tells_to_anybody(apps: dict[str, Flask], service: str) -> None:
    answer = apps[service].test_client().get("/v1/events/catalogue")
    assert (answer.status_code, answer.json) == (200, document(service))
    assert set(document(service)["channels"]) == {e.type for e in catalogue.ALL if e.publisher() == service}


def test_asyncapis_own_parser_finds_no_error_in_any_document(root: Path) -> None:
    documents = sorted((root / "docs" / "asyncapi").glob("*.json"))
    assert documents
    checked = _parser(root, *documents)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_parser_does_find_what_is_wrong(root: Path, tmp_path: Path) -> None:
    wrong = document("units")
    wrong["operations"]["tell.units.unit_registered.v1"]["action"] = "shout"
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(wrong), encoding="utf-8")
    checked = _parser(root, path)
    assert checked.returncode == 1
    assert "tell.units.unit_registered.v1.action" in checked.stderr


@each_event
def test_a_golden_example_is_valid_by_its_json_schema(root: Path, event_type: type[Event]) -> None:
    path = root / "docs" / "asyncapi" / "schemas" / f"{event_type.type}.json"
    assert objections(json.loads(path.read_text(encoding="utf-8")), catalogue.example(event_type)) == []


@each_event
def test_an_example_without_a_required_field_is_not_valid(event_type: type[Event]) -> None:
    schema, whole = event_type.json_schema(), catalogue.example(event_type)
    for name in schema["required"]:
        assert objections(schema, {key: value for key, value in whole.items() if key != name})


@each_event
def test_the_headers_of_an_event_on_the_wire_are_those_of_the_document(event_type: type[Event]) -> None:
    headers = Envelope.of(example_event(event_type), position=7, revision=1).to_headers()
    message = document(event_type.publisher())["components"]["messages"][event_type.__name__]
    assert objections(message["headers"], headers) == []
    assert headers.keys() <= message["headers"]["properties"].keys()


def _parser(root: Path, *documents: Path) -> subprocess.CompletedProcess[str]:
    script = root / "tools" / "check-asyncapi.mjs"
    return subprocess.run(["node", script, *documents], capture_output=True, text=True, check=False, timeout=60)

"""What a rehearsal finds in a handler before it goes live."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shenbao_subscriber import Event
from shenbao_subscriber.rehearsal import golden, recorded, rehearse

EXAMPLES = Path(__file__).parents[3] / "common/src/shenbao_common/contracts/examples"


def entry(source: str, sequence: int, fact: str = "raised.v1", **data: object) -> dict[str, Any]:
    return {
        "id": f"{source}-{sequence}",
        "type": f"cn.shenbao.{source}.{fact}",
        "source": f"/shenbao/{source}",
        "subject": "a",
        "sequence": str(sequence),
        "time": "2014-05-06T01:30:00+00:00",
        "data": {"number": sequence, **data},
    }


RECORDING = [entry(source, sequence) for sequence in (1, 3, 4, 7, 8) for source in ("counter", "meter")]


def test_a_handler_that_keeps_ids_is_fit() -> None:
    done: dict[str, int] = {}

    def on_event(event: Event) -> None:
        done.setdefault(event.id, event.data["number"])

    rehearsal = rehearse(on_event, RECORDING, state=lambda: dict(done))
    rehearsal.ensure_fit()
    assert len(rehearsal.played) == 6
    assert len(done) == len(RECORDING)


def test_a_handler_that_counts_twice_what_comes_twice_is_not_fit() -> None:
    total = [0]

    def on_event(event: Event) -> None:
        total[0] += event.data["number"]

    problems = rehearse(on_event, RECORDING, state=lambda: total[0]).problems
    assert any("what came again changed the state" in problem for problem in problems)
    with pytest.raises(AssertionError, match="changed the state"):
        rehearse(on_event, RECORDING, state=lambda: total[0]).ensure_fit()


def test_a_handler_that_refuses_new_fields_is_told_so_and_the_others_are_still_played() -> None:
    def strict(event: Event) -> None:
        if set(event.data) != {"number"}:
            raise ValueError("an unknown field")

    rehearsal = rehearse(strict, RECORDING)
    assert rehearsal.problems == [
        f"fields of tomorrow: {source}.raised.v1 8 of {source} raised ValueError: an unknown field"
        for source in ("counter", "meter")
    ]


def test_a_handler_never_sees_what_it_does_not_listen_to_and_its_reporter_is_rehearsed_too() -> None:
    seen: set[str] = set()

    def broken(_unread: object) -> None:
        raise RuntimeError("no such table")

    both = [*RECORDING, entry("counter", 9, "named.v1")]
    rehearsal = rehearse(lambda e: seen.add(e.type), both, types=["counter.raised.v1"], on_unreadable=broken)
    assert seen == {"counter.raised.v1"}
    assert {p.split(": ", 1)[1] for p in rehearsal.problems} == {"on_unreadable raised RuntimeError: no such table"}


def test_golden_examples_of_every_event_can_be_rehearsed() -> None:
    seen: set[str] = set()
    rehearse(lambda event: seen.add(event.type), golden(EXAMPLES)).ensure_fit()
    assert seen == {file.stem for file in EXAMPLES.glob("*.json")}


def test_the_command_names_the_problem_and_ends_with_1(tmp_path: Path) -> None:
    (tmp_path / "listener.py").write_text("def on_event(event):\n    event.data['number']\n", encoding="utf-8")
    pages = [json.dumps({"events": RECORDING[:4], "next": 2}), json.dumps(RECORDING[4:])]
    (tmp_path / "feed.json").write_text("\n".join(pages), encoding="utf-8")
    assert recorded(tmp_path / "feed.json") == RECORDING
    command = [sys.executable, "-m", "shenbao_subscriber.rehearsal", "listener:on_event", "feed.json"]
    fit = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (fit.returncode, fit.stdout.count("feed.json: fit: ")) == (0, 6), fit.stdout + fit.stderr
    unfit = subprocess.run([*command, EXAMPLES], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert unfit.returncode == 1
    assert "applications.submitted.v1" in unfit.stdout
    assert "raised KeyError: 'number'" in unfit.stdout

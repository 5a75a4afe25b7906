"""The example of the README does what it says, word for word."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from shenbao_common.bus import wake
from shenbao_common.bus.relay import Relay
from shenbao_common.contracts import catalogue
from shenbao_common.contracts.applications import ApplicationSubmittedV1
from shenbao_common.testing.bus import BRISK, Counter, running
from shenbao_common.testing.rabbit import depth
from shenbao_common.testing.service import eventually

README = Path(__file__).resolve().parents[2] / "README.md"
LINE = "applications.submitted.v1 {} 2014-000123\n"


@contextmanager
def example(api: Any, folder: Path, broker_url: str | None) -> Iterator[subprocess.Popen[str]]:
    found = re.search(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    settings = {"SHENBAO_API": api.url, "MY_SECRET": "my-secret"}
    if broker_url:
        settings["SHENBAO_BROKER_URL"] = broker_url
    process = subprocess.Popen(
        [sys.executable, "-c", found[1]], cwd=folder, env=os.environ | settings, stdout=subprocess.PIPE, text=True
    )
    with process:
        try:
            yield process
        finally:
            process.terminate()


def tell(counter: Counter) -> None:
    counter.tell(ApplicationSubmittedV1.from_wire(catalogue.example(ApplicationSubmittedV1)))


@pytest.mark.parametrize("way", ["queue", "feed"])
def test_the_example_hears_an_event(way: str, counter: Counter, api: Any, tmp_path: Path, queues: str) -> None:
    broker_url = queues if way == "queue" else None
    relay = Relay("applications", counter.url, broker_url, on_stamped=lambda: wake.ring("counter"), pace=BRISK)
    with running(relay.run), example(api, tmp_path, broker_url) as process:
        assert process.stdout
        tell(counter)
        assert process.stdout.readline() == LINE.format(1), "before or after it came, whichever was first"
        if broker_url:
            eventually(lambda: depth(queues, "my-system") == 0)
        tell(counter)
        assert process.stdout.readline() == LINE.format(2)

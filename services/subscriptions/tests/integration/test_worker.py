"""The worker as a process: killed in the middle of delivering, and another one beside it."""

import os
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.receiver import Post, Receiver
from shenbao_common.testing.service import UnderTest, environment, eventually

COURSE = ["submitted", "step_opened", "step_passed", "approved"]


@contextmanager
def worker(service: UnderTest) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m shenbao_subscriptions.worker`; the feeds of the other services are away, which stops nothing."""
    own = {"SUBSCRIPTIONS_PRIVATE_TARGETS": "127.0.0.0/8"}
    told = environment("subscriptions", service.service.settings.database_url, own)
    command = [sys.executable, "-m", "shenbao_subscriptions.worker"]
    process = subprocess.Popen(command, env={**os.environ, **told}, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_a_worker_killed_in_the_middle_loses_nothing_and_the_next_keeps_the_order(
    service: UnderTest, town: Any, office: Any, receiver: Receiver
) -> None:
    subscriber = office.register(receiver, filter={"programmes": [town.P]})
    applications = [uuid7() for _ in range(100)]
    courses = [town.course(town.P, a) for a in applications]
    for step in range(4):
        town.hear(*(course[step] for course in courses))
    with worker(service) as first:
        eventually(lambda: len(receiver.taken) > 60, seconds=30)
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert len(receiver.taken) < 400, "it was killed in the middle"
    with worker(service):
        eventually(lambda: office.look(subscriber)["filled_to"] == office.look(subscriber)["head"], seconds=30)
        eventually(lambda: office.look(subscriber)["waiting"] == 0, seconds=30)
    assert types_in_order(receiver.taken) == {str(a): COURSE for a in applications}
    twice = len(receiver.taken) - 400
    assert 0 <= twice <= 60, "at most what was under way came twice"


def test_of_two_workers_one_delivers_and_the_other_takes_over(
    service: UnderTest, town: Any, office: Any, receiver: Receiver
) -> None:
    office.register(receiver, filter={"programmes": [town.P]})
    with worker(service) as first, worker(service):
        town.hear(*town.course(town.P))
        eventually(lambda: len(receiver.taken) == 4, seconds=30)
        first.send_signal(signal.SIGKILL)
        first.wait()
        town.hear(*town.course(town.P))
        eventually(lambda: len({post.event["id"] for post in receiver.taken}) == 8, seconds=30)
    # What was delivered a moment before the end, and not noted any more, comes once more.
    assert len(receiver.taken) <= 12


def types_in_order(posts: list[Post]) -> dict[str, list[str]]:
    """Of each application what came, without repeats, in the order in which each came first."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for post in posts:
        found[post.event["subject"]].setdefault(post.event["type"].split(".")[-2])
    return {subject: list(types) for subject, types in found.items()}

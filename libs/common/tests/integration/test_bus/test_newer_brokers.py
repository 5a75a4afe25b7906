"""What RabbitMQ 4 took away or frowns upon is used nowhere, so the broker's next major version changes nothing for us.

Classic mirrored queues (and their policies) and x-queue-mode are gone; transient queues that are not exclusive and
global prefetch are deprecated; a quorum queue drops a message after 20 deliveries unless it says otherwise. The tests'
own broker may be as old as 3.10, so it is asked what we have made and how we consume.
"""

import json
from typing import Any

from shenbao_common.bus import topology
from shenbao_common.testing.bus import Counter, Listener
from shenbao_common.testing.private_rabbit import PrivateRabbit
from shenbao_common.testing.rabbit import clean
from shenbao_common.testing.service import eventually


def test_nothing_is_made_or_asked_that_rabbitmq_4_has_not(
    mortal_rabbit: PrivateRabbit, counter: Counter, listener: Listener
) -> None:
    clean(mortal_rabbit.url)
    with counter.relay(mortal_rabbit.url), listener.worker(counter.feed, mortal_rabbit.url):
        counter.raise_counter("a", 1)
        eventually(lambda: listener.numbers() == [1])
        queues = _listed(mortal_rabbit, "list_queues", "name", "durable", "exclusive", "auto_delete", "arguments")
        channels = _listed(mortal_rabbit, "list_channels", "prefetch_count", "global_prefetch_count")
    ours = [
        queue for queue in queues if queue["name"] in (topology.inbox_of("listener"), topology.parked_of("listener"))
    ]
    assert len(ours) == 2
    for queue in ours:
        assert (queue["durable"], queue["exclusive"] or False, queue["auto_delete"]) == (True, False, False)
        arguments = {name: value for name, _, value in queue["arguments"]}
        assert arguments["x-queue-type"] == "quorum", queue["name"]
        assert not {"x-queue-mode", "x-ha-policy", "x-queue-master-locator"} & set(arguments), queue["name"]
        if queue["name"].endswith(".inbox"):
            assert arguments["x-delivery-limit"] >= 1_000_000
    assert channels
    assert {channel["global_prefetch_count"] for channel in channels} == {0}


def _listed(rabbit: PrivateRabbit, *command: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(rabbit.control("--quiet", *command, "--formatter", "json"))
    return found

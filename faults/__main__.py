"""`make faults`: each fault under load, and afterwards: nothing lost, nothing done twice, how long until all was well.

python -m faults [--seconds 60] [name ...]     a table; exit status 1 when anything is wrong
"""

import argparse
import sys
import time
from collections.abc import Iterator

from faults.causes import FAULTS, Scene
from faults.load import Load
from shenbao_common.testing.private_rabbit import PrivateRabbit
from shenbao_common.testing.rabbit import clean
from shenbao_stack import job, ledger, reconciliation
from shenbao_stack.nursery import Nursery
from shenbao_stack.operators import Bus
from shenbao_stack.services import SERVICES
from shenbao_stack.stack import Stack
from shenbao_stack.testing import temporary_folder, world_of
from shenbao_stack.waiting import TooLate, until
from shenbao_stack.world import World, done

_SETTLED_SECONDS = 120.0
_PATIENCE = 180.0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m faults", description="Faults under load.")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(FAULTS)}; default: all")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long each lasts [default: 60]")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.names) - set(FAULTS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    print(f"{'fault':20} {'journeys':>8} {'well again after':>17}  what is wrong")
    wrong = 0
    with temporary_folder() as folder, Nursery(folder) as nursery:
        broker = PrivateRabbit().start()
        try:
            for name in asked.names or FAULTS:
                wrong += _played(name, nursery, broker, asked.seconds)
        finally:
            broker.close()
    return 1 if wrong else 0


def _played(name: str, nursery: Nursery, broker: PrivateRabbit, seconds: float) -> int:
    """How much is wrong, after its line is printed."""
    clean(broker.url)
    with nursery.stack(split=True, broker_url=broker.url) as stack, world_of(stack, patience=_PATIENCE) as world:
        load = Load(world)
        with load:
            FAULTS[name](Scene(stack, nursery, broker, seconds))
            began = time.monotonic()
        found = _what_is_wrong(stack, world, load)
        recovered = f"{time.monotonic() - began:.1f} s"
    print(f"{name:20} {len(load.ended):>8} {recovered:>17}  {'; '.join(found) or 'nothing'}", flush=True)
    return len(found)


def _what_is_wrong(stack: Stack, world: World, load: Load) -> list[str]:
    """Waits until all is well; what is not by then."""
    found: list[str] = []
    try:
        until(lambda: not _not_approved(load) and not ledger.unheard(stack), seconds=_SETTLED_SECONDS)
    except TooLate:
        found += [f"{teller}: {what}" for teller, what in ledger.unheard(stack).items()]
        found += [f"{len(_not_approved(load))} not approved"] if _not_approved(load) else []
    found += [f"wrong positions in {s}" for s in SERVICES if ledger.wrong_positions(stack, s)]
    found += [f"log of {application} is {log}" for application, log in _wrong_logs(load)]
    done(world.admin().call("GET", "identity", "/v1/me"))  # a token that is fresh
    with Bus(stack.url(), world.admin().tokens.access) as bus:
        found += [f"{gap.service} lacks {gap.step}" for gap in reconciliation.gaps(bus, grace=2)]
    return found


def _not_approved(load: Load) -> list[str]:
    """Applications whose unit does not see yet how their journey ended."""
    return [a for a, (user, _) in load.ended.items() if job.shown(user, a)["status"] != "approved"]


def _wrong_logs(load: Load) -> Iterator[tuple[str, list[str]]]:
    """A decision that was lost or taken twice stands in review's log."""
    for application, (user, wanted) in load.ended.items():
        lines = done(user.call("GET", "review", f"/v1/cases/{application}/log"))["items"]
        actions = [line["action"] for line in lines]
        if actions != wanted:
            yield application, actions


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`shenbao events …`: what the person on call does with events, through the services' operators' APIs."""

from typing import Any

import click

from shenbao_stack.access import as_operator
from shenbao_stack.operators import Bus, Entry
from shenbao_stack.services import SERVICES

_REPLAY_SECONDS = 60.0


@click.group()
def events() -> None:
    """Looks at what the services have told and heard, and puts right what went wrong.

    Permission events.operate is asked for: by browser, --token or --client.
    """


@events.command()
@click.argument("wanted", metavar="APPLICATION|TRACE")
@as_operator
def timeline(bus: Bus, wanted: str) -> None:
    """Where the events of an application (reference or id), of any other subject (id), or of a trace are."""
    for entry in bus.timeline(wanted):
        print(_line(entry))


@events.command()
@as_operator
def parked(bus: Bus) -> None:
    """Lists the events that a person has to look at."""
    found = bus.parked()
    for service, e in found:
        print(f"{e['seen_at']}  {service:12}  {e['event_id']}  {e['type']}  {e['subject']}  {e['error']}")
    print(f"{len(found)} parked")


@events.command("send-back")
@click.argument("event_ids", nargs=-1, type=click.UUID)
@click.option("--all", "everything", is_flag=True, help="Every parked event.")
@as_operator
def send_back(bus: Bus, event_ids: tuple[Any, ...], everything: bool) -> None:
    """Gives parked events to their handlers again."""
    if everything == bool(event_ids):
        raise click.UsageError("name events, or say --all")
    sent = bus.send_back(None if everything else [str(event_id) for event_id in event_ids])
    for service, number in sent.items():
        print(f"{service}: {number} sent back")
    if not sent:
        print("nothing was parked")


@events.command()
@click.argument("service", type=click.Choice(SERVICES))
@click.option("--source", required=True, type=click.Choice(SERVICES), help="Whose events.")
@click.option("--after", default=0, show_default=True, help="Position after which to begin.")
@click.option("--until", default=None, type=int, help="Position to end with [default: the newest].")
@click.option("--subject", default=None, help="Only of this application, unit ...")
@as_operator
def replay(bus: Bus, service: str, **wanted: Any) -> None:
    """Has SERVICE read a publisher's past again; what it has handled is left alone."""
    done = bus.replay(service, seconds=_REPLAY_SECONDS, **wanted)
    ending = "" if done["finished_at"] else f"; goes on ({done['error'] or 'under way'})"
    print(f"{done['read']} read, up to position {done['reached']}{ending}")


@events.command()
@as_operator
def depths(bus: Bus) -> None:
    """How much waits in each service, and for how long; how far each follows the others."""
    found = bus.depths()
    print(f"{'':12}  {'unpublished':>16}  {'deferred':>16}  {'parked':>16}  behind")
    for service, depth in found.items():
        waiting = "  ".join(_depth(depth[name]) for name in ("unpublished", "deferred", "parked"))
        behind = ", ".join(f"{source} {n}" for source, n in behind_of(depth, found).items() if n) or "-"
        print(f"{service:12}  {waiting}  {behind}")


def behind_of(depth: Any, found: Any) -> dict[str, int]:
    """Positions that a service is behind each publisher; one that did not answer is left out."""
    return {s: max(0, found[s]["position"] - reached) for s, reached in depth["followed"].items() if s in found}


def _depth(depth: Any) -> str:
    return f"{depth['number']:>7} ({depth['age']:>5.0f} s)"


def _line(entry: Entry) -> str:
    step = entry.step
    more = []
    if entry.state == "confirmed":
        more.append(f"at position {step['position']}")
    if step["way"] == "heard" and entry.state != "handled":
        more.append(f"after {step['attempts']} tries: {step['error']}")
        more += [f"next at {step['next_attempt_at']}"] if step["next_attempt_at"] else []
    if step["way"] == "delivery":
        more.append(
            f"to {step['subscriber_id']} at try {step['attempts']}" + (f": {step['error']}" if step["error"] else "")
        )
    if step["replayed"]:
        more.append("replayed")
    place = f"{entry.at}  {entry.service:12}  {entry.state:9}"
    return f"{place}  {step['type']}  {step['event_id']}  {'; '.join(more)}".rstrip()

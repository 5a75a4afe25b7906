"""The `shenbao` command."""

import multiprocessing
import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType

import click

from shenbao_stack import screen
from shenbao_stack.addresses import from_environment
from shenbao_stack.command_audit import audit
from shenbao_stack.command_backup import backup, restore
from shenbao_stack.command_clients import clients
from shenbao_stack.command_events import events
from shenbao_stack.command_keys import keys
from shenbao_stack.command_migrations import migrate, migration
from shenbao_stack.command_programmes import programmes
from shenbao_stack.command_reconcile import reconcile
from shenbao_stack.demo import seed
from shenbao_stack.secret_store import UnfitForProduction
from shenbao_stack.services import EVERYTHING, SERVICES, root
from shenbao_stack.stack import AlreadyRunning, Plan, Stack
from shenbao_stack.supervisor import DidNotStart

_OF_SERVICES = (*(f"{s.upper()}_" for s in EVERYTHING), "SHENBAO_ALGORITHMS")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Shenbao, a suite of services on which declarations are made, reviewed and certified."""


main.add_command(audit)
main.add_command(backup)
main.add_command(clients)
main.add_command(events)
main.add_command(keys)
main.add_command(migrate)
main.add_command(reconcile)
main.add_command(restore)
main.add_command(migration)
main.add_command(programmes)


@main.command()
@click.option("--port", default=8000, show_default=True, help="Port of the portal and, under /api, of the services.")
@click.option("--data", type=click.Path(path_type=Path), default=None, help="Where data is kept [default: .data].")
@click.option("--profile", type=click.Choice(["demo", "production"]), default="demo", show_default=True)
@click.option("--demo/--no-demo", "wanted", default=True, help="Publish demo data on the first start.")
@click.option("--split", is_flag=True, help="Processes of their own for each service's web, worker and relay.")
@click.option("--broker", default=None, help="amqp:// address; without it events travel by the feeds.")
def run(port: int, data: Path | None, profile: str, wanted: bool, split: bool, broker: str | None) -> None:
    """Starts the whole suite and stops it on Ctrl-C.

    Real servers instead of the embedded ones: SHENBAO_BROKER_URL and <SERVICE>_DATABASE_URL in the environment.
    """
    plan = Plan(
        folder=data or root() / ".data",
        profile=profile,
        port=port,
        split=split,
        public_url=os.environ.get("SHENBAO_PORTAL_URL", ""),
        broker_url=broker or os.environ.get("SHENBAO_BROKER_URL") or None,
        database_urls=from_environment(SERVICES) or None,
        extra={name: value for name, value in os.environ.items() if name.startswith(_OF_SERVICES)},
    )
    stack = Stack(plan)
    _stop_signals()
    try:
        _run(stack, with_demo=wanted and profile == "demo")
    except (AlreadyRunning, DidNotStart, UnfitForProduction) as reason:
        raise click.ClickException(str(reason)) from None
    except _Interrupted:
        pass
    finally:
        _ignore_signals()
        print("Stopping ...", flush=True)
        stack.stop()


def _run(stack: Stack, *, with_demo: bool) -> None:
    began = time.monotonic()
    print("Starting Shenbao ...", flush=True)
    stack.start()
    if with_demo and stack.first_start:
        print("Publishing demo data ...", flush=True)
        stack.mark_begun()
        _publish_demo(stack)
    hints = seed.hints(stack) if stack.plan.profile == "demo" else []
    print(screen.ready(stack.url(), stack.folder, hints, time.monotonic() - began), flush=True)
    threading.Event().wait()  # until a signal


def _publish_demo(stack: Stack) -> None:
    """In a process of its own, whose memory goes with it."""
    child = multiprocessing.get_context("fork").Process(target=_seed, args=(stack,), daemon=True)
    child.start()
    child.join()
    if child.exitcode:
        raise DidNotStart("the demo data could not be published; the reason stands above")
    stack.mark_published()


def _seed(stack: Stack) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    seed.seed(stack)


class _Interrupted(BaseException):
    """Ctrl-C or SIGTERM."""


def _stop_signals() -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise _Interrupted

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)


def _ignore_signals() -> None:
    """A second Ctrl-C does not leave processes behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())

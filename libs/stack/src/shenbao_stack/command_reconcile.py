"""`shenbao reconcile`: do all services know the same of every application?"""

import sys

import click

from shenbao_stack import reconciliation
from shenbao_stack.access import as_operator
from shenbao_stack.operators import Bus
from shenbao_stack.reconciliation import Gap


@click.command()
@click.option("--repair", "mend", is_flag=True, help="Send the missing events again, and look once more.")
@click.option("--grace", default=5.0, show_default=True, help="Seconds after which what is missing is a gap.")
@as_operator
def reconcile(bus: Bus, mend: bool, grace: float) -> None:
    """Lists applications of which a service lacks a step; ends with 1 when there is any.

    submitted = routed = decided (applications and review), submitted known to units, approved known to documents.
    """
    found = reconciliation.gaps(bus, grace=grace)
    _print(found)
    if mend and found:
        reconciliation.repair(bus, found)
        found = reconciliation.gaps(bus, grace=grace)
        print("After the repair:")
        _print(found)
    if found:
        sys.exit(1)


def _print(found: list[Gap]) -> None:
    for gap in found:
        whose = f"told by {gap.source}" if gap.source else "cannot be repaired by events"
        print(f"{gap.reference}  {gap.application_id}  {gap.service} lacks: {gap.step}  ({whose})")
    print(f"{len(found)} missing")

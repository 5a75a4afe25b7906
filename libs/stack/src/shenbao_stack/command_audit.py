"""`shenbao audit verify`: is the audit trail of every service as it was written (B-17)?"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import click
import sqlalchemy as sa

from shenbao_common.data.audit_check import Verdict, check
from shenbao_common.data.sealed import Sealer
from shenbao_stack.addresses import database_urls
from shenbao_stack.data_keys import sealer
from shenbao_stack.services import SERVICES


@click.group()
def audit() -> None:
    """The audit trails of the services."""


@audit.command()
@click.argument("services", nargs=-1, type=click.Choice(SERVICES))
@click.option("--data", type=click.Path(path_type=Path), default=None, help="Data folder of a suite that runs.")
@click.option("--ends", type=click.Path(path_type=Path), default=None, help="File, kept apart, of where trails ended.")
def verify(services: tuple[str, ...], data: Path | None, ends: Path | None) -> None:
    """Names the first broken entry of each lane; ends with 1 when there is any.

    Keys come from <SERVICE>_DATA_KEY and <SERVICE>_OTHER_DATA_KEYS, or of the suite on the data folder. With --ends,
    entries cut off at the end are found too: the file says where the trails ended at the last whole check.
    """
    earlier: dict[str, dict[str, list[object]]] = json.loads(ends.read_text()) if ends and ends.exists() else {}
    now, broken = dict(earlier), 0
    for service, url in database_urls(services or SERVICES, data).items():
        known = {int(lane): (int(str(end[0])), str(end[1])) for lane, end in earlier.get(service, {}).items()}
        verdict = _checked(url, sealer(service, data), known)
        broken += len(verdict.broken)
        now[service] = {str(lane): list(end) for lane, end in verdict.ends.items()}
        _print(service, verdict)
    if broken:
        sys.exit(1)
    if ends:
        ends.write_text(json.dumps(now, indent=1))


def _checked(url: str, own: Sealer, earlier: Mapping[int, tuple[int, str]]) -> Verdict:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return check(connection, own, earlier)


def _print(service: str, verdict: Verdict) -> None:
    for wrong in verdict.broken:
        print(f"{service}: lane {wrong.lane}, entry {wrong.position} ({wrong.entry_id or 'not there'}): {wrong.why}")
    print(f"{service}: {verdict.entries} entries, {len(verdict.broken)} broken lanes")

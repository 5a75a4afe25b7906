"""`shenbao programmes`: what whoever writes a programme needs, from the first line to the day it ends.

check and test ask nobody; diff, publish and withdraw speak with a running suite.
"""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
import httpx

from shenbao_applications.actions import rehearsal
from shenbao_applications.domain.pack import check as pack_check
from shenbao_applications.domain.pack import samples, schema
from shenbao_stack import browser_sign_in
from shenbao_stack.access import identity_at
from shenbao_stack.packs import PACK, SAMPLES, read_pack
from shenbao_stack.services import prefix

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {
    "programme.schema.json": schema.of_pack,
    "samples.schema.json": schema.of_samples,
}


@click.group()
def programmes() -> None:
    """Programmes as data: check, test, diff, publish, withdraw."""


def _connected(command: Callable[..., None]) -> Callable[..., None]:
    """Adds what every command needs that speaks with a running suite."""
    token = click.option(
        "--token", envvar="SHENBAO_TOKEN", default="", help="With programme.publish [default: sign in]."
    )
    url = click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="Address of the portal.")
    return url(token(command))


@programmes.command()
@click.argument("folders", type=_FOLDER, nargs=-1, required=True)
def check(folders: tuple[Path, ...]) -> None:
    """Names every fault of the packs in FOLDERS at once, by file and line."""
    _end_with([line for folder in folders for line in _faults(folder)], "nothing wrong")


@programmes.command()
@click.argument("folders", type=_FOLDER, nargs=-1, required=True)
def test(folders: tuple[Path, ...]) -> None:
    """Runs the sample cases of the packs in FOLDERS through their forms, clauses and routes."""
    wrong: list[str] = []
    for folder in folders:
        faults = _faults(folder)
        wrong += faults or _differences(folder)
    _end_with(wrong, "all samples as expected")


@programmes.command()
@click.argument("folder", type=_FOLDER)
@_connected
def diff(folder: Path, url: str, token: str) -> None:
    """Says what the pack in FOLDER would change of the version in force."""
    body = _asked(url, token, "/comparison", read_pack(folder))
    print(f"{body['programme']}: " + (f"version {body['version']} is in force" if body["version"] else "new"))
    for change in body["changes"]:
        print(f"  {change['what']:8} {change['path']}{_values(change)}")
    print(f"  {len(body['changes'])} changes; {body['open_drafts']} open drafts keep their version")


@programmes.command()
@click.argument("folder", type=_FOLDER)
@_connected
def publish(folder: Path, url: str, token: str) -> None:
    """Publishes the pack in FOLDER as the next version of its programme."""
    body = _asked(url, token, "", read_pack(folder))
    print(f"published {body['programme']} version {body['version']}")


@programmes.command()
@click.argument("programme")
@click.argument("version", type=int)
@_connected
def withdraw(programme: str, version: int, url: str, token: str) -> None:
    """Takes VERSION of PROGRAMME out of force: no new project is published on it."""
    body = _asked(url, token, f"/{programme}/versions/{version}/withdrawal", {})
    print(f"withdrawn {body['programme']} version {body['version']}")


@programmes.command(name="schema")
@click.argument("folder", type=_FOLDER)
def write_schema(folder: Path) -> None:
    """Writes the JSON Schemas by which editors complete packs into FOLDER."""
    for name, make in SCHEMAS.items():
        (folder / name).write_text(schema_text(make()), encoding="utf-8")


def schema_text(made: dict[str, Any]) -> str:
    return json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _faults(folder: Path) -> list[str]:
    pack: dict[str, Any] = read_pack(folder)
    found = [pack_check.finding(p, PACK) for p in pack_check.problems(pack["programme"], pack["templates"])]
    found += [pack_check.finding(p, SAMPLES) for p in samples.objections(pack["samples"])]
    return [_line(folder, one) for one in found]


def _differences(folder: Path) -> Iterable[str]:
    pack: dict[str, Any] = read_pack(folder)
    document = pack_check.document(pack["programme"], pack["templates"])
    for outcome in rehearsal.rehearse(document, pack["samples"]):
        print(f"{'FAILED' if outcome.problems else 'ok':6} {folder / SAMPLES}:{outcome.line}: {outcome.name}")
        yield from (_line(folder, pack_check.finding(p, SAMPLES)) for p in outcome.problems)


def _line(folder: Path, finding: dict[str, Any]) -> str:
    return f"{folder / finding['file']}:{finding['line']}: {finding['path'] or '-'}: {finding['message']}"


def _values(change: dict[str, Any]) -> str:
    return "".join(
        f"{sign} {json.dumps(change[side], ensure_ascii=False)[:200]}"
        for side, sign in (("old", " from"), ("new", " to"))
        if change[side] is not None
    )


def _end_with(wrong: list[str], good: str) -> None:
    for line in wrong:
        print(line)
    if wrong:
        raise click.ClickException(f"{len(wrong)} objections")
    print(good)


def _asked(url: str, token: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    identity = identity_at(url)
    headers = {"Authorization": f"Bearer {token or browser_sign_in.access_token(identity)}"}
    programmes_at = f"{url.rstrip('/')}{prefix('applications')}/v1/programmes"
    answer = httpx.post(programmes_at + path, json=body, headers=headers, timeout=60)
    found: dict[str, Any] = answer.json()
    if answer.status_code >= 400:
        for problem in found.get("errors") or []:
            params = problem.get("params") or {}
            print(f"line {params.get('line', '-')}: {problem['path'] or '-'}: {problem['code']}")
        raise click.ClickException(f"refused: {found.get('code', answer.status_code)}")
    return found

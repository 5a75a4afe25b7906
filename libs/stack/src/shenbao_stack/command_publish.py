"""`shenbao publish`: a programme's folder becomes an immutable version."""

from pathlib import Path

import click
import httpx

from shenbao_stack import browser_sign_in
from shenbao_stack.packs import read_pack
from shenbao_stack.services import prefix


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="Address of the portal.")
@click.option("--token", envvar="SHENBAO_TOKEN", default="", help="Access token with programme.publish.")
@click.option("--check", is_flag=True, help="Only say what is wrong.")
def publish(folder: Path, url: str, token: str, check: bool) -> None:
    """Publishes the programme in FOLDER (programme.yaml and templates/); without --token a browser signs in."""
    token = token or browser_sign_in.access_token(url + prefix("identity"))
    path = "/v1/programmes/check" if check else "/v1/programmes"
    answer = httpx.post(
        f"{url}{prefix('applications')}{path}",
        json=read_pack(folder),
        headers={"Authorization": f"Bearer {token}"},
        timeout=60,
    )
    problems = _problems(answer)
    for problem in problems:
        print(_line(problem))
    if problems or answer.status_code >= 400:
        raise click.ClickException(f"not published: {answer.json().get('code', answer.status_code)}")
    body = answer.json()
    print("nothing wrong" if check else f"published {body['programme']} version {body['version']}")


def _problems(answer: httpx.Response) -> list[dict[str, object]]:
    body = answer.json()
    found: list[dict[str, object]] = body.get("problems") or body.get("errors") or []
    return found


def _line(problem: dict[str, object]) -> str:
    """`programme.yaml:12 sections.0.key unknown_field  what it means`."""
    params = problem.get("params")
    more = params if isinstance(params, dict) else {}
    line = problem.get("line") or more.get("line") or ""
    said = problem.get("message") or more.get("message") or ""
    return f"{line}: {problem.get('path', '')} {problem.get('code', '')} {said}".strip()

"""A command that cannot do what was asked says at once what is missing, and leaves nothing behind."""

import socket
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from shenbao_common.bus import relay
from shenbao_stack.command import main
from shenbao_stack.services import SERVICES
from shenbao_stack.stack import Plan, Stack
from shenbao_stack.supervisor import DidNotStart

PACK = str(Path(__file__).parents[4] / "programmes" / "title_initial_determination")
MISUSE = click.UsageError.exit_code


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Taken, by somebody who never answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
def no_databases(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for service in SERVICES:
        monkeypatch.delenv(f"{service.upper()}_DATABASE_URL", raising=False)
    return monkeypatch


@pytest.mark.parametrize("asked", [["programmes", "diff", PACK], ["programmes", "publish", PACK], ["events", "parked"]])
def test_a_suite_that_is_not_there_is_said_instead_of_waited_for(asked: list[str], silent_port: int) -> None:
    ran = CliRunner().invoke(main, [*asked, "--url", f"http://127.0.0.1:{silent_port}"])
    assert ran.exit_code == MISUSE
    assert f"nothing answers at http://127.0.0.1:{silent_port}, see --url" in ran.stderr


def test_migrate_names_every_missing_address_at_once(no_databases: pytest.MonkeyPatch) -> None:
    ran = CliRunner().invoke(main, ["migrate", "units", "review"])
    assert ran.exit_code == MISUSE
    assert "set UNITS_DATABASE_URL, REVIEW_DATABASE_URL, or name with --data the suite that runs here" in ran.stderr
    no_databases.setenv("UNITS_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/units")
    ran = CliRunner().invoke(main, ["migrate"])
    others = ", ".join(f"{service.upper()}_DATABASE_URL" for service in SERVICES if service != "units")
    assert (ran.exit_code, f"also set {others}\n" in ran.stderr) == (MISUSE, True)


def test_a_relay_without_a_database_ends_with_a_sentence(no_databases: pytest.MonkeyPatch) -> None:
    no_databases.setattr("sys.argv", ["relay", "units"])
    with pytest.raises(SystemExit, match="set UNITS_DATABASE_URL in the environment"):
        relay.main()


def test_a_start_that_is_refused_leaves_no_folder(tmp_path: Path, silent_port: int) -> None:
    folder = tmp_path / "data"
    with pytest.raises(DidNotStart, match=f"something else listens on port {silent_port}"):
        Stack(Plan(folder=folder, profile="demo", port=silent_port)).start()
    assert not folder.exists()

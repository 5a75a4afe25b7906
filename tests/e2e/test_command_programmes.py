"""Whoever writes a programme compares, publishes and withdraws it from the command line."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from shenbao_stack.command import main
from shenbao_stack.services import root
from shenbao_stack.stack import Stack
from shenbao_stack.world import World

KEY = "command_line_trial"


@pytest.mark.req("B-29")
def test_a_pack_is_compared_published_and_withdrawn_from_the_command_line(
    stack: Stack, world: World, tmp_path: Path
) -> None:
    folder = tmp_path / KEY
    shutil.copytree(root() / "programmes" / "talent_settle_in", folder)
    pack = folder / "programme.yaml"
    first = pack.read_text(encoding="utf-8").replace("programme: talent_settle_in", f"programme: {KEY}")
    pack.write_text(first, encoding="utf-8")

    def asked(command: str, *words: str) -> Result:
        token = world.admin().tokens.access
        return CliRunner().invoke(main, ["programmes", command, *words, "--url", stack.url(), "--token", token])

    assert f"{KEY}: new" in asked("diff", str(folder)).output
    published = asked("publish", str(folder))
    assert (published.exit_code, published.output) == (0, f"published {KEY} version 1\n")
    pack.write_text(first.replace("max_rows: 10", "max_rows: 12"), encoding="utf-8")
    compared = asked("diff", str(folder)).output
    assert f"{KEY}: version 1 is in force" in compared
    assert "max_rows from 10 to 12" in compared
    assert "1 changes; 0 open drafts keep their version" in compared
    assert asked("publish", str(folder)).output == f"published {KEY} version 2\n"
    pack.write_text(first.replace("decider: city_hr_bureau", "decider: nobody"), encoding="utf-8")
    refused = asked("publish", str(folder))
    assert refused.exit_code == 1
    assert ": unknown_word" in refused.output
    pack.write_text(first, encoding="utf-8")
    assert asked("withdraw", KEY, "2").output == f"withdrawn {KEY} version 2\n"
    assert f"{KEY}: version 1 is in force" in asked("diff", str(folder)).output

"""`shenbao programmes` as somebody types it who writes a pack; no suite has to run."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from shenbao_stack.command_programmes import SCHEMAS, programmes, schema_text

ROOT = Path(__file__).parents[4] / "programmes"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "title_initial_determination", tmp_path / "pack"))


def rewrite(path: Path, old: str, new: str) -> int:
    """Replaces one place of a file; answers its line."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_every_fault_is_named_by_file_and_line(folder: Path) -> None:
    first = rewrite(folder / "programme.yaml", "type: email", "type: letter")
    second = rewrite(folder / "programme.yaml", "decider: city_hr_bureau, ", "")
    third = rewrite(folder / "samples.yaml", "expect: {missing", "expect: {lacking")
    ran = CliRunner().invoke(programmes, ["check", str(folder)])
    assert ran.exit_code == 1
    lines = ran.stdout.splitlines()
    assert lines[0].startswith(
        f"{folder}/programme.yaml:{first}: sections.0.fields.13.type: unknown word (word: letter"
    )
    assert lines[1] == f"{folder}/programme.yaml:{second}: route.2.decider: missing key"
    assert lines[2].startswith(f"{folder}/samples.yaml:{third}: samples.2.expect.lacking: unknown key")
    assert (len(lines), ran.stderr) == (3, "Error: 3 objections\n")


def test_the_packs_of_the_tree_are_good_and_their_samples_too() -> None:
    folders = [str(path.parent) for path in sorted(ROOT.glob("*/programme.yaml"))]
    assert CliRunner().invoke(programmes, ["check", *folders]).output == "nothing wrong\n"
    ran = CliRunner().invoke(programmes, ["test", *folders])
    assert (ran.exit_code, ran.output.splitlines()[-1]) == (0, "all samples as expected")


def test_a_sample_that_goes_otherwise_ends_the_command_with_a_failure(folder: Path) -> None:
    line = rewrite(folder / "samples.yaml", "[basic.party_join_date]", "[]")
    ran = CliRunner().invoke(programmes, ["test", str(folder)])
    assert ran.exit_code == 1
    assert f"{folder}/samples.yaml:{line}: samples.2.expect.missing: sample differs" in ran.output
    assert ran.output.count("FAILED") == 1


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schemas_that_editors_read_are_current(name: str) -> None:
    written = (ROOT / name).read_text(encoding="utf-8")
    assert written == schema_text(SCHEMAS[name]()), "run `shenbao programmes schema programmes`"


def test_a_file_that_is_missing_or_no_text_is_named_too(folder: Path) -> None:
    (folder / "samples.yaml").write_bytes("a: 1\nb: 申报\n".encode("gbk"))
    ran = CliRunner().invoke(programmes, ["check", str(folder)])
    assert (ran.exit_code, ran.output) == (1, f"Error: {folder}/samples.yaml:2: not in UTF-8\n")
    (folder / "programme.yaml").unlink()
    ran = CliRunner().invoke(programmes, ["check", str(folder)])
    assert (ran.exit_code, ran.output) == (1, f"Error: {folder}/programme.yaml:1: No such file or directory\n")

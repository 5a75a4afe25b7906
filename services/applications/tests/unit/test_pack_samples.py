"""Every pack of the tree against its own sample cases, and what is said of samples that are wrong."""

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from shenbao_applications.actions import rehearsal
from shenbao_applications.domain.pack import check, samples, schema
from shenbao_applications.domain.pack.field_words import COLUMN_TYPES, FIELD_TYPES
from shenbao_applications.domain.pack.shapes import Anything
from shenbao_applications.domain.pack.source import Findings, read

PROGRAMMES = Path(__file__).parents[4] / "programmes"
FOLDERS = sorted(path.parent for path in PROGRAMMES.glob("*/programme.yaml"))
each_pack = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def texts(folder: Path) -> tuple[str, dict[str, str], str]:
    templates = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("templates/*.typ")}
    pack, cases = (folder / name for name in ("programme.yaml", "samples.yaml"))
    return pack.read_text(encoding="utf-8"), templates, cases.read_text(encoding="utf-8")


def plain(text: str) -> Any:
    """The file as an editor sees it."""
    root = read(text, Findings())
    assert root is not None
    return Anything().read(root, "", Findings())


@each_pack
def test_a_pack_of_the_tree_is_without_fault_and_its_samples_go_as_expected(folder: Path) -> None:
    pack, templates, cases = texts(folder)
    assert check.problems(pack, templates) == []
    assert samples.objections(cases) == []
    outcomes = rehearsal.rehearse(check.document(pack, templates), cases)
    assert len(outcomes) >= 3
    assert [p for outcome in outcomes for p in outcome.problems] == []


@each_pack
def test_a_pack_of_the_tree_fits_the_schemas_that_editors_complete_from(folder: Path) -> None:
    pack, _, cases = texts(folder)
    for text, made, name in ((pack, schema.of_pack(), "programme"), (cases, schema.of_samples(), "samples")):
        assert list(jsonschema_rs.validator_for(made).iter_errors(plain(text))) == []
        assert text.startswith(f"# yaml-language-server: $schema=../{name}.schema.json\n")
    assert (folder / "README.md").read_text(encoding="utf-8").startswith(f"# {folder.name}")


def test_the_schema_knows_every_type_of_field_and_refuses_words_of_another_type() -> None:
    validator = jsonschema_rs.validator_for(schema.of_pack())
    pack = plain(texts(FOLDERS[-1])[0])
    for kind in FIELD_TYPES:
        assert kind in COLUMN_TYPES or kind in {"rows", "id_number", "unit", "file", "files"}
    pack["sections"][0]["fields"][0] |= {"type": "date", "max_length": 3}
    assert not validator.is_valid(pack)


def test_a_sample_that_goes_otherwise_is_told_with_its_line_and_both_values() -> None:
    pack, templates, cases = texts(PROGRAMMES / "title_initial_determination")
    wrong = cases.replace("expect: {missing: [basic.party_join_date]}", "expect: {missing: []}")
    line = wrong[: wrong.index("expect: {missing: []}")].count("\n") + 1
    found = [p for o in rehearsal.rehearse(check.document(pack, templates), wrong) for p in o.problems]
    assert [(p.code, p.path, p.params["line"]) for p in found] == [("sample_differs", "samples.2.expect.missing", line)]
    assert (found[0].params["expected"], found[0].params["came"]) == ([], ["basic.party_join_date"])


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("samples: 3", "wrong_type", "samples"),
        ("samples: [{name: x, variant: y}]", "missing_key", "samples.0.expect"),
        ("samples: [{name: x, variant: y, expect: {}, like: z}]", "unknown_sample", "samples.0.like"),
        ("samples: [{name: x, variant: y, expect: {}, today: yesterday}]", "wrong_format", "samples.0.today"),
        ("samples: [{name: x, variant: y, expect: {maybe: []}}]", "unknown_key", "samples.0.expect.maybe"),
        ("samples: [{name: x, variant: y, expect: {}, sections: [1]}]", "wrong_type", "samples.0.sections"),
        ("[", "not_yaml", ""),
    ],
)
def test_a_samples_file_that_is_none_is_told_with_its_place(text: str, code: str, path: str) -> None:
    assert [(p.code, p.path) for p in samples.objections(text)] == [(code, path)]


def test_a_sample_of_an_unknown_variant_is_told(pack_document: dict) -> None:
    (outcome,) = rehearsal.rehearse(pack_document, "samples: [{name: x, variant: nowhere, expect: {}}]")
    assert [(p.code, p.path) for p in outcome.problems] == [("unknown_word", "samples.0.variant")]

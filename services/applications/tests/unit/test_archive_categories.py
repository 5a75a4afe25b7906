"""The categories of the archive as a file says them, and the programmes that cite them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from shenbao_applications.domain.archive_categories import load

PACKS = Path(__file__).parents[4] / "programmes"
CATEGORIES = Path(__file__).parents[2] / "src/shenbao_applications/archive.yaml"


def test_a_faulty_file_names_every_fault_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "archive.yaml"
    file.write_text(
        "categories:\n"
        "  - {key: a, zh: 甲, en: A, columns: [x], fields: [{key: y, zh: 乙, en: Y, type: choice, options: none}]}\n"
        "  - {key: a, zh: 甲, en: A, columns: [y], fields: [{key: y, zh: 乙, en: Y, type: text, when: 'a.y == 1'}]}\n",
        encoding="utf-8",
    )
    with pytest.raises(ValueError, match="faulty") as wrong:
        load(file)
    for said in ("archive.yaml:2: categories.0.columns.0 unknown_field", "unknown_options", "no_rules_here"):
        assert said in str(wrong.value)
    assert "categories.1.key duplicate_name" in str(wrong.value)


@pytest.mark.parametrize("programme", ["title_review", "title_recognition"])
def test_a_programme_takes_every_column_of_what_it_cites(programme: str) -> None:
    pack: dict[str, Any] = yaml.safe_load((PACKS / programme / "programme.yaml").read_text(encoding="utf-8"))
    categories = load(CATEGORIES)
    cited = [section for section in pack["sections"] if "archive" in section]
    assert [section["archive"] for section in cited] == [category.key for category in categories.all]
    for section in cited:
        category = categories.get(section["archive"])
        assert category is not None
        columns = section["fields"][0]["fields"]
        assert [c["key"] for c in columns] == [f["key"] for f in category.fields]
        for column, field in zip(columns, category.fields, strict=True):
            assert column["type"] == field["type"]
            if column["type"] == "choice":
                keys = [option["key"] for option in pack["options"][column["options"]]]
                assert keys == [option["key"] for option in field["options"]]

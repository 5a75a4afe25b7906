"""Names of sections that would hide behind pages of their own."""

from pathlib import Path

import pytest

from shenbao_applications.domain.pack import check

SMALL = (Path(__file__).parent / "small.yaml").read_text(encoding="utf-8")


def named(key: str, save_mode: str) -> list[tuple[str, str]]:
    text = SMALL.replace("person.", f"{key}.").replace("[person]", f"[{key}]").replace("key: person", f"key: {key}")
    text += f"save_mode: {save_mode}\n"
    return [(p.code, p.path) for p in check.problems(text, {"sheet.typ": "sheet"})]


@pytest.mark.parametrize("key", ["attachments", "preview", "confirmation"])
def test_a_form_filled_in_by_parts_has_no_section_that_is_called_like_a_page(key: str) -> None:
    for save_mode in ("section", "step"):
        assert named(key, save_mode) == [("reserved_name", "sections.0.key")]
    assert named(key, "all_tabs") == []
    assert named("person", "section") == []

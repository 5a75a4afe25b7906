"""What came back in the post of a material's form, as the service takes it."""

from typing import Any

from werkzeug.datastructures import MultiDict

from shenbao_portal import material_forms

PACK: dict[str, Any] = {
    "sections": [
        {
            "key": "experience",
            "fields": [
                {"key": "years", "type": "integer"},
                {"key": "education", "type": "rows", "fields": [{"key": "school", "type": "text"}]},
                {"key": "paper", "type": "file"},
            ],
        }
    ]
}


def test_rows_are_read_in_their_order_and_empty_ones_left_out() -> None:
    posted = {
        "experience-education-10-school": "乙",
        "experience-education-2-school": "甲",
        "experience-education-3-school": " ",
    }
    read = material_forms.read(PACK, MultiDict(posted))
    assert read == {"experience": {"education": [{"school": "甲"}, {"school": "乙"}]}}


def test_what_no_browser_sends_is_left_to_the_service_to_refuse() -> None:
    posted = {
        "experience-years": "many",
        "experience-paper": "[" * 100_000,
        "experience-education-99999999-school": "丙",
    }
    read = material_forms.read(PACK, MultiDict(posted))
    assert read["experience"]["years"] == "many"
    assert read["experience"]["paper"].startswith("[[")
    assert "education" not in read["experience"]

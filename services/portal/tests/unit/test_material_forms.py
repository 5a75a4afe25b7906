"""What came back in the post of a material's form, as the service takes it."""

from typing import Any

from flask import Flask, render_template_string
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


def test_a_number_goes_to_the_service_as_it_was_typed_and_its_control_takes_two_decimals(portal: Flask) -> None:
    field = {"key": "score", "zh": "成绩", "en": "Score", "type": "number"}
    pack = {"sections": [{"key": "exam", "zh": "考试", "en": "Exam", "read_only": False, "fields": [field]}]}
    assert material_forms.read(pack, MultiDict({"exam-score": " 97.5 "})) == {"exam": {"score": "97.5"}}
    with portal.test_request_context("/", base_url="https://portal.example"):
        (control,) = material_forms.tabs(pack, {"exam": {"score": 97.5}}, {})[0]["controls"]
        page = render_template_string(
            "{% import 'ui/forms.html' as forms with context %}"
            "{{ forms.control('s', 's', 's', kind=c.kind, value=c.value) }}",
            c=control,
        )
    assert '<input class="form-control" type="number" value="97.5" id="s" name="s" step="0.01">' in page


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

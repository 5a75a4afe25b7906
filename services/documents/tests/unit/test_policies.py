"""Purposes, and what a programme says about its files and forms."""

import pytest

from shenbao_common.kernel.errors import RuleBroken
from shenbao_documents.domain.forms import forms_of, place_of
from shenbao_documents.domain.policies import purpose_of, slots

PACK = {
    "sections": [
        {
            "key": "files",
            "fields": [
                {"key": "form", "type": "file", "material": "form_file"},
                {"key": "more", "type": "files"},
                {"key": "name", "type": "text"},
                {"key": "records", "type": "rows", "fields": [{"key": "proof", "type": "files"}]},
            ],
        },
        {"key": "log", "read_only": True},
    ],
    "materials": [{"key": "form_file", "formats": ["pdf", "ofd"], "max_bytes": 4_194_304}],
    "documents": [
        {"kind": "form", "zh": "表", "template": "form.typ", "watermark": {"zh": "未上报"}},
        {"kind": "plain", "zh": "单", "template": "form.typ"},
        {"kind": "table", "zh": "汇总表"},
    ],
    "templates": {"form.typ": "text"},
}


def test_slots_take_their_limits_from_materials_and_else_the_default() -> None:
    limited = {"formats": ["pdf"], "max_bytes": 4_194_304}
    assert slots(PACK) == {
        "material:form_file": limited,
        "attachment:form": limited,
        "attachment:more": {"formats": ["pdf", "jpg", "png"], "max_bytes": 10_485_760},
        "attachment:proof": {"formats": ["pdf", "jpg", "png"], "max_bytes": 10_485_760},
    }


def test_a_purpose_names_kind_programme_version_and_key() -> None:
    purpose = purpose_of("material:titles:12:form_file")
    assert (purpose.programme, purpose.version, purpose.slot) == ("titles", 12, "material:form_file")
    assert not purpose_of("code_certificate").of_programme


@pytest.mark.parametrize(
    "text", ["", "material:a:1", "material:a:1:b:c", "other:a:1:b", "material:a:-1:b", "material::1:"]
)
def test_anything_else_is_no_purpose(text: str) -> None:
    with pytest.raises(RuleBroken):
        purpose_of(text)


def test_forms_are_the_documents_with_a_template() -> None:
    assert forms_of(PACK) == {
        "form": {"title": "表", "watermark": "未上报 · 仅供预览", "template": "text"},
        "plain": {"title": "单", "watermark": "仅供预览", "template": "text"},
    }


def test_a_character_is_found_by_its_path() -> None:
    data = {"sections": {"a": {"rows": [{"x": "1"}, {"x": "2é"}]}}}
    assert place_of("é", data) == "sections.a.rows.1.x"
    assert place_of("z", data) == ""

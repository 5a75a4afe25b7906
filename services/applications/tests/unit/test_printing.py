"""What is printed, and the hashes of it."""

import json
from typing import Any

import hypothesis
from hypothesis import strategies as st

from shenbao_applications.actions.fields import schema_of
from shenbao_applications.domain import printing
from shenbao_applications.domain.pack.compiled import Pack

VARIANT = "determination_primary"
SECTIONS: dict[str, Any] = {
    "basic": {"person_name": "张三", "sex": "female", "political_status": "masses", "party_post": "无"},
    "experience": {"education": [{"school": "浙江大学", "degree": "master"}]},
    "evaluation_form": {"evaluation_form_file": {"document_id": "a", "name": "x.pdf", "size": 1, "sha256": "b"}},
    "attachments": {"attachment_files": [{"document_id": "c", "name": "y.pdf", "size": 1, "sha256": "d"}]},
}


def test_options_are_printed_by_their_names_and_what_does_not_apply_is_not_printed(pack: Pack) -> None:
    found = printing.printed(pack, SECTIONS, variant=VARIANT)
    assert found["basic"]["sex"] == "女"
    assert "party_post" not in found["basic"]
    assert found["experience"]["education"][0]["degree"] == "硕士"
    assert found["evaluation_form"] == {}


def test_a_number_is_printed_as_it_was_filled_in() -> None:
    fields = [{"key": "hours", "type": "number"}]
    for given, told in (
        ("24.50", "24.5"),
        ("24", "24"),
        (24.0, "24"),
        ("0.05", "0.05"),
        ("999999999.99", "999999999.99"),
    ):
        kept = schema_of(fields).load({"hours": given})["hours"]
        assert printing.display(fields[0], json.loads(json.dumps(kept))) == told


def test_files_change_the_content_but_not_what_is_printed(pack: Pack) -> None:
    other = SECTIONS | {"attachments": {}}
    assert printing.printed_text(pack, SECTIONS, variant=VARIANT) == printing.printed_text(pack, other, variant=VARIANT)
    facts = {"reference": "2026-000001", "round": 1, "submitted_at": "2026-01-01T00:00:00+00:00"}
    assert printing.content_hash(SECTIONS, **facts) != printing.content_hash(other, **facts)
    assert printing.document_ids(pack, SECTIONS) == ("a", "c")


def test_what_is_printed_reads_as_it_always_did_so_that_no_print_of_before_is_outdated(pack: Pack) -> None:
    odd = SECTIONS | {"basic": SECTIONS["basic"] | {"person_name": '\x01\x1f\x7f\t\n"\\/ \u2028é𠮷😀'}}
    told = json.dumps(
        printing.printed(pack, odd, variant=VARIANT), sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    assert printing.printed_text(pack, odd, variant=VARIANT) == told.encode()


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_NUMBERS = st.integers(-(10**9), 10**9) | st.integers(-(10**11), 10**11).map(lambda hundredths: hundredths / 100)
_KEPT = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=20,
)


@hypothesis.given(st.dictionaries(_TEXTS, _KEPT, max_size=4))
def test_the_hash_of_a_snapshot_is_what_anybody_recomputes_from_what_it_shows(sections: dict[str, Any]) -> None:
    facts = {"reference": "2026-000001", "round": 1, "submitted_at": "2026-01-01T00:00:00+00:00"}
    shown = printing.hashed_content(sections, **facts)
    assert printing.content_hash(sections, **facts) == printing.hash_of(shown)


def test_another_photo_is_another_print(pack: Pack) -> None:
    place = "evaluation_form.evaluation_form_file"
    documents = [d | {"photo": place} if d["kind"] == "determination_form" else d for d in pack.document["documents"]]
    with_photo = Pack(pack.document | {"documents": documents})
    form = next(d for d in documents if "photo" in d)
    other = SECTIONS | {"evaluation_form": {"evaluation_form_file": {"document_id": "e", "name": "x.pdf"}}}
    texts = {printing.printed_text(with_photo, sections, variant=VARIANT) for sections in (SECTIONS, other, {})}
    assert len(texts) == 3
    assert [printing.photo(with_photo, form, one) for one in (SECTIONS, other, {})] == ["a", "e", None]
    assert printing.photo(pack, pack.document["documents"][0], SECTIONS) is None


def test_the_headline_speaks_both_languages(pack: Pack) -> None:
    assert printing.headline(pack, SECTIONS)["basic.sex"] == {"zh": "女", "en": "Female"}


def test_a_summary_takes_the_last_row_of_repeated_ones(pack: Pack) -> None:
    columns = [{"value": "experience.education.school"}, {"value": "unit.name"}, {"value": "basic.mobile"}]
    assert printing.summary_row(pack, columns, SECTIONS, {"unit.name": "某单位"}) == ["浙江大学", "某单位", ""]

"""A programme's own words for what it tells applicants (B-32)."""

from pathlib import Path

import pytest

from shenbao_applications.domain.pack import check

FOLDER = Path(__file__).parents[4] / "programmes" / "title_committee_evaluation"
TEXT = (FOLDER / "programme.yaml").read_text(encoding="utf-8")
TEMPLATES = {path.name: "form" for path in (FOLDER / "templates").iterdir()}
RETURNED = """
messages:
  returned: {title: {zh: 退回, en: Returned}, text: {zh: '{reference} 退回', en: '{reference} returned'}}
"""


def objections(messages: str) -> list[tuple[str, str]]:
    return [(p.code, p.path) for p in check.problems(TEXT + messages, TEMPLATES)]


def test_a_pack_may_say_nothing_or_a_topic_in_both_languages() -> None:
    assert check.document(TEXT, TEMPLATES)["messages"] == {}
    said = check.document(TEXT + RETURNED, TEMPLATES)["messages"]["returned"]
    assert said == {
        "title": {"zh": "退回", "en": "Returned"},
        "text": {"zh": "{reference} 退回", "en": "{reference} returned"},
    }


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("returned:", "sold:", ("unknown_key", "messages.sold")),
        ("{reference} returned", "{id_number} returned", ("unknown_word", "messages.returned.text.en")),
        ("{reference} returned", "{reference returned", ("wrong_format", "messages.returned.text.en")),
        ("title: {zh: 退回, en: Returned}, ", "", ("missing_key", "messages.returned.title")),
        ("title: {zh: 退回, en: Returned}", "title: {zh: 退回}", ("missing_key", "messages.returned.title.en")),
    ],
)
def test_what_no_message_can_be_is_named_with_its_path(before: str, after: str, found: tuple[str, str]) -> None:
    assert objections(RETURNED.replace(before, after)) == [found]

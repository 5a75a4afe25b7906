"""What an alert, a progress and a cell say, and in which language they say it."""

from typing import Any

import pytest
from flask import Flask, render_template_string

from shenbao_portal.i18n import naming, zh
from shenbao_portal.messages import together, words

ENGLISH = {"Cookie": "shenbao_language=en"}
ALERT = "{% import 'ui/feedback.html' as feedback %}{{ feedback.alert(text) }}"
PROGRESS = "{% from 'work/parts.html' import progress with context %}{{ progress(case) }}"
CELL = "{% import 'ui/tables.html' as tables %}{{ tables.cell(text) }}"


def shown(portal: Flask, template: str, **values: Any) -> str:
    with portal.test_request_context(headers=ENGLISH):
        return render_template_string(template, **values)


@pytest.mark.req("B-30")
def test_an_alert_that_nobody_translated_is_not_marked_as_data(portal: Flask) -> None:
    assert 'lang="zh-CN"' not in shown(portal, ALERT, text="没有翻译")


@pytest.mark.req("B-30")
def test_of_a_sentence_around_a_chinese_name_the_name_alone_is_marked(portal: Flask) -> None:
    with portal.test_request_context(headers=ENGLISH):
        said = naming("The project “%(name)s” is out, %(number)d in all", name="<初定>", number=2)
        assert said == 'The project “<span lang="zh-CN">&lt;初定&gt;</span>” is out, 2 in all'
        colleague = words("decided_by_colleague", {"name": "王五", "moment": "2026-03-02 09:30"})
        assert '<span lang="zh-CN">王五</span>' in together([colleague, "<b>"])
        assert together([colleague, "<b>"]).endswith("&lt;b&gt;")
    with portal.test_request_context():
        assert naming("项目「%(name)s」已发布", name="初定") == "项目「初定」已发布"


def test_what_is_marked_once_is_neither_marked_nor_escaped_again(portal: Flask) -> None:
    with portal.test_request_context(headers=ENGLISH):
        assert zh(zh("甲&乙")) == zh("甲&乙") == '<span lang="zh-CN">甲&amp;乙</span>'


@pytest.mark.parametrize(
    ("publicity", "posted", "said"), [(True, {"x": 1}, "公示中"), (True, None, "待公示"), (False, None, "审核中")]
)
def test_a_step_that_is_posted_says_so(portal: Flask, publicity: bool, posted: Any, said: str) -> None:
    step = {"name": {"zh": "公示", "en": "Publicity"}, "organisation_name": "市人社局", "state": "open", "round": 1}
    case = {"round": 1, "steps": [step], "publicity": posted, "current": {"publicity": publicity}}
    with portal.test_request_context():
        assert f">{said}<" in render_template_string(PROGRESS, case=case)


def test_a_cell_of_nothing_says_so(portal: Flask) -> None:
    assert [shown(portal, CELL, text=text) for text in ("", "0")] == ["<td>—</td>", '<td class="number">0</td>']

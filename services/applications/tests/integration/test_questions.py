"""The test by questions, open to anybody: a tree that is data."""

from typing import Any

import pytest

PATH = "/v1/programmes/talent_settle_in"
TO_TITLE = [{"question": "insured", "answer": "no"}, {"question": "education", "answer": "none"}]
TO_SKILL = [*TO_TITLE, {"question": "title", "answer": "none"}, {"question": "high_level", "answer": "no"}]


def ask(settling: Any, answers: list[dict[str, str]], act: str = "") -> Any:
    anybody = settling.house.service.client()
    return anybody.post(f"{PATH}/question-test", json={"answers": answers, "act": act})


@pytest.mark.req("S2-13")
def test_previous_opens_the_question_before_with_its_answer_cleared_and_reset_the_first(settling: Any) -> None:
    two = ask(settling, TO_TITLE).json
    assert [(a["question"]["key"], a["number"]) for a in two["answered"]] == [("insured", 2), ("education", 5)]
    assert two["open"]["key"] == "title"
    back = ask(settling, TO_TITLE, "previous").json
    assert (back["open"]["key"], [a["question"]["key"] for a in back["answered"]]) == ("education", ["insured"])
    reset = ask(settling, TO_TITLE, "reset").json
    assert (reset["open"]["key"], reset["answered"]) == ("insured", [])


@pytest.mark.req("S2-14")
def test_the_tree_goes_on_with_none_of_these_to_five_skill_conditions_or_none(settling: Any) -> None:
    first = ask(settling, []).json["open"]
    assert [a["key"] for a in first["answers"]] == ["yes", "no"]
    second = ask(settling, TO_TITLE[:1]).json["open"]
    assert (second["key"], second["answers"][4]["zh"]) == ("education", "以上均不是")
    third = ask(settling, TO_TITLE).json["open"]
    assert [a["zh"] for a in third["answers"]] == [
        "高级职称，年龄在50周岁及以下",
        "中级职称，年龄在40周岁及以下",
        "以上均不具有",
    ]
    assert ask(settling, TO_SKILL[:3]).json["open"]["key"] == "high_level"
    last = ask(settling, TO_SKILL).json["open"]
    assert (last["key"], len(last["answers"])) == ("skill", 6)


@pytest.mark.req("S2-16")
def test_each_branch_ends_with_its_condition_and_materials_or_with_none(settling: Any) -> None:
    fourth = ask(settling, TO_SKILL).json["open"]["answers"][3]
    assert "满2年" in fourth["zh"]
    ended = ask(settling, [*TO_SKILL, {"question": "skill", "answer": fourth["key"]}]).json
    assert (ended["ended"], ended["open"]) == (True, None)
    assert (ended["condition"]["key"], ended["condition"]["of"]["zh"]) == ("senior_worker", "技能类人才")
    assert ended["condition"]["materials"][0]["zh"] == "申办人员的职业资格证书、发证机关网上查询、确认、核验材料"
    none = ask(settling, [*TO_SKILL, {"question": "skill", "answer": "none"}]).json
    assert (none["ended"], none["condition"]) == (True, None)


@pytest.mark.req("S2-22")
def test_each_class_lists_what_to_prepare_in_order(settling: Any) -> None:
    shown = settling.house.service.client().get(f"{PATH}/conditions").json
    first = {c["zh"]: c["materials"][0]["zh"] for c in shown["classes"]}
    assert first["高层次、高级技能人才"] == "申办人的高层次人才认定批复文件，包括有关部门颁发的证书或相关文件"
    assert first["技能类人才"] == "申办人员的职业资格证书、发证机关网上查询、确认、核验材料"
    (skill,) = [c for c in shown["classes"] if c["key"] == "skill"]
    assert (len(skill["conditions"]), len(skill["materials"])) == (5, 4)
    notice = settling.client().get(f"/v1/programmes/talent_settle_in/versions/{settling.version}").json["pack"]
    assert "清晰彩色照片" in notice["commitments"][0]["text"]["zh"]


def test_answers_that_were_not_asked_for_are_refused_all_at_once(settling: Any) -> None:
    wrong = ask(settling, [{"question": "insured", "answer": "maybe"}, {"question": "skill", "answer": "none"}])
    assert wrong.status_code == 422
    assert [(e["code"], e["path"]) for e in wrong.json["errors"]] == [
        ("unknown_choice", "answers.0.answer"),
        ("not_asked", "answers.1.question"),
    ]
    assert (
        settling.house.service.client().get("/v1/programmes/title_initial_determination/conditions").status_code == 404
    )

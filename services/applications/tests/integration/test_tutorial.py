"""The tutorial of docs/programmes.md, followed word by word, up to an approved declaration."""

import re
from pathlib import Path
from typing import Any

from shenbao_applications.domain.pack import check

PAGE = (Path(__file__).parents[4] / "docs" / "programmes.md").read_text(encoding="utf-8")


def written(name: str) -> str:
    """All that the tutorial has one write into a file, in its order."""
    return "".join(re.findall(rf"```yaml {re.escape(name)}\n(.*?)```", PAGE, flags=re.DOTALL))


def test_the_pack_of_the_tutorial_is_published_and_declared_in(house: Any) -> None:
    client = house.service.client(house.admin)
    pack = {"programme": written("programme.yaml"), "samples": written("samples.yaml"), "templates": {}}
    assert check.problems(pack["programme"], {}) == []
    checked = client.post("/v1/programmes/check", json=pack).json
    assert (checked["problems"], [s["passed"] for s in checked["samples"]]) == ([], [True] * 3)
    published = client.post("/v1/programmes", json=pack).json
    assert (published["programme"], published["version"]) == ("county_craftsperson", 1)

    unit = house.unit(house.d1)
    project = house.project(house.d1, programme="county_craftsperson", variant="annual")
    craftsman = {"name": "张三", "number": house.numbers[0], "craft": "ceramics", "began_on": "2010-05-01"}
    made = house.create(unit, project, {"person": craftsman})
    assert made["status_label"]["zh"] == "待上报"
    reported = house.report(unit, made["id"]).json
    house.opened(reported, house.d1, "department_review")
    house.passed(reported, house.d1, "department_review", final=True)
    assert house.get(unit, made["id"]).json["status_label"]["zh"] == "评选通过"


def test_each_step_of_the_tutorial_alone_is_not_enough(house: Any) -> None:
    steps = re.findall(r"```yaml programme.yaml\n(.*?)```", PAGE, flags=re.DOTALL)
    assert len(steps) == 4
    for without in range(4):
        text = "".join(step for i, step in enumerate(steps) if i != without)
        wanted = {0: "programme", 1: "sections", 3: "route"}.get(without)
        missing = {p.path for p in check.problems(text, {}) if p.code == "missing_key"}
        assert wanted is None or wanted in missing

"""Publishing packs over the API."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from shenbao_common.contracts.applications import ProgrammePublishedV1
from shenbao_common.testing.actors import unit_actor


def test_a_published_pack_is_a_version_told_with_its_templates_and_the_same_again_is_the_same(house, pack_text) -> None:
    (told,) = house.service.told(ProgrammePublishedV1)
    assert (told.programme, told.version) == ("title_initial_determination", 1)
    assert told.pack["templates"]["official_form.typ"] == "初定表"
    assert [step["key"] for step in told.pack["route"]] == ["unit_report", "supervising_department_review", "hr_review"]
    assert house.publish_pack(pack_text).json["version"] == 1
    assert house.publish_pack(pack_text + "\n# a comment changes nothing\n").json["version"] == 1
    assert house.publish_pack(pack_text.replace("max: 60", "max: 70")).json["version"] == 2
    assert house.publish_pack(pack_text).json["version"] == 3
    assert len(house.service.told(ProgrammePublishedV1)) == 3


def test_versions_never_change_and_a_draft_keeps_its_own(house, pack_text) -> None:
    unit = house.unit()
    made = house.ready(unit, house.project())
    stricter = pack_text.replace("type: text, max_length: 100}", "type: text, required: true, max_length: 100}", 1)
    assert stricter != pack_text
    assert house.publish_pack(stricter).json["version"] == 2
    client = house.service.client(unit)
    path = "/v1/programmes/title_initial_determination"
    assert client.get(path).json["version"] == 2
    assert client.get(f"{path}/versions/1").json["pack"] != client.get(path).json["pack"]
    assert client.get(f"{path}/versions/3").status_code == 404
    assert client.get("/v1/programmes/unknown").status_code == 404
    saved = house.save(unit, made["id"], {"basic": {"birthplace": "宁波"}}, part=True).json
    assert (saved["status"], saved["programme_version"]) == ("ready_to_report", 1)
    house.version = 2
    assert house.ready(unit, house.project())["status"] == "draft"


def test_two_who_publish_at_the_same_time_get_versions_of_their_own(house, pack_text) -> None:
    texts = [pack_text.replace("max: 60", f"max: {n}") for n in (61, 62)]
    with ThreadPoolExecutor(2) as pool:
        versions = [a.json["version"] for a in pool.map(house.publish_pack, texts)]
    assert sorted(versions) == [2, 3]


def test_a_check_names_every_fault_with_its_line_and_stores_nothing(house, pack_text) -> None:
    faulty = pack_text.replace("type: email", "type: letter").replace("decider: city_hr_bureau", "decider: nobody")
    faulty = faulty.replace("template: official_form.typ", "template: missing.typ", 1)
    client = house.service.client(house.admin)
    body = {"programme": faulty, "templates": {"official_form.typ": "x"}}
    problems = client.post("/v1/programmes/check", json=body).json["problems"]
    assert [p["code"] for p in problems] == ["unknown_word", "unknown_word", "unknown_template"]
    lines = faulty.splitlines()
    assert "letter" in lines[problems[0]["line"] - 1]
    assert "nobody" in lines[problems[1]["line"] - 1]
    assert problems[0]["message"].startswith("unknown word (word: letter")
    refused = client.post("/v1/programmes", json=body)
    assert (refused.status_code, refused.json["code"], len(refused.json["errors"])) == (422, "pack_faulty", 3)
    assert client.get("/v1/programmes/title_initial_determination").json["version"] == 1


def test_only_who_may_publishes(house, pack_text) -> None:
    body = {"programme": pack_text, "templates": {}}
    for actor in (unit_actor(), house.bureau):
        client = house.service.client(actor)
        assert client.post("/v1/programmes", json=body).status_code == 403
        assert client.post("/v1/programmes/check", json=body).status_code == 403


def test_menus_get_every_programme_with_its_variants(house) -> None:
    (found,) = house.service.client(house.unit()).get("/v1/programmes").json["items"]
    assert (found["programme"], found["zh"], found["version"]) == (
        "title_initial_determination",
        "专业技术资格初定认定",
        1,
    )
    assert [v["zh"] for v in found["variants"]] == ["初定初级", "初定中级", "认定初级"]


AGE = """
facts:
  - {key: age, zh: 年龄, en: Age, type: integer, rule: "full_years(basic.birth_date, today)"}

eligibility:
  - key: bachelor
    zh: 年龄不超过四十周岁
    en: At most 40 years old
    rule: "facts.age <= limits.age"
    limits: {age: 40}
    at: [report]
"""


@pytest.mark.req("B-29")
def test_a_pack_is_checked_rehearsed_and_compared_before_it_is_published(house, pack_text) -> None:
    client = house.service.client(house.admin)
    faulty = pack_text.replace("basic.political_status in ['cpc_member', 'cpc_probationary']", "basic.rank == 'x'")
    faulty = faulty.replace("decider: supervising_department, ", "")
    found = client.post("/v1/programmes/check", json=body_of(faulty)).json["problems"]
    assert [(p["code"], p["file"]) for p in found] == [
        ("unknown_name", "programme.yaml"),
        ("missing_key", "programme.yaml"),
    ]
    lines = faulty.splitlines()
    assert "basic.rank" in lines[found[0]["line"] - 1]
    assert "supervising_department_review" in lines[found[1]["line"] - 1]

    limited = pack_text.replace("eligibility:\n", AGE, 1)
    house.version = client.post("/v1/programmes", json=body_of(limited)).json["version"]
    unit = house.unit()
    project = house.project()
    house.create(unit, project)
    house.ready(unit, project, house.numbers[1])
    house.reported(unit, project)
    changed = client.post("/v1/programmes/comparison", json=body_of(limited.replace("age: 40}", "age: 35}"))).json
    assert changed == {
        "programme": "title_initial_determination",
        "version": house.version,
        "changes": [
            {
                "path": "eligibility.bachelor.limits.age",
                "concerns": "eligibility",
                "what": "changed",
                "old": 40,
                "new": 35,
            }
        ],
        "open_drafts": 2,
    }


SAMPLE = """
samples:
  - name: 四十一周岁
    variant: determination_primary
    today: 2025-05-10
    sections: {basic: {birth_date: 1984-05-10}}
    expect: {not_met: [bachelor], route: [unit_report, supervising_department_review]}
"""


def test_a_dry_run_tells_which_sample_goes_otherwise_and_such_a_pack_is_not_published(house, pack_text) -> None:
    client = house.service.client(house.admin)
    limited = pack_text.replace("eligibility:\n", AGE, 1)
    good = client.post("/v1/programmes/check", json=body_of(limited, SAMPLE)).json
    assert good == {"problems": [], "samples": [{"name": "四十一周岁", "line": 3, "passed": True}]}
    looser = limited.replace("age: 40}", "age: 41}")
    bad = client.post("/v1/programmes/check", json=body_of(looser, SAMPLE)).json
    assert [s["passed"] for s in bad["samples"]] == [False]
    assert [(p["code"], p["file"], p["line"], p["path"]) for p in bad["problems"]] == [
        ("sample_differs", "samples.yaml", 7, "samples.0.expect.not_met")
    ]
    refused = client.post("/v1/programmes", json=body_of(looser, SAMPLE))
    assert (refused.status_code, refused.json["code"]) == (422, "samples_differ")
    broken = client.post("/v1/programmes/check", json=body_of(looser, "samples: 3")).json["problems"]
    assert [(p["code"], p["file"]) for p in broken] == [("wrong_type", "samples.yaml")]
    assert client.get("/v1/programmes/title_initial_determination").json["version"] == 1
    assert client.post("/v1/programmes", json=body_of(limited, SAMPLE)).json["version"] == 2


def test_on_a_withdrawn_version_nothing_new_begins_and_what_is_under_way_goes_on(house, pack_text) -> None:
    client = house.service.client(house.admin)
    unit = house.unit()
    project = house.project()
    made = house.ready(unit, project)
    path = "/v1/programmes/title_initial_determination/versions"
    assert client.post(f"{path}/1/withdrawal").json["withdrawn_at"] is not None
    assert client.post(f"{path}/1/withdrawal").status_code == 200
    refused = house.publish_project(house.d1)
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "unknown_programme")
    assert house.report(unit, made["id"]).status_code == 200
    assert house.service.client(unit).get("/v1/programmes").json["items"][0]["withdrawn_at"] is not None
    assert client.post("/v1/programmes/comparison", json=body_of(pack_text)).json["version"] is None
    assert house.publish_pack(pack_text).json["version"] == 2
    assert house.service.client(unit).get(f"/v1/projects/{house.project()}").json["version"] == 2
    assert client.post(f"{path}/2/withdrawal").status_code == 200
    assert client.post(f"{path}/9/withdrawal").status_code == 404
    for stranger in (unit, house.bureau):
        assert house.service.client(stranger).post(f"{path}/1/withdrawal").status_code == 403
        assert (
            house.service.client(stranger).post("/v1/programmes/comparison", json=body_of(pack_text)).status_code == 403
        )


def body_of(text: str, samples: str = "") -> dict[str, object]:
    return {"programme": text, "samples": samples, "templates": {"official_form.typ": "x"}}


def test_a_rule_that_cannot_be_reckoned_is_refused_by_check_and_publishing_alike(house, pack_text) -> None:
    client = house.service.client(house.admin)
    for rule in ("1 / 0 == 1", "[1][5] == 1", "9223372036854775807 + 1 > 0"):
        body = {
            "programme": pack_text.replace("tier == 'intermediate'", rule, 1),
            "templates": {"official_form.typ": "x"},
        }
        assert client.post("/v1/programmes/check", json=body).status_code == 200
        refused = client.post("/v1/programmes", json=body)
        assert (refused.status_code, refused.json["code"], len(refused.json["errors"])) == (422, "pack_faulty", 1)

"""Which characters a form takes: those that can be printed."""


def test_what_no_form_can_print_is_refused_at_its_field_and_rare_names_stay(house) -> None:
    unit = house.unit()
    made = house.create(unit, house.project())
    achievements = {"education": [{"school": "Politechnika Łódzka"}], "achievements": "CO₂ 减排 ✔ 20℃ 𝑥²"}
    rare = {"basic": {"person_name": "测试𬱖𠮷𰻝"}, "experience": achievements}
    assert house.save(unit, made["id"], rare).json["sections"]["basic"] == rare["basic"]
    for text, named in (("张😀三", "😀"), ("\ue863", "\ue863"), ("荣获1️⃣等奖", "\u20e3"), ("完成✅", "✅")):
        refused = house.save(unit, made["id"], {"basic": {"person_name": text}, "experience": {"achievements": text}})
        assert (refused.status_code, refused.json["errors"]) == (
            422,
            [
                {"code": "not_printed", "path": f"sections.{path}", "params": {"limit": named}}
                for path in ("basic.person_name", "experience.achievements")
            ],
        )
    assert house.get(unit, made["id"]).json["sections"]["basic"] == rare["basic"]

"""Reading by machine: assists, never blocks, finds how the image lies, is thrown away when cancelled."""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

from shenbao_common.kernel import clock
from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.actors import office_actor, person_actor, unit_actor
from shenbao_common.testing.service import UnderTest
from shenbao_documents.actions.recognitions import LEASE, MOST_WAITING, work_off
from shenbao_documents.models import Recognition
from shenbao_documents.providers.recognition import Reader

ID_CARD = [
    (60, 60, "姓名"),
    (180, 60, "王小明"),
    (60, 140, "性别"),
    (180, 140, "男"),
    (320, 140, "民族"),
    (430, 140, "汉"),
    (60, 220, "出生"),
    (180, 220, "1990 年 1 月 1 日"),
    (60, 300, "住址"),
    (180, 300, "浙江省杭州市西湖区文一西路"),
    (180, 350, "100号2幢301室"),
    (60, 520, "公民身份号码"),
    (360, 520, "330106199001010018"),
]
GRADUATION = [
    (380, 60, "毕业证书"),
    (100, 200, "学生 王小明 性别 男，1990 年 1 月 1 日生，"),
    (60, 260, "在本校 计算机科学与技术 专业四年制本科学习，"),
    (60, 320, "成绩合格，准予毕业。"),
    (60, 400, "校 名：杭州虚构大学"),
    (60, 470, "证书编号：123451201205001234"),
    (560, 560, "2012 年 6 月 30 日"),
]
Card = Callable[..., bytes]


@pytest.fixture
def card(fonts: tuple[str, ...]) -> Card:
    """An image of the printed lines, turned counter-clockwise by so many degrees."""
    font = ImageFont.truetype(next(Path(fonts[2]).glob("*.ttf")), 36)

    def draw(lines: list[tuple[int, int, str]], turned: int = 0) -> bytes:
        picture = Image.new("RGB", (1000, 640), (238, 244, 248))
        for x, y, text in lines:
            ImageDraw.Draw(picture).text((x, y), text, font=font, fill=(30, 30, 40))
        target = io.BytesIO()
        picture.rotate(turned, expand=True).save(target, "JPEG", quality=90)
        return target.getvalue()

    return draw


def begun(documents: UnderTest, actor: Actor, file_id: str, kind: str) -> Any:
    answer = documents.client(actor).post("/v1/recognitions", json={"file_id": file_id, "kind": kind})
    assert answer.status_code == 202, answer.json
    return answer.json


def worked_off(documents: UnderTest, reader: Reader) -> bool:
    storage = documents.app.extensions["shenbao_documents"].storage
    return work_off(documents.service.sessions, storage, reader, clock.now())


def outcome(documents: UnderTest, actor: Actor, recognition: Any) -> Any:
    return documents.client(actor).get(f"/v1/recognitions/{recognition['id']}").json


@pytest.mark.parametrize(("turned", "back"), [(0, 0), (90, 90), (180, 180), (270, 270)])
def test_an_id_card_is_read_however_it_lies(
    documents: UnderTest, send: Any, card: Card, reader: Reader, turned: int, back: int
) -> None:
    person = person_actor()
    file = send(person, card(ID_CARD, turned), "身份证.jpg", "wallet").json["id"]
    recognition = begun(documents, person, file, "id_card")
    assert (recognition["state"], recognition["result"]) == ("waiting", None)
    assert worked_off(documents, reader)
    done = outcome(documents, person, recognition)
    assert (done["state"], done["result"]["turned"]) == ("done", back)
    assert {key: field["value"] for key, field in done["result"]["fields"].items()} == {
        "name": "王小明",
        "sex": "男",
        "ethnicity": "汉",
        "birth_date": "1990-01-01",
        "address": "浙江省杭州市西湖区文一西路100号2幢301室",
        "number": "330106199001010018",
    }
    assert all(field["confidence"] > 0.8 for field in done["result"]["fields"].values())


def test_a_graduation_certificate_is_read_and_its_owner_has_the_last_word(
    documents: UnderTest, send: Any, card: Card, reader: Reader
) -> None:
    unit = unit_actor()
    file = send(unit, card(GRADUATION), "毕业证书.jpg", "wallet").json["id"]
    recognition = begun(documents, unit, file, "education_certificate")
    worked_off(documents, reader)
    fields = outcome(documents, unit, recognition)["result"]["fields"]
    read = {key: field["value"] for key, field in fields.items()}
    assert read == {
        "name": "王小明",
        "school": "杭州虚构大学",
        "major": "计算机科学与技术",
        "completion_date": "2012-06-30",
        "number": "123451201205001234",
    }
    client = documents.client(unit)
    assert client.get(f"/v1/files/{file}").json["facts"] is None
    corrected = {"kind": "education_certificate", "values": read | {"school": "杭州虚构大学（下沙校区）"}}
    assert client.put(f"/v1/files/{file}/facts", json=corrected).json["facts"] == corrected


def test_a_number_with_a_wrong_check_digit_is_shown_with_little_confidence(
    documents: UnderTest, send: Any, card: Card, reader: Reader
) -> None:
    unit = unit_actor()
    wrong = [*ID_CARD[:-1], (360, 520, "330106199001010011")]
    recognition = begun(documents, unit, send(unit, card(wrong), "a.jpg", "wallet").json["id"], "id_card")
    worked_off(documents, reader)
    number = outcome(documents, unit, recognition)["result"]["fields"]["number"]
    assert number == {"value": "330106199001010011", "confidence": 0.3}


@pytest.mark.req("S2-27")
def test_the_turned_image_is_what_is_stored_and_read(
    documents: UnderTest, send: Any, card: Card, reader: Reader
) -> None:
    unit = unit_actor()
    client = documents.client(unit)
    file = send(unit, card(ID_CARD, 90), "身份证.jpg", "wallet").json["id"]
    turned = client.post(f"/v1/files/{file}/rotations", json={"degrees": 90}).json["id"]
    stored = Image.open(io.BytesIO(client.get(f"/v1/files/{turned}/content", buffered=True).data))
    assert stored.size == (1000, 640)
    recognition = begun(documents, unit, turned, "id_card")
    worked_off(documents, reader)
    result = outcome(documents, unit, recognition)["result"]
    assert (result["turned"], result["fields"]["name"]["value"]) == (0, "王小明")


def test_what_is_cancelled_leaves_nothing_also_while_it_is_read(
    documents: UnderTest, send: Any, card: Card, reader: Reader
) -> None:
    unit = unit_actor()
    file = send(unit, card(ID_CARD), "a.jpg", "wallet").json["id"]
    waiting = begun(documents, unit, file, "id_card")
    client = documents.client(unit)
    assert client.post(f"/v1/recognitions/{waiting['id']}/cancellation").json["state"] == "cancelled"
    assert not worked_off(documents, reader)

    running = begun(documents, unit, file, "id_card")

    class Meanwhile(Reader):
        def read(self, path: str, kind: str) -> Any:
            found = reader.read(path, kind)
            client.post(f"/v1/recognitions/{running['id']}/cancellation")
            return found

    assert worked_off(documents, Meanwhile())
    assert outcome(documents, unit, running) == running | {"state": "cancelled", "result": None}


def test_an_image_that_nobody_can_read_fails_and_the_next_one_is_read(
    documents: UnderTest, send: Any, card: Card, reader: Reader
) -> None:
    unit = unit_actor()
    empty = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(empty, "JPEG")
    blank = begun(documents, unit, send(unit, empty.getvalue(), "a.jpg", "wallet").json["id"], "id_card")
    worked_off(documents, reader)
    assert outcome(documents, unit, blank)["result"]["fields"] == {}

    lost = begun(documents, unit, send(unit, card(ID_CARD), "b.jpg", "wallet").json["id"], "id_card")
    with documents.service.sessions.begin() as session:
        row = session.get(Recognition, lost["id"])
        assert row
        row.state, row.claimed_at = "running", clock.now() - LEASE - timedelta(seconds=1)
    assert worked_off(documents, reader)
    assert outcome(documents, unit, lost)["state"] == "done"


def test_only_ones_own_image_of_a_known_kind_is_read(documents: UnderTest, send: Any, samples: Any) -> None:
    unit = unit_actor()
    image, pdf = (
        send(unit, body, name, "wallet").json["id"]
        for body, name in ((samples.image(), "a.png"), (samples.pdf(), "a.pdf"))
    )
    client = documents.client(unit)
    wrong = [
        client.post("/v1/recognitions", json=body).json["errors"][0]["code"]
        for body in ({"file_id": image, "kind": "paper"}, {"file_id": pdf, "kind": "id_card"})
    ]
    assert wrong == ["unknown_choice", "not_an_image"]
    mine = begun(documents, unit, image, "id_card")
    for stranger in (unit_actor(), office_actor(), person_actor()):
        asked = documents.client(stranger)
        assert asked.post("/v1/recognitions", json={"file_id": image, "kind": "id_card"}).status_code == 404
        assert asked.get(f"/v1/recognitions/{mine['id']}").status_code == 404
        assert asked.post(f"/v1/recognitions/{mine['id']}/cancellation").status_code == 404


def test_nobody_fills_the_readers_line_for_the_others(documents: UnderTest, send: Any, card: Card) -> None:
    greedy, other = unit_actor(), unit_actor()
    file_id = send(greedy, card(ID_CARD), "a.jpg", "wallet").json["id"]
    made = [begun(documents, greedy, file_id, "id_card") for _ in range(MOST_WAITING)]
    body = {"file_id": file_id, "kind": "id_card"}
    refused = documents.client(greedy).post("/v1/recognitions", json=body)
    assert (refused.status_code, refused.json["code"]) == (409, "too_many_recognitions")
    assert refused.json["params"] == {"limit": 20}
    theirs = send(other, card(ID_CARD), "b.jpg", "wallet").json["id"]
    begun(documents, other, theirs, "id_card")
    documents.client(greedy).post(f"/v1/recognitions/{made[0]['id']}/cancellation")
    begun(documents, greedy, file_id, "id_card")

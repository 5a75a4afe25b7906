"""Pages of a household register, photographed askew or lying on a side, are read into their fields."""

import io
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from shenbao_common.kernel import clock
from shenbao_common.testing.actors import person_actor
from shenbao_common.testing.service import UnderTest
from shenbao_documents.actions.recognitions import work_off
from shenbao_documents.providers.recognition import Reader

HOME = [
    (60, 60, "户 别"), (220, 60, "非农业家庭户"), (520, 60, "户主姓名"), (720, 60, "张建国"),
    (60, 140, "户 号"), (220, 140, "012345678"), (520, 140, "住 址"), (640, 140, "湖南省长沙市岳麓区"),
    (640, 185, "麓山南路100号2幢301室"),
    (60, 300, "省级公安机关户口专用章"), (520, 300, "户口登记机关户口专用章"),
    (60, 480, "承办人签章："), (520, 480, "签发"), (640, 480, "2012 年 6 月 30 日"),
]  # fmt: skip
OWN = [
    (300, 20, "常住人口登记卡"),
    (60, 90, "姓 名"), (220, 90, "张三"), (520, 90, "户主或与户主关系"), (820, 90, "子"),
    (60, 150, "曾用名"), (520, 150, "性 别"), (720, 150, "男"),
    (60, 210, "出生地"), (220, 210, "湖南省长沙市"), (520, 210, "民 族"), (720, 210, "汉族"),
    (60, 270, "籍 贯"), (220, 270, "湖南省长沙市"), (520, 270, "出生日期"), (680, 270, "1990 年 1 月 1 日"),
    (60, 390, "公民身份证件编号"), (360, 390, "330000199001010014"), (660, 390, "身高"), (740, 390, "175"),
    (60, 450, "文化程度"), (220, 450, "大学本科"), (520, 450, "婚姻状况"), (720, 450, "未婚"),
    (60, 560, "承办人签章："), (520, 560, "登记日期："), (680, 560, "2012年6月30日"),
]  # fmt: skip
WANTED = {
    "household_home": {
        "householder": "张建国",
        "address": "湖南省长沙市岳麓区麓山南路100号2幢301室",
        "number": "012345678",
    },
    "household_page": {"name": "张三", "sex": "男", "birth_date": "1990-01-01", "number": "330000199001010014"},
}


class Shot(NamedTuple):
    """How a page lies before the camera."""

    kind: str
    lines: list[tuple[int, int, str]]
    turned: int
    askew: float


def photo(font: Path, shot: Shot) -> bytes:
    """Ruled like the page, on a table, a little out of focus; turned counter-clockwise by so many degrees."""
    picture = Image.new("RGB", (1000, 640), (248, 240, 238))
    pen = ImageDraw.Draw(picture)
    letters = ImageFont.truetype(font, 30)
    for y in sorted({y for _, y, _ in shot.lines}):
        pen.line((40, y + 50, 980, y + 50), fill=(170, 120, 120))
    for x, y, text in shot.lines:
        pen.text((x, y), text, font=letters, fill=(30, 30, 40))
    lying = picture.rotate(shot.askew, expand=True, fillcolor=(90, 90, 90)).filter(ImageFilter.GaussianBlur(0.8))
    target = io.BytesIO()
    lying.rotate(shot.turned, expand=True).save(target, "JPEG", quality=80)
    return target.getvalue()


@pytest.mark.parametrize(
    "shot",
    [Shot("household_home", HOME, 0, 1.5), Shot("household_page", OWN, 0, -1.5), Shot("household_page", OWN, 180, 0)],
)
def test_a_page_of_the_household_register_is_read_into_its_fields(
    documents: UnderTest, send: Any, fonts: tuple[str, ...], reader: Reader, shot: Shot
) -> None:
    person = person_actor()
    image = photo(next(Path(fonts[2]).glob("*.ttf")), shot)
    file = send(person, image, "户口本.jpg", "wallet").json["id"]
    client = documents.client(person)
    begun = client.post("/v1/recognitions", json={"file_id": file, "kind": shot.kind}).json
    assert work_off(
        documents.service.sessions, documents.app.extensions["shenbao_documents"].storage, reader, clock.now()
    )
    result = client.get(f"/v1/recognitions/{begun['id']}").json["result"]
    assert {key: field["value"] for key, field in result["fields"].items()} == WANTED[shot.kind]
    assert all(field["confidence"] > 0.8 for field in result["fields"].values())
    assert result["turned"] == shot.turned

"""A talent recognition filing over HTTP: the person fills in, the unit reports, the bureau decides."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from shenbao_common.kernel.clock import now, office_day
from shenbao_stack import job
from shenbao_stack.demo.provincial import PEOPLE
from shenbao_stack.demo.recognised import FORM
from shenbao_stack.demo.town import Town
from shenbao_stack.persons import by_province
from shenbao_stack.services import root
from shenbao_stack.waiting import until
from shenbao_stack.world import Unit, done

WANGWU = PEOPLE[2]
PROGRAMME = "talent_recognition_filing"
CONFIRMED = {"confirmed": ["is_employee", "materials_true"]}


class Filing:
    """A recognised person, the unit of then, the bureau, and two open projects."""

    def __init__(self, town: Town) -> None:
        self.town = town
        done(town.world.publish_programme(root() / "programmes" / PROGRAMME))
        self.unit: Unit = town.unit(town.department())
        self.bureau = town.bureau.user
        self.projects = [
            town.project(town.bureau, "recognition_filing", programme=PROGRAMME, name=f"人才认定备案{number}")
            for number in ("一", "二")
        ]
        self.number = WANGWU.id_number
        self.recognised_on = office_day(now()) - timedelta(days=715)
        self._recognise()
        self.person = by_province(town.world, WANGWU)
        self.person.follow(self.bureau)
        # Both at once: what one passes, none is due any more.
        self.first, self.second = (self.saved(project) for project in self.projects)

    def _recognise(self) -> None:
        item = {
            "name": WANGWU.name,
            "id_type": "id_card",
            "id_number": self.number,
            "category": "d",
            "recognised_on": str(self.recognised_on),
            "unit_id": self.unit.id,
            "sections": {"filing_form": FORM},
        }
        self.bureau.follow(self.unit.user)
        body = {"register": "talent_recognition", "items": [item]}
        done(self.bureau.call("POST", "applications", "/v1/recognitions", body))

    def profile(self) -> str:
        return str(done(self.person.call("POST", "identity", "/v1/me/profile-slips"))["slip"])

    def saved(self, project: dict[str, Any]) -> str:
        """Begun, with its information saved."""
        body = {"project_id": project["id"], "profile": self.profile()}
        begun = done(self.person.call("POST", "applications", "/v1/applications", body))
        declared = {"contract_changed": "no", "vocational_changed": "no"}
        done(job.save(self.person, begun["id"], {"filing_form": declared}, method="PATCH"))
        return str(begun["id"])

    def hand_in(self, application: str, *keys: str) -> None:
        """Uploads materials and saves them."""
        papers = {}
        for key in keys:
            taken = job.upload(self.person, job.pdf(), job.material(self.projects[0], key), name=f"{key}.pdf")
            papers[key] = {"receipt": done(taken)["receipt"]}
        done(job.save(self.person, application, {"materials": papers}, method="PATCH"))
        etag = {"If-Match": f'"{job.shown(self.person, application)["version"]}"'}
        path = f"/v1/applications/{application}/materials"
        done(self.person.call("PUT", "applications", path, {}, headers=etag))

    def report(self, application: str, **body: Any) -> Any:
        self.unit.user.follow(self.person)
        return self.unit.user.call("POST", "applications", f"/v1/applications/{application}/report", body)

    def decide(self, application: str, action: str, opinion: str = "") -> Any:
        return job.decide(self.bureau, application, action, opinion, after=self.unit.user)

    def read(self, application: str, kind: str) -> str:
        """What a print says, without the blanks between its words."""
        made = job.print_form(self.person, application, kind)
        reader = PdfReader(io.BytesIO(job.printed(self.person, made["id"])))
        return "".join("".join(page.extract_text() for page in reader.pages).split())

    def progress(self, application: str) -> list[tuple[str, str, str]]:
        self.person.follow(self.bureau)
        path = f"/v1/applications/{application}/progress"
        items = done(self.person.call("GET", "applications", path))["items"]
        return [(line["zh"], line["organisation_name"], line["result"]) for line in items]


@pytest.fixture(scope="module")
def filing(town: Town) -> Filing:
    return Filing(town)


@pytest.mark.req("S0-11")
@pytest.mark.req("S0-22")
@pytest.mark.req("S0-23")
@pytest.mark.req("S0-33")
def test_a_filing_is_returned_corrected_and_passed_and_keeps_the_recognition_valid(filing: Filing) -> None:
    application = filing.first
    _both_are_printed(filing, application)
    filing.hand_in(application, "filing_form_signed", "social_insurance_certificate")
    own = filing.person.call("POST", "applications", f"/v1/applications/{application}/report", CONFIRMED)
    assert own.status_code == 403
    assert filing.report(application).status_code == 422
    sent = done(filing.report(application, **CONFIRMED))
    assert (sent["status"], sent["status_label"]["zh"]) == ("in_review", "待预审")
    waits = ("待预审", filing.town.bureau.name, "open")
    until(lambda: filing.progress(application)[-1] == waits, what="pre-review")
    _only_the_publicity_sheet_is_printed(filing, application)

    assert filing.decide(application, "return").status_code == 422
    done(filing.decide(application, "return", "合同页缺失"))
    filing.person.follow(filing.bureau)
    returned = job.shown(filing.person, application)
    assert (returned["status"], returned["editable"]) == ("returned", True)
    log = done(filing.person.call("GET", "review", f"/v1/cases/{application}/log"))["items"]
    assert [line["opinion"] for line in log if line["action"] == "return"] == ["合同页缺失"]

    done(job.save(filing.person, application, {"filing_form": {"mobile": "13900000000"}}, method="PATCH"))
    filing.hand_in(application, "filing_form_signed")
    done(filing.report(application, **CONFIRMED))
    done(filing.decide(application, "pass"))
    _it_is_kept_valid(filing, application)


def test_a_filing_is_refused_with_an_opinion_only(filing: Filing) -> None:
    application = filing.second
    filing.hand_in(application, "filing_form_signed", "social_insurance_certificate")
    done(filing.report(application, **CONFIRMED))
    assert filing.decide(application, "fail").status_code == 422
    done(filing.decide(application, "fail", "不符合备案条件"))
    filing.person.follow(filing.bureau)
    assert job.shown(filing.person, application)["status_label"]["zh"] == "备案不通过"


def _both_are_printed(filing: Filing, application: str) -> None:
    condition = "省自然科学奖、技术发明奖、科学技术进步奖二等奖获得者前3名"
    sheet, form = filing.read(application, "publicity_sheet"), filing.read(application, "filing_form")
    for text in (WANGWU.name, "示例科技有限公司", condition, "认定类别"):
        assert text in sheet, text
    for text in (WANGWU.name, filing.number, "13800000000", "示例科技有限公司", "杭州西子机电技术学校", condition):
        assert text in form, text


def _only_the_publicity_sheet_is_printed(filing: Filing, application: str) -> None:
    filing.person.follow(filing.unit.user)
    assert WANGWU.name in filing.read(application, "publicity_sheet")
    refused = filing.person.call("GET", "applications", f"/v1/applications/{application}/sheets/filing_form")
    assert refused.status_code == 409
    (line,) = [
        one
        for one in done(filing.person.call("GET", "applications", "/v1/applications"))["items"]
        if one["id"] == application
    ]
    assert line["operations"] == ["view", "print:publicity_sheet", "progress"]


def _it_is_kept_valid(filing: Filing, application: str) -> None:
    """The way it went, and the recognition for another two years from its end."""
    bureau, unit = filing.town.bureau.name, filing.unit.name
    saved = [("保存信息", "", "saved"), ("保存材料", "", "saved"), ("单位上报", unit, "reported")]
    assert filing.progress(application) == [
        *(*saved, ("待预审", bureau, "returned")),
        *(*saved, ("待预审", bureau, "passed")),
    ]
    assert job.shown(filing.person, application)["status_label"]["zh"] == "备案通过"
    done(filing.person.call("POST", "applications", "/v1/recognitions/claims", {"profile": filing.profile()}))
    (kept,) = done(filing.person.call("GET", "applications", "/v1/recognitions"))["items"]
    last = date.fromisoformat(kept["valid_until"])
    four_years = filing.recognised_on.replace(year=filing.recognised_on.year + 4)
    assert four_years - timedelta(days=2) <= last < four_years  # the end of February moves

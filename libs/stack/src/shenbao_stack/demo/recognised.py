"""A recognition on record: the person of the provincial sign-in may file at once to keep it valid."""

from datetime import timedelta

from shenbao_common.kernel.clock import now, office_day
from shenbao_stack.client import User
from shenbao_stack.demo.provincial import PEOPLE
from shenbao_stack.world import done

_DAYS_AGO = 715
"""A filing is due from 23 months after the recognition to its end after 24."""

FORM = {
    "sex": "male",
    "mobile": "13800000000",
    "birth_date": "1990-01-01",
    "ethnicity": "han",
    "birthplace": "浙江磐安",
    "political_status": "league_member",
    "city_work_start_date": "2012-07-01",
    "industry_category": "equipment",
    "employment_state": "employed",
    "unit_category": "enterprise",
    "admin_post": "无",
    "profession": "电焊",
    "highest_education": "technical",
    "education_major": "电焊、冷作",
    "graduation_school": "杭州西子机电技术学校",
    "graduation_date": "2004-07-06",
    "highest_degree": "none",
    "title_level": "none",
    "title_name": "none",
    "declared_condition": "d_provincial_second",
}
"""The form as it was when a person was recognised."""


def recognise(bureau: User) -> None:
    """As the bureau hands over what its register holds."""
    person = PEOPLE[0]
    item = {
        "name": person.name,
        "id_type": "id_card",
        "id_number": person.id_number,
        "category": "d",
        "recognised_on": str(office_day(now()) - timedelta(days=_DAYS_AGO)),
        "sections": {"filing_form": FORM},
    }
    body = {"register": "talent_recognition", "items": [item]}
    done(bureau.call("POST", "applications", "/v1/recognitions", body))

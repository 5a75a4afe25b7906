"""Invented persons with valid numbers (GB 11643-1999), and what an application form asks of them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_HANGZHOU = "330106"


def citizen_number(born: date, serial: int, region: str = _HANGZHOU) -> str:
    """Eighteen characters. serial: 1 to 999, odd for men."""
    body = f"{region}{born:%Y%m%d}{serial:03d}"
    return body + _CHECKS[sum(int(c) * w for c, w in zip(body, _WEIGHTS, strict=True)) % 11]


@dataclass(frozen=True)
class Person:
    """What differs from one form to the next; specialty as the form wants it: field-branch."""

    name: str
    male: bool
    born: date
    title: str
    specialty: str
    school: str
    major: str
    degree: str = "bachelor"
    party: bool = False

    def basic(self, serial: int) -> dict[str, Any]:
        """Section `basic`. serial: another one for each person, 1 to 400."""
        joined = {"party_join_date": f"{self.born.year + 22}-07-01", "party_post": "无"} if self.party else {}
        return {
            "person_name": self.name,
            "sex": "male" if self.male else "female",
            "id_type": "id_card",
            "id_number": citizen_number(self.born, 2 * serial + self.male),
            "birth_date": self.born.isoformat(),
            "former_name": "无",
            "ethnicity": "han",
            "birthplace": "浙江省杭州市",
            "political_status": "cpc_member" if self.party else "masses",
            **joined,
            "health": "healthy",
            "mobile": f"1390571{serial:04d}",
            "email": f"applicant{serial}@example.com",
            "archive_location": "杭州市人才服务局",
            "declared_title": self.title,
            "current_specialty": self.specialty,
            "specialty_years": 3 if self.degree == "master" else 1,
        }

    def experience(self) -> dict[str, Any]:
        """Section `experience`."""
        ended = self.born.year + (25 if self.degree == "master" else 22)
        school = {
            "ended_on": f"{ended}-06",
            "completion": "graduated",
            "school": self.school,
            "major": self.major,
            "study_length": "3年" if self.degree in {"master", "junior_college"} else "4年",
            "degree": self.degree,
        }
        return {
            "education": [school],
            "foreign_language": "英语，大学英语六级",
            "achievements": f"从事{self.specialty}工作，独立完成日常专业任务；参与单位重点项目两项，年度考核合格。",
            "special_skills": "无",
            "academic_posts": "无",
        }

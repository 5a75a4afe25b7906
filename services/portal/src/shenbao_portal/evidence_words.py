"""What kinds of evidence and their fields are called."""

from collections.abc import Mapping

from shenbao_portal.texts import _l

KINDS: Mapping[str, tuple[object, tuple[str, ...]]] = {
    "id_card": (_l("身份证"), ("name", "sex", "ethnicity", "birth_date", "address", "number")),
    "household_home": (_l("户口本首页"), ("householder", "address", "number")),
    "household_page": (_l("户口本本人页"), ("name", "sex", "birth_date", "number")),
    "education_certificate": (_l("学历证书"), ("name", "school", "major", "completion_date", "number")),
    "degree_certificate": (_l("学位证书"), ("name", "school", "degree", "number")),
    "property_certificate": (_l("不动产权证书"), ("holder", "address", "number")),
    "title_certificate": (_l("职称证书"), ("name", "title", "number")),
    "paper": (_l("论文"), ("title", "journal", "number")),
    "patent": (_l("专利"), ("title", "number")),
    "project": (_l("科研项目"), ("title", "number")),
}
"""Kind to its name and its fields in order."""

READABLE = frozenset(KINDS) - {"title_certificate", "paper", "patent", "project"}
"""Kinds that documents reads from an image."""

_SURE_ENOUGH = 0.6

FIELDS: Mapping[str, object] = {
    "name": _l("姓名"),
    "sex": _l("性别"),
    "ethnicity": _l("民族"),
    "birth_date": _l("出生日期"),
    "address": _l("地址"),
    "number": _l("号码或编号"),
    "householder": _l("户主"),
    "school": _l("学校"),
    "major": _l("专业"),
    "completion_date": _l("毕业日期"),
    "degree": _l("学位"),
    "holder": _l("权利人"),
    "title": _l("名称"),
    "journal": _l("刊物"),
}


def doubtful(confidence: float) -> bool:
    """Whether a machine is so unsure that its reader is told to look closely."""
    return confidence < _SURE_ENOUGH

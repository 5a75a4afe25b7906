"""The list of received applications as a table: what it may show, and by what it is sorted (S4a-06)."""

from collections.abc import Mapping

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "reference": {"zh": "编号", "en": "Number"},
    "person": {"zh": "姓名", "en": "Name"},
    "unit": {"zh": "单位名称", "en": "Unit"},
    "level": {"zh": "级别", "en": "Level"},
    "variant": {"zh": "申报类别", "en": "Kind"},
    "project": {"zh": "申报项目", "en": "Project"},
    "year": {"zh": "申报年度", "en": "Year"},
    "status": {"zh": "状态", "en": "Status"},
    "step": {"zh": "审核环节", "en": "Step"},
    "office": {"zh": "审核部门", "en": "Office"},
    "reported_at": {"zh": "上报时间", "en": "Reported at"},
}

SORTS = ("unit", "level", "project", "year", "status", "reference")

LEVELS: Mapping[str, Mapping[str, str]] = {
    "primary": {"zh": "初级", "en": "Primary"},
    "intermediate": {"zh": "中级", "en": "Intermediate"},
    "senior": {"zh": "高级", "en": "Senior"},
}
"""In rising order."""

"""A form with something everywhere, made by the types of its fields: the largest that people hand in."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from shenbao_stack.demo.invented import citizen_number

ROWS = 5
"""Of what may be repeated."""

_BORN = date(1980, 1, 1)
_BY_TYPE: Mapping[str, Any] = {
    "date": "2015-06-01",
    "month": "2015-06",
    "mobile": "13900000001",
    "phone": "0571-88888888",
    "email": "applicant@example.com",
    "unit": {"unit_id": str(UUID(int=0)), "name": "示例科技有限公司"},
}


def everything(sections: Sequence[Mapping[str, Any]], serial: int, files: int) -> dict[str, Any]:
    """All sections of a pack, as they are kept. serial: of the person, 1 to 400. files: in each field for several."""
    return {s["key"]: {f["key"]: _value(f, serial, files) for f in s["fields"]} for s in sections}


def _value(field: Mapping[str, Any], serial: int, files: int) -> Any:
    kind = field["type"]
    if kind in {"text", "long_text"}:
        return ("主持完成建筑工程设计。" * 300)[: min(field["max_length"], 1000)]
    if kind in {"integer", "number"}:
        return max(field.get("min", 0), 5) + (0.5 if kind == "number" else 0)
    if kind == "choice":
        return next((o["key"] for o in field["options"] if o["key"] == "id_card"), field["options"][0]["key"])
    if kind == "id_number":
        return citizen_number(_BORN, serial)
    if kind == "rows":
        return [{f["key"]: _value(f, serial, 1) for f in field["fields"]} for _ in range(min(ROWS, field["max_rows"]))]
    if kind == "files":
        return [_file(n) for n in range(files)]
    return _file(0) if kind == "file" else _BY_TYPE[kind]


def _file(number: int) -> dict[str, Any]:
    return {"document_id": str(UUID(int=number)), "name": "证书.pdf", "size": 4_194_304, "sha256": "a" * 64}

"""Records of the performance archive as people read them."""

from collections.abc import Mapping
from typing import Any

from shenbao_portal import contents
from shenbao_portal.client import service

Category = Mapping[str, Any]


def overview() -> dict[str, Any]:
    """Every category in its order, with what waits in each for who verifies, and whether the reader does."""
    found: dict[str, Any] = service("applications").get("/v1/archive/categories").body
    return found


def categories() -> list[dict[str, Any]]:
    """Every category in its order."""
    found: list[dict[str, Any]] = overview()["items"]
    return found


def shown(category: Category, record: Mapping[str, Any]) -> dict[str, Any]:
    """A record with the texts of its list columns, and with everything it says."""
    fields = {field["key"]: field for field in category["fields"]}
    values = record["values"]
    return {
        **record,
        "columns": [contents.text_of(fields[key], values.get(key)) for key in category["columns"]],
        "pairs": [(f, contents.text_of(f, values.get(f["key"]))) for f in category["fields"] if f["type"] != "files"],
        "files": [(f, values.get(f["key"]) or []) for f in category["fields"] if f["type"] == "files"],
    }


def column_names(category: Category) -> list[dict[str, Any]]:
    """The fields that lists show, in their order."""
    fields = {field["key"]: field for field in category["fields"]}
    return [fields[key] for key in category["columns"]]

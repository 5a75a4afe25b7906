"""Choosing one of very many departments: by typing a part of its name."""

from typing import Any

from wtforms import RadioField

from shenbao_portal.client import service


class DepartmentField(RadioField):  # type: ignore[misc]
    """Offers the first departments by name; `find` narrows them."""

    most = 50
    is_cut = False

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, choices=[], validate_choice=False, **rest)

    def find(self, search: str, *, present: str = "") -> None:
        """Fills the choices with departments whose name holds the text, without the present one."""
        found = service("units").get("/v1/departments", q=search.strip(), limit=self.most).body["items"]
        self.choices = [(item["id"], item["name"]) for item in found if item["id"] != present]
        self.is_cut = len(found) == self.most

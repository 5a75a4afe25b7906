"""Choosing one of very many bureaus: by typing a part of its name."""

from shenbao_portal.client import service
from shenbao_portal.departments import DepartmentField


class BureauField(DepartmentField):
    """Offers the bureaus that a unit can be affiliated to."""

    def find(self, search: str, *, present: str = "") -> None:
        """Fills the choices with bureaus whose name holds the text."""
        found = service("units").get("/v1/bureaus", q=search.strip(), limit=self.most).body["items"]
        self.choices = [(item["id"], item["name"]) for item in found]
        self.is_cut = len(found) == self.most

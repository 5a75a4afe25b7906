"""The government's data-sharing platform: asked for named fields of one person, for a named purpose."""

from dataclasses import dataclass
from typing import Any

from shenbao_identity.providers.upstream import Caller


@dataclass(frozen=True, kw_only=True)
class SharedData:
    """url takes {"name", "id_number", "fields", "purpose"} as JSON and answers {"records": {...}}."""

    url: str
    token: str

    def read(self, *, name: str, id_number: str, fields: list[str], purpose: str) -> dict[str, Any]:
        """What the platform has. Raises ProviderFault when it is away or answers something else."""
        body = {"name": name, "id_number": id_number, "fields": fields, "purpose": purpose}
        headers = {"Authorization": f"Bearer {self.token}"}
        said = Caller().asked("POST", self.url, json=body, headers=headers)
        records = said.get("records")
        return {name: records[name] for name in fields if name in records} if isinstance(records, dict) else {}

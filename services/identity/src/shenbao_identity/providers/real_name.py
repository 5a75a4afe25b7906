"""The check of a name against an ID number (信息比对) at the government's platform."""

from dataclasses import dataclass

from shenbao_identity.providers.upstream import Caller, ProviderFault


@dataclass(frozen=True, kw_only=True)
class RealName:
    """url takes {"name", "id_number"} as JSON and answers {"match": true | false}."""

    url: str
    token: str

    def matches(self, *, name: str, id_number: str) -> bool:
        """Raises ProviderFault when the platform is away or answers something else."""
        headers = {"Authorization": f"Bearer {self.token}"}
        said = Caller().asked("POST", self.url, json={"name": name, "id_number": id_number}, headers=headers)
        if not isinstance(said.get("match"), bool):
            raise ProviderFault("the platform says neither yes nor no")
        return bool(said["match"])

"""What official publicity shows of an application: a masked name, and the values that the programme allows."""

from collections.abc import Mapping, Sequence
from typing import Any

from shenbao_applications.domain import printing
from shenbao_applications.domain.pack.compiled import Pack, Sections


def masked(name: str) -> str:
    """张三 is 张*, 欧阳娜娜 is 欧**娜: enough for who knows the person, too little for who collects names."""
    if len(name) <= 2:
        return name[:1] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def allowed(pack: Pack) -> Sequence[str]:
    """The places that the publicity step of the route allows; none without such a step."""
    steps = [step for stage in pack.document["route"] for step in stage.get("parallel", [stage])]
    terms: list[Mapping[str, Any]] = [step["publicity"] for step in steps if step.get("publicity")]
    return terms[0]["fields"] if terms else ()


def shown(pack: Pack, sections: Sections) -> dict[str, Any]:
    """name and values, in the order of the pack."""
    name = str(pack.value(sections, pack.document["identity"]["name"]) or "")
    values = []
    for place in allowed(pack):
        field, value = pack.field(place), pack.value(sections, place)
        text = {language: printing.display(field, value, language) for language in ("zh", "en")}
        values.append({"name": {"zh": field["zh"], "en": field["en"]}, "text": text})
    return {"name": masked(name), "values": values}

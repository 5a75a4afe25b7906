"""What a machine reads of an image in a form, proposed for the fields that the pack names."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal import contents
from shenbao_portal.client import service
from shenbao_portal.evidence_words import FIELDS, KINDS, doubtful
from shenbao_portal.guards import signed_in_as
from shenbao_portal.i18n import named_text

blp = Blueprint("readings", __name__, url_prefix="/readings/<programme>/<int:version>/<section>/<field>")

_WHO = ("unit", "sub_account", "person")


@blp.post("")
@signed_in_as(*_WHO, may="application.fill")
def begin(programme: str, version: int, section: str, field: str) -> ResponseReturnValue:
    """Has the image read; the part of the page asks again until it is."""
    pack = contents.pack_of(programme, version)
    body = {"file_id": request.args.get("file", ""), "kind": _field(pack, section, field)["reads"]["kind"]}
    made = service("documents").post("/v1/recognitions", body)["id"]
    return redirect(url_for(".show", **_place(), reading=made), 303)


@blp.get("/<uuid:reading>")
@signed_in_as(*_WHO, may="application.fill")
def show(programme: str, version: int, section: str, field: str, reading: Any) -> ResponseReturnValue:
    """How far it is, and then what was read, with how sure the machine is of it."""
    return _part(service("documents").get(f"/v1/recognitions/{reading}").body)


@blp.post("/<uuid:reading>/cancellation")
@signed_in_as(*_WHO, may="application.fill")
def cancel(programme: str, version: int, section: str, field: str, reading: Any) -> ResponseReturnValue:
    """Stops it: the fields are typed."""
    return _part(service("documents").post(f"/v1/recognitions/{reading}/cancellation").body)


def _part(reading: Mapping[str, Any]) -> str:
    place = _place()
    pack = contents.pack_of(place["programme"], place["version"])
    found = (reading["result"] or {}).get("fields", {})
    return render_template(
        "readings/part.html",
        reading=reading,
        place=place,
        lines=_lines(pack, place["section"], place["field"], found),
        told=pack.get("texts", {}).get("recognise_only_assist"),
    )


def _place() -> dict[str, Any]:
    values = request.view_args or {}
    return {key: values[key] for key in ("programme", "version", "section", "field")}


def _field(pack: contents.Pack, section: str, key: str) -> Mapping[str, Any]:
    fields = (f for s in contents.filled_sections(pack) if s["key"] == section for f in s["fields"])
    found: Mapping[str, Any] | None = next((f for f in fields if f["key"] == key and f.get("reads")), None)
    if found is None:
        abort(404)
    return found


def _lines(pack: contents.Pack, section: str, key: str, found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every field of this kind of page in order: what was read of it, and the control that takes it."""
    reads = _field(pack, section, key)["reads"]
    fields = {f["key"]: f for s in contents.filled_sections(pack) if s["key"] == section for f in s["fields"]}
    lines = []
    for name in KINDS[reads["kind"]][1]:
        read, taker = found.get(name), fields.get(reads["fills"].get(name, ""))
        name_of = named_text(taker) if taker else FIELDS[name]
        unsure = read is not None and doubtful(read["confidence"])
        line = {"name": name_of, "read": read, "doubtful": unsure, "control": "", "value": ""}
        if read and taker:
            line |= {"control": f"{section}-{taker['key']}", "value": _value(taker, read["value"])}
        lines.append(line)
    return lines


def _value(field: Mapping[str, Any], text: str) -> str:
    """As the control holds it: of a choice the key of the option that reads so."""
    if field["type"] != "choice":
        return text
    return str(next((option["key"] for option in field["options"] if option["zh"] == text), ""))

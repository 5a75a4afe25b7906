"""Who fills in and who reports: accounts of units, or persons, or as each variant says."""

from typing import Any

from shenbao_applications.domain import assurance
from shenbao_applications.domain.pack.form_places import form_field
from shenbao_applications.domain.pack.source import Findings


def check(pack: dict[str, Any], findings: Findings) -> None:
    """A person declares alone: then nobody of a unit fills in or reports, and the applicant opens the route.

    Where either may declare, whoever reports opens it; variants say which of them.
    """
    submission, opener = pack["submission"], pack["route"][0]["decider"]
    if opener == "reporter":
        _check_variants(pack, findings)
        return
    own = "person" in submission["fill"]
    by_unit = "unit" in submission  # X01: the person fills in, only the unit that was selected reports.
    for word in ("fill", "report"):
        persons = own and not (by_unit and word == "report")
        if ("person" in submission[word]) != persons or (persons and len(submission[word]) > 1):
            findings.add("mixed_fillers", f"submission.{word}")
    expected = "applicant" if own and not by_unit else "unit"
    if opener != expected:
        findings.add("wrong_opener", "route.0.decider", expected=expected)


def check_unit(pack: dict[str, Any], findings: Findings) -> None:
    """A unit is selected by a person, in a field for that."""
    place = pack["submission"].get("unit")
    if place is None:
        return
    field = form_field(pack, place)
    if field is None or field["type"] != "unit":
        findings.add("unknown_field", "submission.unit", name=place)
    if "person" not in pack["submission"]["fill"]:
        findings.add("only_for_persons", "submission.unit")


def check_renewal(pack: dict[str, Any], findings: Findings) -> None:
    """What a recognition is compared by are choices of the form."""
    for word in ("id_type", "category") if pack["renews"] else ():
        field = form_field(pack, pack["renews"][word])
        if field is None or field["type"] != "choice":
            findings.add("unknown_field", f"renews.{word}", name=pack["renews"][word])


def check_assurance(pack: dict[str, Any], findings: Findings) -> None:
    """A face is shown for an analysis, which the programme must have; or by a person who submits."""
    if assurance.asks_for_face(pack) and not pack["analysis"]:
        findings.add("required", "analysis")
    if assurance.asks_for_face_at_submission(pack) and "person" not in pack["submission"]["report"]:
        findings.add("only_for_persons", "requires.at_submission")


def _check_variants(pack: dict[str, Any], findings: Findings) -> None:
    for i, variant in enumerate(pack["variants"]):
        for word in ("fill", "report"):
            for kind in set(variant[word] or ()) - set(pack["submission"][word]):
                known = ", ".join(pack["submission"][word])
                findings.add("unknown_word", f"variants.{i}.{word}", word=kind, known=known)

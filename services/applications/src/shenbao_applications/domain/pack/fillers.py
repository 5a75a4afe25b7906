"""Who fills in and who reports, for which unit, and which recognition an application keeps valid."""

from shenbao_applications.domain.pack.lookup import Pack, form_field
from shenbao_applications.domain.pack.source import Findings


def check_fillers(pack: Pack, findings: Findings) -> None:
    """A person declares alone: then nobody of a unit fills in or reports, and the applicant opens the route."""
    submission, opener = pack["submission"], pack["route"][0]["decider"]
    own = "person" in submission["fill"]
    by_unit = "unit" in submission  # X01: the person fills in, only the unit that was selected reports.
    for word in ("fill", "report"):
        persons = own and not (by_unit and word == "report")
        if ("person" in submission[word]) != persons or (persons and len(submission[word]) > 1):
            findings.add("mixed_fillers", f"submission.{word}")
    expected = "applicant" if own and not by_unit else "unit"
    if opener != expected:
        findings.add("wrong_opener", "route.0.decider", expected=expected)


def check_unit(pack: Pack, findings: Findings) -> None:
    place = pack["submission"].get("unit")
    if place is None:
        return
    field = form_field(pack, place)
    if field is None or field["type"] != "unit":
        findings.add("unknown_field", "submission.unit", name=place)
    if "person" not in pack["submission"]["fill"]:
        findings.add("only_for_persons", "submission.unit")


def check_renewal(pack: Pack, findings: Findings) -> None:
    for word in ("id_type", "category") if pack["renews"] else ():
        field = form_field(pack, pack["renews"][word])
        if field is None or field["type"] != "choice":
            findings.add("unknown_field", f"renews.{word}", name=pack["renews"][word])

"""Who fills in and who reports: accounts of units, or persons, or as each variant says."""

from typing import Any

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
    for word in ("fill", "report"):
        if ("person" in submission[word]) != own or (own and len(submission[word]) > 1):
            findings.add("mixed_fillers", f"submission.{word}")
    if own != (opener == "applicant"):
        findings.add("wrong_opener", "route.0.decider", expected="applicant" if own else "unit")


def _check_variants(pack: dict[str, Any], findings: Findings) -> None:
    for i, variant in enumerate(pack["variants"]):
        for word in ("fill", "report"):
            for kind in set(variant[word] or ()) - set(pack["submission"][word]):
                known = ", ".join(pack["submission"][word])
                findings.add("unknown_word", f"variants.{i}.{word}", word=kind, known=known)

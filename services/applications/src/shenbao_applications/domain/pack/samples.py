"""Sample cases of a pack: what somebody fills in, and what must come of it. They stand in samples.yaml beside it."""

import re
from typing import Any

from shenbao_applications.domain.pack.shapes import NAME, Anything, ListOf, MapOf, Record, Text
from shenbao_applications.domain.pack.source import Findings, read
from shenbao_common.kernel.errors import Problem

_DAY = Text(10, re.compile(r"\d{4}-\d\d-\d\d"))
_PLACES = ListOf(Text(200))

EXPECTED = ("wrong", "missing", "not_met", "needs_proof", "route")
"""wrong: values that no save takes. missing: what reporting still asks for. Both are places of the form.

not_met, needs_proof: keys of clauses. route: keys of steps.
like: the name of an earlier sample, whose form this one fills in with its own values laid over it; null empties one.
"""

SAMPLES = Record(
    required={
        "samples": ListOf(
            Record(
                required={
                    "name": Text(200),
                    "variant": NAME,
                    "expect": Record(optional=dict.fromkeys(EXPECTED, _PLACES)),
                },
                optional={
                    "like": Text(200),
                    "today": _DAY,
                    "sections": MapOf(MapOf(Anything())),
                    "project": MapOf(Anything()),
                    "unit": MapOf(Anything()),
                },
                defaults={"like": None, "today": "2026-01-01", "sections": {}, "project": {}, "unit": {}},
            )
        )
    }
)


def load(text: str) -> tuple[list[dict[str, Any]], Findings]:
    """The samples, and every objection to their file; findings also know the line of each place."""
    findings = Findings()
    if not text.strip():
        return [], findings
    root = read(text, findings)
    found = SAMPLES.read(root, "", findings) if root else None
    if findings.problems or found is None:
        return [], findings
    samples: list[dict[str, Any]] = found["samples"]
    _fill_from_others(samples, findings)
    return ([] if findings.problems else samples), findings


def _fill_from_others(samples: list[dict[str, Any]], findings: Findings) -> None:
    forms: dict[str, dict[str, dict[str, Any]]] = {}
    for i, sample in enumerate(samples):
        if sample["like"] is not None and sample["like"] not in forms:
            findings.add("unknown_sample", f"samples.{i}.like", name=sample["like"])
        form = forms.get(sample["like"], {})
        own = sample["sections"]
        sample["sections"] = {key: form.get(key, {}) | own.get(key, {}) for key in {**form, **own}}
        forms[sample["name"]] = sample["sections"]


def objections(text: str) -> list[Problem]:
    """What is wrong with the file itself."""
    return load(text)[1].problems

"""What one clause of a programme says: the same judgement in the self-test, the check and the submission (B-01)."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from shenbao_applications.domain.pack.rules import Rule, conjuncts

_ALWAYS_KNOWN = frozenset({"today", "limits"})
_OUTSIDE = frozenset({"project", "unit", "tier", "variant"})
"""What no visitor can say of a self-test; inside an application it is known."""


@dataclass(frozen=True)
class Judgement:
    """result: met, not_met, or needs_proof. because: what the failing parts of the rule name.

    found: what was reckoned of it, with its names and value, so that people read 4 of 5 years.
    """

    clause: Mapping[str, Any]
    result: str
    because: tuple[str, ...] = ()
    found: tuple[Mapping[str, Any], ...] = ()


def judge(
    clause: Mapping[str, Any], facts: Mapping[str, Any], rule: Callable[[str], Rule], known: Set[str] | None
) -> Judgement:
    """known: the only places with an answer; None when an empty place is an answer too.

    A clause without rule is for people to judge. One part that does not hold settles the clause, whatever else is open.
    """
    if clause["rule"] is None:
        return Judgement(clause, "needs_proof")
    parts = [rule(part) for part in conjuncts(clause["rule"])]
    settled = [part for part in parts if known is None or _places(part, facts) <= known]
    failing = [part for part in settled if not part.holds(facts)]
    if failing:
        because = sorted({place for part in failing for place in _places(part, facts)})
        return Judgement(clause, "not_met", tuple(because))
    return Judgement(clause, "met" if len(settled) == len(parts) else "needs_proof")


def _places(part: Rule, facts: Mapping[str, Any]) -> Set[str]:
    """The places of the form, and what is reckoned from it, that a part names; outside facts by their first name."""
    named = {name for name in part.names if name.partition(".")[0] in facts}
    heads = {name.partition(".")[0] for name in named}
    inside = {".".join(name.split(".")[:2]) for name in named if name.partition(".")[0] not in _ALWAYS_KNOWN | _OUTSIDE}
    return inside | (heads & _OUTSIDE)

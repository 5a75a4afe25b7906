"""The route of one case: which steps apply, and where a returned case enters again. Who decides: kernel.routing."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import cel

from shenbao_common.kernel.routing import Planned, StepRule, Unresolved

_CEL_FAULTS = (RuntimeError, ValueError, TypeError, ZeroDivisionError)


def applies(rule: StepRule, facts: Mapping[str, Any]) -> bool:
    """Does the step's condition hold? Raises Unresolved when it cannot be answered from the facts."""
    if not rule.when:
        return True
    try:
        return bool(_compiled(rule.when).execute(dict(facts)))
    except _CEL_FAULTS as wrong:
        raise Unresolved("condition_unclear") from wrong


@lru_cache(maxsize=1000)
def _compiled(condition: str) -> cel.Program:
    return cel.compile(condition)


def entered(steps: Sequence[Planned], re_entry_step: str, returned_stage: int, kept: frozenset[str]) -> list[Planned]:
    """The steps of a new round after a return: from the re-entry step on, but never past the stage that returned.

    kept: keys of steps that keep their result (`progress.kept`). The unit's report is carried out anew in any case.
    """
    entry = next((s.stage for s in steps if s.rule.key == re_entry_step), returned_stage)
    first = min(entry, returned_stage)
    return [step for step in steps if step.rule.carried_out or (step.stage >= first and step.rule.key not in kept)]

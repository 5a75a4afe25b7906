"""Filling in step by step (X21): a step opens when all before it were saved complete."""

from collections.abc import Mapping, Sequence
from typing import Any

from shenbao_applications.domain.pack.compiled import Pack
from shenbao_common.kernel.errors import Conflict, Problem


def next_step(pack: Pack, saved: Sequence[str]) -> str | None:
    """The step to be filled in next; None when all are saved, or when the form is one of tabs."""
    if pack.document["save_mode"] != "step":
        return None
    return next((section["key"] for section in pack.sections if section["key"] not in saved), None)


def ensure_open(pack: Pack, saved: Sequence[str], given: Mapping[str, Any]) -> None:
    """Refuses a save of a step that is not open yet (`form_step_not_open`), naming the one that is."""
    opened = next_step(pack, saved)
    if opened is None:
        return
    closed = [s["key"] for s in pack.sections if s["key"] in given and s["key"] not in (*saved, opened)]
    if closed:
        raise Conflict(
            "form_step_not_open", *(Problem("form_step_not_open", f"sections.{key}") for key in closed), step=opened
        )


def saved_after(pack: Pack, saved: Sequence[str], given: Mapping[str, Any], missing: Sequence[Problem]) -> list[str]:
    """Which steps count as saved now: those that were given and lack nothing, without a gap from the first."""
    wanting = {problem.path.split(".")[1] for problem in missing}
    candidates = {key for key in (*saved, *given) if key not in wanting}
    done: list[str] = []
    for section in pack.sections:
        if section["key"] not in candidates:
            break
        done.append(section["key"])
    return done

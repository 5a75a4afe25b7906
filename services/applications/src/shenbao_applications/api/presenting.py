"""What an application looks like to the one who asks."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from shenbao_applications.actions import returning
from shenbao_applications.actions.checking import Check
from shenbao_applications.domain import corrections, lifecycle, reading, renewal, staging, steps
from shenbao_applications.domain.lifecycle import Move, Status
from shenbao_applications.domain.pack.clauses import Judgement
from shenbao_applications.domain.pack.compiled import Pack
from shenbao_applications.domain.pack.labels import label_of
from shenbao_applications.domain.tabs import TABS
from shenbao_applications.models import Application, Commitment, Snapshot, Step
from shenbao_applications.queries.applications import latest_step
from shenbao_applications.queries.reportable import Reportable
from shenbao_common.kernel.actor import Actor, Kind
from shenbao_common.kernel.routing import Foreseen


def item(row: Application | Reportable, pack: Pack, who: Actor) -> dict[str, Any]:
    """A line of a list."""
    document = pack.document
    variant = pack.variant(row.variant) or {}
    return {
        "id": row.id,
        "reference": row.reference,
        "project_id": row.project_id,
        "project_name": row.project.name,
        "project_year": row.project.year,
        "project_batch": row.project.batch,
        "programme": row.programme,
        "programme_version": row.project.version,
        "variant": row.variant,
        "variant_label": {word: variant.get(word, "") for word in ("zh", "en")},
        "level": variant.get("tier", ""),
        "codes_version": row.codes_version,
        "unit_id": row.unit_id,
        "unit_name": row.unit.name if row.unit else "",
        "filler_id": row.filler_id,
        "person_name": row.headline.get(document["identity"]["name"], {}).get("zh", ""),
        "headline": row.headline,
        "status": row.status,
        "status_label": label_of(document, row.status, who.kind),
        "current": _current(row, document),
        "round": row.round,
        "revision": row.revision,
        "version": row.version,
        "created_at": row.created_at,
        "saved_at": row.saved_at,
        "reported_at": row.reported_at,
    }


def whole(row: Application, pack: Pack, actor: Actor, commitments: Sequence[Commitment] = ()) -> dict[str, Any]:
    """The application with its form, what is still missing, and what this actor may do with it now."""
    shown = {(section, field["key"]) for section, field in pack.shown(row.sections, variant=row.variant)}
    seen = seen_of(row, pack, actor)
    return {
        **item(row, pack, actor),
        "sections": reading.part(row.sections, seen),
        "changed": [p for p in row.sections.get(renewal.CHANGED, {}).get("places", []) if p.partition(".")[0] in seen],
        "problems": [vars_of(p) for p in staging.wanting(pack, row.sections, variant=row.variant)],
        "hidden": [
            f"{s['key']}.{f['key']}"
            for s in pack.sections
            for f in s["fields"]
            if (s["key"], f["key"]) not in shown or s["key"] not in seen
        ],
        "necessary": [p for p in pack.necessary(row.sections, variant=row.variant) if p.partition(".")[0] in seen],
        **_possible(row, pack, actor),
        "supersedes_id": row.supersedes_id,
        "registered": {name: told["read_at"] for name, told in (row.registered or {}).items()},
        "step": steps.next_step(pack, row.saved_steps or ()),
        "open_items": row.open_items if row.status == Status.RETURNED else None,
        "form_kind": (pack.variant(row.variant) or {}).get("form"),
        "forms": [
            {word: form[word] for word in ("kind", "zh", "en")}
            for form in pack.forms(row.variant)
            if seen.issuperset(form["sections"])
        ],
        "print_hash": row.print_hash,
        "commitments": [{"key": c.key, "accepted_at": c.accepted_at} for c in commitments],
        "steps": [_step(step, pack.document) for step in row.steps if step.state != "watched"],
    }


def seen_of(row: Application, pack: Pack, actor: Actor) -> frozenset[str]:
    """The sections that this actor reads of the application."""
    steps = row.steps if actor.kind is Kind.OFFICE else ()
    return reading.seen_by(pack, steps, actor.organisation_id)


def comparison(pack: Pack, snapshots: Sequence[Snapshot], seen: Collection[str]) -> dict[str, Any]:
    """What the correction changed, with both values; snapshots: the latest report and the one before it."""
    now, before = snapshots
    found = corrections.changes(pack, *(reading.part(one.sections, seen) for one in (before, now)))
    return {
        "round": now.round,
        "items": [
            {
                "path": change.path,
                "zh": change.field["zh"],
                "en": change.field["en"],
                "type": change.field["type"],
                "before": change.before,
                "after": change.after,
            }
            for change in found
        ],
    }


def check(found: Check) -> dict[str, Any]:
    """Everything that was judged."""
    return {
        "complete": found.complete,
        "open": found.open,
        "bound": found.bound,
        "problems": [vars_of(p) for p in found.problems],
        "items": [
            {
                "path": one.path,
                "zh": one.field["zh"],
                "en": one.field["en"],
                "met": one.met,
                "problems": [vars_of(p) for p in one.problems],
            }
            for one in found.items
        ],
        "clauses": [clause(j) for j in found.judgements],
    }


def clause(judgement: Judgement) -> dict[str, Any]:
    """A clause with what it says, in its own words."""
    words = judgement.clause
    shown = {name: words.get(name) for name in ("key", "zh", "en", "policy")}
    return {
        **shown,
        "limits": words.get("limits", {}),
        "result": judgement.result,
        "because": list(judgement.because),
        "found": [dict(fact) for fact in judgement.found],
    }


def route(steps: Sequence[Foreseen]) -> dict[str, Any]:
    """The way before it is taken."""
    return {"steps": [_foreseen(step) for step in steps], "missing": [s.missing for s in steps if s.missing]}


def _foreseen(step: Foreseen) -> dict[str, Any]:
    rule, body = step.rule, step.body
    return {
        "step_key": rule.key,
        "zh": rule.zh,
        "en": rule.en,
        "stage": step.stage,
        "decider": rule.decider,
        "organisation_id": body.id if body else None,
        "organisation_name": body.name if body else "",
        "missing": step.missing,
        "working_days": rule.limit.working_days if rule.limit else None,
    }


def vars_of(problem: Any) -> dict[str, Any]:
    return {"code": problem.code, "path": problem.path, "params": dict(problem.params)}


def _possible(row: Application, pack: Pack, actor: Actor) -> dict[str, bool]:
    fills = actor.kind in pack.accounts("fill", row.variant) and actor.may("application.fill")
    reports = actor.kind in pack.accounts("report", row.variant) and actor.may("application.report")
    return {
        "editable": fills and lifecycle.allows(row.status, staging.move_of_save(pack, complete=True)),
        "deletable": fills and lifecycle.allows(row.status, Move.DELETE) and row.round == 0,
        "reportable": reports and lifecycle.allows(row.status, Move.REPORT),
        "withdrawable": reports and returning.is_withdrawable(row, pack),
        "redeclarable": reports and lifecycle.allows(row.status, Move.REDECLARE),
    }


def _current(row: Application | Reportable, document: Mapping[str, Any]) -> dict[str, Any] | None:
    """Where it is, or was decided last; nowhere while it is at the unit to be reported."""
    step = None if row.status in TABS["to_report"] else latest_step(row.steps, row.round)
    return None if step is None or step.state in {"cancelled", "recalled"} else _step(step, document)


def _step(step: Step, document: Mapping[str, Any]) -> dict[str, Any]:
    steps = [words for stage in document["route"] for words in stage.get("parallel", [stage])]
    words: Mapping[str, Any] = next((w for w in steps if w["key"] == step.step_key), {})
    return {
        "step_key": step.step_key,
        "zh": words.get("zh", step.step_key),
        "en": words.get("en", step.step_key),
        "organisation_id": step.organisation_id,
        "organisation_name": step.organisation_name,
        "round": step.round,
        "state": step.state,
        "decided_at": step.decided_at,
    }

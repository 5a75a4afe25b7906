"""What one word of a pack says about another: every name must exist, every rule must know its facts."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from shenbao_applications.domain.pack import fillers, naming, papers, pretest_words, readings, rules, scopes, tables
from shenbao_applications.domain.pack.field_words import FILE_TYPES
from shenbao_applications.domain.pack.form_places import Pack, fields_with_columns, fields_with_paths, form_field
from shenbao_applications.domain.pack.labels import LABELS
from shenbao_applications.domain.pack.rules import Scope
from shenbao_applications.domain.pack.source import Findings
from shenbao_applications.domain.pack.stages import AFTER_FAIL, FILLERS
from shenbao_applications.domain.pack.vocabulary import STATUSES


def check(pack: Pack, templates: Mapping[str, str], findings: Findings) -> None:
    """Adds every objection that needs more than one place of the pack.

    A pack whose shape is wrong somewhere is still searched, as far as its shape lets us.
    """
    # No exception is expected when the shape is right: a crash then is our fault and shows.
    tolerated = (LookupError, TypeError, AttributeError, ValueError) if findings.problems else ()
    for group in (_of_fields, _of_documents, _of_rules, _of_steps, _of_the_whole):
        with suppress(*tolerated):
            for one in group(pack, templates, findings):
                with suppress(*tolerated):
                    one()


def _of_fields(pack: Pack, _: Mapping[str, str], findings: Findings) -> Iterable[Callable[[], None]]:
    return (partial(_check_field, pack, field, path, findings) for path, field in fields_with_paths(pack))


def _of_documents(pack: Pack, templates: Mapping[str, str], findings: Findings) -> Iterable[Callable[[], None]]:
    return (partial(papers.check, pack, number, templates, findings) for number in range(len(pack["documents"])))


def _of_the_whole(pack: Pack, _: Mapping[str, str], findings: Findings) -> Iterable[Callable[[], None]]:
    return (partial(whole, pack, findings) for whole in _WHOLE)


def _check_unique(pack: Pack, findings: Findings) -> None:
    lists: list[tuple[str, list[dict[str, Any]]]] = [(word, pack[word]) for word in (*_KEYED, *_REPORTED)]
    lists += [(f"options.{name}", items) for name, items in pack["options"].items()]
    for s, section in enumerate(pack["sections"]):
        lists.append((f"sections.{s}.fields", section["fields"]))
        lists += [
            (f"sections.{s}.fields.{f}.fields", field.get("fields", [])) for f, field in enumerate(section["fields"])
        ]
    for path, items in lists:
        seen: set[str] = set()
        for i, item in enumerate(items):
            if item["key"] in seen:
                findings.add("duplicate_name", f"{path}.{i}.key", name=item["key"])
            seen.add(item["key"])


_KEYED = ("variants", "sections", "materials", "facts", "eligibility", "commitments")
_REPORTED = ("report_fields", "report_confirmations")


def _check_field(pack: Pack, field: dict[str, Any], path: str, findings: Findings) -> None:
    if field["type"] == "choice" and field["options"] not in pack["options"]:
        findings.add("unknown_options", f"{path}.options", name=field["options"])
    if "kind_field" in field:
        _check_kinds(pack, field, path, findings)
    if field["type"] in FILE_TYPES and "material" not in field:
        for word in {"formats", "max_bytes"} - field.keys():
            findings.add("missing_key", f"{path}.{word}")


def _check_kinds(pack: Pack, field: dict[str, Any], path: str, findings: Findings) -> None:
    siblings = _siblings(pack, path)
    kind = next((f for f in siblings if f["key"] == field["kind_field"] and f["type"] == "choice"), None)
    if kind is None:
        findings.add("unknown_field", f"{path}.kind_field", name=field["kind_field"])
        return
    keys = {option["key"] for option in pack["options"].get(kind["options"], ())}
    for i, key in enumerate(field.get("checked_kinds", ())):
        if key not in keys:
            findings.add("unknown_word", f"{path}.checked_kinds.{i}", word=key, known=", ".join(sorted(keys)))


def _siblings(pack: Pack, path: str) -> list[dict[str, Any]]:
    """The fields of the section, or the columns of the rows, among which the one at `path` stands."""
    _, section, _, field, *column = path.split(".")
    fields: list[dict[str, Any]] = pack["sections"][int(section)]["fields"]
    return fields[int(field)]["fields"] if column else fields


def _check_materials(pack: Pack, findings: Findings) -> None:
    known = {m["key"] for m in pack["materials"]}
    used = {f["material"]: path for path, f in fields_with_paths(pack) if "material" in f}
    for name in used.keys() - known:
        findings.add("unknown_material", f"{used[name]}.material", name=name)
    for i, material in enumerate(pack["materials"]):
        if material["key"] not in used:
            findings.add("material_without_field", f"materials.{i}", name=material["key"])


def _check_people(pack: Pack, findings: Findings) -> None:
    for word, types in (("name", ("text",)), ("number", ("id_number",))):
        field = form_field(pack, pack["identity"][word])
        if field is None or field["type"] not in types:
            findings.add("unknown_field", f"identity.{word}", name=pack["identity"][word])
    for i, place in enumerate(pack["list_columns"]):
        if form_field(pack, place) is None:
            findings.add("unknown_field", f"list_columns.{i}", name=place)


def _of_rules(pack: Pack, _: Mapping[str, str], findings: Findings) -> Iterable[Callable[[], None]]:
    """Every rule by itself, so that one that cannot be judged does not hide the next."""
    form = scopes.of_form(pack["sections"])
    for path, field, columns in fields_with_columns(pack):
        scope = scopes.of_row(pack["sections"], columns) if columns else form
        yield from (partial(_check_rule, field, word, scope, path, findings) for word in ("required", "when"))
        yield partial(_check_valid, pack, field, columns, path, findings)
    for i, material in enumerate(pack["materials"]):
        yield partial(_check_rule, material, "due", form, f"materials.{i}", findings)
    for path, step in _steps(pack):
        yield partial(_check_rule, step, "when", scopes.STEP, path, findings)
        yield partial(_check_rule, step, "concerns", scopes.of_concern(pack["sections"]), path, findings)
    for i, fact in enumerate(pack["facts"]):
        yield partial(_check_fact, pack, fact, f"facts.{i}.rule", findings)
    for i, clause in enumerate(pack["eligibility"]):
        yield partial(_check_clause, pack, clause, f"eligibility.{i}", findings)


def _check_valid(
    pack: Pack, field: dict[str, Any], columns: list[dict[str, Any]], path: str, findings: Findings
) -> None:
    scope = scopes.of_validity(pack["sections"], columns)
    for i, demand in enumerate(field["valid"]):
        _check_rule(demand, "rule", scope, f"{path}.valid.{i}", findings)


def _check_prefill(pack: Pack, findings: Findings) -> None:
    for i, line in enumerate(pack["prefill"]):
        if form_field(pack, line["place"]) is None or line["place"].count(".") > 1:
            findings.add("unknown_field", f"prefill.{i}.place", name=line["place"])


def _check_rule(owner: dict[str, Any], word: str, scope: Scope, path: str, findings: Findings) -> None:
    if isinstance(owner[word], str):
        rules.check(owner[word], scope, f"{path}.{word}", findings)


def _check_fact(pack: Pack, fact: dict[str, Any], path: str, findings: Findings) -> None:
    answer = int if fact["type"] == "integer" else str
    rules.check(fact["rule"], scopes.of_reckoning(pack["sections"]), path, findings, answer=answer)


def _check_clause(pack: Pack, clause: dict[str, Any], path: str, findings: Findings) -> None:
    scope = scopes.of_eligibility(pack["sections"], pack["facts"], clause["limits"])
    for word in ("rule", "when"):
        _check_rule(clause, word, scope, path, findings)


def _check_self_test(pack: Pack, findings: Findings) -> None:
    known = {f"facts.{fact['key']}" for fact in pack["facts"]}
    for i, place in enumerate(pack["self_test"]):
        if place not in known and form_field(pack, place) is None:
            findings.add("unknown_field", f"self_test.{i}", name=place)


def _check_pretest(pack: Pack, findings: Findings) -> None:
    pretest_words.check(pack, lambda place: form_field(pack, place), findings)


def _steps(pack: Pack) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every step with its place in the file."""
    for i, stage in enumerate(pack["route"]):
        several = "parallel" in stage
        for j, step in enumerate(stage.get("parallel", [stage])):
            yield (f"route.{i}.parallel.{j}" if several else f"route.{i}"), step


def _of_steps(pack: Pack, _: Mapping[str, str], findings: Findings) -> Iterable[Callable[[], None]]:
    return (partial(_check_step, pack, step, path, findings) for path, step in _steps(pack))


def _check_step(pack: Pack, step: dict[str, Any], path: str, findings: Findings) -> None:
    first = next(i for i, other in _steps(pack) if other.get("key") == step["key"])
    if first != path:
        findings.add("duplicate_name", f"{path}.key", name=step["key"])
    # The report of the unit, or of the applicant, opens the route; every later step is a decision, of an office or,
    # where a person declares, of the person's unit.
    opens, reports, decider = path == "route.0", step["actions"] == ["report"], step["decider"]
    known = decider in FILLERS if opens else decider not in FILLERS or _asks_unit(pack, decider)
    if reports != opens or not known:
        findings.add("wrong_place_of_step", path, name=step["key"])

    _check_committee(pack, step, path, findings)
    for i, name in enumerate(step["sees"] or ()):
        if name not in {section["key"] for section in pack["sections"]}:
            findings.add("unknown_section", f"{path}.sees.{i}", name=name)
    for i, place in enumerate((step.get("publicity") or {}).get("fields", ())):
        field = form_field(pack, place)
        if field is None:
            findings.add("unknown_field", f"{path}.publicity.fields.{i}", name=place)
        elif field["type"] not in tables.PUBLIC_TYPES:
            findings.add("not_for_publicity", f"{path}.publicity.fields.{i}", type=field["type"])


def _asks_unit(pack: Pack, decider: str) -> bool:
    return decider == "unit" and pack["requires"]["binding"] == "active"


def _check_committee(pack: Pack, step: dict[str, Any], path: str, findings: Findings) -> None:
    """A sitting passes or fails; which committee it is, one field of the form says."""
    sits, terms = step["decider"] == "committee", step.get("committee")
    if sits and set(step["actions"]) != {"pass", "fail"}:
        findings.add("committee_passes_or_fails", f"{path}.actions")
    if terms is not None and not sits:
        findings.add("only_for_committee", f"{path}.committee")
    if step.get("exam") and (sits or step.get("publicity") or "pass" not in step["actions"]):
        findings.add("exam_is_decided", f"{path}.exam")
    place = (terms or {}).get("group_by")
    field = form_field(pack, place) if place else None
    if place and (field is None or field["type"] not in {"choice", "text"}):
        findings.add("unknown_field", f"{path}.committee.group_by", name=place)
    for i, masked in enumerate((terms or {}).get("masks", ())):
        if form_field(pack, masked) is None:
            findings.add("unknown_field", f"{path}.committee.masks.{i}", name=masked)


def _check_re_entry(pack: Pack, findings: Findings) -> None:
    name = pack["submission"]["re_entry_step"]
    if name not in {step.get("key") for _, step in _steps(pack)}:
        findings.add("unknown_step", "submission.re_entry_step", name=name)


def statuses(pack: Pack) -> list[str]:
    """Every status that an application of this programme can have, apart from deleted ones."""
    steps = [step for _, step in _steps(pack)]
    again = [status for status in AFTER_FAIL if any(step["after_fail"] == status for step in steps)]
    withdrawn = ["withdrawn"] if any(step["withdrawable"] for step in steps) else []
    materials = ["materials_pending"] if pack["save_mode"] == "information_first" else []
    return list(dict.fromkeys([*STATUSES, *materials, *again, *withdrawn]))


def _check_labels(pack: Pack, findings: Findings) -> None:
    reached = statuses(pack)
    known = [*reached, *(status for status in LABELS if status not in reached)]
    for word in ("labels", "unit_labels"):
        for status in pack[word].keys() - set(known):
            findings.add("unknown_word", f"{word}.{status}", word=status, known=", ".join(known))
    for status in set(reached) - pack["labels"].keys():
        findings.add("missing_key", f"labels.{status}")


_WHOLE = (
    _check_unique,
    _check_materials,
    tables.check_cited,
    tables.check_publicity,
    _check_people,
    _check_self_test,
    _check_pretest,
    naming.check,
    _check_prefill,
    readings.check,
    fillers.check,
    fillers.check_unit,
    fillers.check_renewal,
    fillers.check_assurance,
    _check_re_entry,
    papers.check_kinds,
    _check_labels,
)

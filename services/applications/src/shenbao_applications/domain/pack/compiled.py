"""A published pack ready for use: its rules compiled once, its parts found by name."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from shenbao_applications.domain.pack import scopes
from shenbao_applications.domain.pack.clauses import Judgement, judge
from shenbao_applications.domain.pack.field_words import is_file
from shenbao_applications.domain.pack.rules import Rule, Scope
from shenbao_common.kernel import routing
from shenbao_common.kernel.errors import Problem

Sections = Mapping[str, Mapping[str, Any]]
Field = Mapping[str, Any]
Place = tuple[str, Field]
"""A field with its section's key."""


_BEFORE = {"in_publicity": "in_review", "certified": "approved"}


@dataclass(frozen=True, kw_only=True)
class Around:
    """Facts around an application that clauses may name. department_ids: the unit's department and all above it."""

    project: Mapping[str, Any]
    unit_id: str
    department_ids: tuple[str, ...]
    today: date


class Pack:
    """One version of a programme. Raises ValueError when made from a document that was not checked."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.key: str = document["programme"]
        self.route = routing.read(document["route"])
        self.sections: list[dict[str, Any]] = [s for s in document["sections"] if not s["read_only"]]
        self._places: list[Place] = [(s["key"], f) for s in self.sections for f in s["fields"]]
        self._those: dict[Callable[[Field], bool], list[Place]] = {}
        self._columns = {id(f): scopes.of_columns(f) for _, f in self._places if f["type"] == "rows"}
        self._form_scope = scopes.of_form(self.sections)
        # A version that was published before a word was known says nothing of it.
        self.facts: list[dict[str, Any]] = document.get("facts", [])
        clauses = scopes.of_eligibility(self.sections, self.facts, {})
        # The form is put into its scope but once.
        self._around_scope = {name: kind for name, kind in clauses.items() if self._form_scope.get(name) != kind}
        self._rules: dict[str, Rule] = {}

    @property
    def needs_binding(self) -> bool:
        """Whether a person submits only as one of a unit's people (X11)."""
        return bool(self.document.get("requires", {}).get("binding") == "active")

    @property
    def unit_decides(self) -> bool:
        """Whether a unit has its own list of what it examines (S1-28)."""
        return any(rule.decider == "unit" and not rule.carried_out for stage in self.route for rule in stage)

    @property
    def needs_check(self) -> bool:
        """Whether nothing is submitted but what has passed the check since its last change."""
        return bool(self.document["submission"].get("check_first"))

    def variant(self, key: str) -> Mapping[str, Any] | None:
        return next((v for v in self.document["variants"] if v["key"] == key), None)

    def accounts(self, act: str, variant: str) -> list[str]:
        """Which kinds of account may `fill` or `report` an application of this variant."""
        found: list[str] = (self.variant(variant) or {}).get(act) or self.document["submission"][act]
        return found

    def forms(self, variant: str) -> list[Mapping[str, Any]]:
        """What is printed of an application of this variant: its own form, and those that are no variant's own."""
        own = (self.variant(variant) or {}).get("form")
        others = {v.get("form") for v in self.document["variants"]} - {own}
        return [d for d in self.document["documents"] if d["format"] == "pdf" and d["kind"] not in others]

    def document_of_kind(self, kind: str) -> Mapping[str, Any] | None:
        return next((d for d in self.document["documents"] if d["kind"] == kind), None)

    def field(self, place: str) -> Field:
        """The field at `<section>.<field>`, or the column at `<section>.<rows>.<column>`."""
        section, key, *column = place.split(".")
        fields = next(s["fields"] for s in self.sections if s["key"] == section)
        found: Field = next(f for f in fields if f["key"] == key)
        return next(c for c in found["fields"] if c["key"] == column[0]) if column else found

    def value(self, sections: Sections, place: str) -> Any:
        """What is filled in at a place of the form; None when nothing is. A column answers that of the last row."""
        section, key, *column = place.split(".")
        found = sections.get(section, {}).get(key)
        return found[-1].get(column[0]) if column and found else (None if column else found)

    def holds(self, rule: bool | str, facts: Mapping[str, Any]) -> bool:
        return rule if isinstance(rule, bool) else self.rule(rule).holds(facts)

    def rule(self, text: str) -> Rule:
        """A rule of this pack, compiled once."""
        if text not in self._rules:
            self._rules[text] = Rule(text)
        return self._rules[text]

    def form_facts(self, sections: Sections, *, variant: str) -> dict[str, Any]:
        return scopes.facts(self._form_scope, {**sections, **self._variant_facts(variant)})

    def those(self, test: Callable[[Field], bool]) -> list[Place]:
        """The fields of which this is true, in the order of the form; looked for once, as a pack never changes."""
        if test not in self._those:
            self._those[test] = [place for place in self._places if test(place[1])]
        return self._those[test]

    def columns(self, field: Field) -> Scope:
        """The types of a row of one of its repeated fields."""
        return self._columns[id(field)]

    def shown(self, sections: Sections, *, variant: str, among: Sequence[Place] | None = None) -> Iterator[Place]:
        """Every field, or every one of those, that applies to these values."""
        return self.shown_by(self.form_facts(sections, variant=variant), among)

    def shown_by(self, facts: Mapping[str, Any], among: Sequence[Place] | None = None) -> Iterator[Place]:
        """As `shown`, where the facts of the form are at hand."""
        for place in self._places if among is None else among:
            if place[1]["when"] is None or self._applies(place[1], facts):
                yield place

    def missing(self, sections: Sections, *, variant: str) -> list[Problem]:
        """What still has to be filled in before reporting, in the order of the form."""
        facts = self.form_facts(sections, variant=variant)
        problems: list[Problem] = []
        for section, field in self.shown_by(facts, self.those(_may_be_missing)):
            value = sections.get(section, {}).get(field["key"])
            path = f"sections.{section}.{field['key']}"
            if not value and value != 0 and self.holds(field["required"], facts):
                problems.append(Problem("required", path))
            if field["type"] == "rows" and value:
                problems += self.missing_in_rows(field, value, facts, path)
        return problems

    def necessary(self, sections: Sections, *, variant: str) -> list[str]:
        """The places of files that these values demand, handed in or not."""
        facts = self.form_facts(sections, variant=variant)
        files = self.shown_by(facts, self.those(is_file))
        return [f"{section}.{field['key']}" for section, field in files if self.holds(field["required"], facts)]

    def missing_in_rows(
        self, field: Field, rows: Sequence[Mapping[str, Any]], facts: Mapping[str, Any], path: str
    ) -> Iterator[Problem]:
        """The required columns that rows lack."""
        asked = [column for column in field["fields"] if column["required"] is not False]
        for i, row in enumerate(rows):
            empty = [c for c in asked if not (value := row.get(c["key"])) and value != 0]
            own = {**facts, "row": scopes.Facts(self.columns(field), row)} if empty else {}
            for column in empty:
                if self._applies(column, own) and self.holds(column["required"], own):
                    yield Problem("required", f"{path}.{i}.{column['key']}")

    def _applies(self, field: Field, facts: Mapping[str, Any]) -> bool:
        return field["when"] is None or self.holds(field["when"], facts)

    def objections(self, sections: Sections, around: Around, *, at: str, variant: str) -> list[Problem]:
        """Clauses that forbid the act `at` (create, report), named by their keys."""
        judged = self.judgements(sections, around, variant=variant, at=at)
        return [Problem(j.clause["key"], "", j.clause.get("limits", {})) for j in judged if j.result == "not_met"]

    def judgements(
        self, sections: Sections, around: Around, *, variant: str, at: str | None = None, known: Set[str] | None = None
    ) -> list[Judgement]:
        """What every clause, or those of the act `at`, says of these values.

        known: the only places that were answered, in a self-test; what a visitor did not say is no answer, and whether
        a clause applies to them at all is not asked. None: whatever is empty is empty.
        """
        clauses = [c for c in self.document["eligibility"] if at is None or at in c["at"]]
        if not clauses:
            return []
        facts = self._clause_facts(sections, around, variant)
        if known is not None:
            known = self._with_reckoned(known)
        return [
            self._with_found(judge(clause, own, self.rule, known), own["facts"])
            for clause in clauses
            for own in ({**facts, "limits": clause.get("limits", {})},)
            if known is not None or not clause.get("when") or self.holds(clause["when"], own)
        ]

    def _with_found(self, judgement: Judgement, reckoned: Mapping[str, Any]) -> Judgement:
        named = [fact for fact in self.facts if f"facts.{fact['key']}" in judgement.because]
        found = (
            {**{word: fact[word] for word in ("key", "zh", "en")}, "value": reckoned[fact["key"]]} for fact in named
        )
        return replace(judgement, found=tuple(found))

    def _clause_facts(self, sections: Sections, around: Around, variant: str) -> dict[str, Any]:
        today = around.today.isoformat()
        given = sections.get("facts", {})  # A visitor may say an age without a date of birth.
        form = {**self.form_facts(sections, variant=variant), "today": today}
        reckoned = {f["key"]: given.get(f["key"], self.rule(f["rule"]).value(form)) for f in self.facts}
        unit = {
            "id": around.unit_id,
            "department_id": around.department_ids[0] if around.department_ids else "",
            "department_ids": around.department_ids,
        }
        values = {**form, "facts": reckoned, "project": around.project, "unit": unit}
        return {**form, **scopes.facts(self._around_scope, values)}

    def _with_reckoned(self, known: Set[str]) -> Set[str]:
        """Also what is reckoned from nothing but what is known."""
        form = {section["key"] for section in self.sections}
        reckoned = {
            f"facts.{f['key']}"
            for f in self.facts
            if {n for n in self.rule(f["rule"]).names if n.partition(".")[0] in form} <= known
        }
        return known | reckoned

    def route_of(self, variant: str) -> list[Mapping[str, Any]]:
        """The steps that an application of this variant goes through, in order."""
        steps = [step for stage in self.document["route"] for step in stage.get("parallel", [stage])]
        facts = self._variant_facts(variant)
        return [step for step in steps if step["when"] is None or self.holds(step["when"], facts)]

    def skips(self, sections: Sections, *, variant: str, today: date, self_declaring: bool = False) -> tuple[str, ...]:
        """The steps that do not concern this applicant, as what was filled in, and the unit, say on that day."""
        steps = [step for stage in self.document["route"] for step in stage.get("parallel", [stage])]
        asked = [step for step in steps if step.get("concerns")]
        if not asked:
            return ()
        unit = {"self_declaring": "yes" if self_declaring else ""}
        facts = {**self.form_facts(sections, variant=variant), "unit": unit, "today": today.isoformat()}
        return tuple(step["key"] for step in asked if not self.holds(step["concerns"], facts))

    def step(self, key: str) -> Mapping[str, Any]:
        """The words of a step; none for a step that this version does not know."""
        steps = (step for stage in self.document["route"] for step in stage.get("parallel", [stage]))
        return next((step for step in steps if step["key"] == key), {})

    def is_final(self, document: Mapping[str, Any], *, status: str, variant: str) -> bool:
        """Whether a document is printed as the official one now, without a watermark."""
        facts = self._variant_facts(variant)
        # Rules that were written before these two statuses were known name the one that it had before.
        known = {status, _BEFORE.get(status, status)}
        return any(self.holds(document["final_when"], {"status": one, **facts}) for one in known)

    def _variant_facts(self, key: str) -> dict[str, str]:
        variant = self.variant(key)
        return {"variant": key, "tier": variant["tier"] if variant else ""}


def _may_be_missing(field: Field) -> bool:
    return any(one["required"] is not False for one in (field, *field.get("fields", ())))

"""Rules in CEL: every name is known before publishing, every fact has a type, and an expression is compiled once.

A scope says which facts a rule may name: a tree whose leaves are types. Facts are always complete: a field that is
not filled is its type's empty value, so that a rule never meets a missing one. Dates are ISO texts, which compare as
they should. A rule cannot loop, call Python or read anything but its facts.
"""

import re
from collections.abc import Mapping
from typing import Any

import cel

from shenbao_applications.domain.pack.source import Findings

Scope = Mapping[str, Any]
"""Fact name to "text", "integer", a list with one such (list of), or a deeper scope."""

EMPTY: Mapping[str, Any] = {"text": "", "integer": 0}
_FILLED: Mapping[str, Any] = {"text": "text", "integer": 1}

_MACROS = ("has", "all", "exists", "exists_one", "map", "filter")
_FUNCTIONS = frozenset(
    {*_MACROS, "size", "matches", "contains", "startsWith", "endsWith", "int", "string", "double"},
)
_WORDS = frozenset({"true", "false", "null", "in"})
_TOKEN = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[.\])]\s*(?=[A-Za-z_])|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*""")
_BOUND = re.compile(r"\.(?:all|exists|exists_one|map|filter)\(\s*([A-Za-z_]\w*)\s*,")


class Rule:
    """A compiled expression whose answer is true or false."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._program = cel.compile(text)
        self._names = {name for name in _TOKEN.findall(text) if name[0] not in "'\".])"}

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """Raises ValueError when the facts do not have the types that the rule was checked with."""
        try:
            return bool(self._program.execute(self._named(facts)))
        except (TypeError, RuntimeError, KeyError) as wrong:
            raise ValueError(f"rule {self.text!r} does not fit its facts") from wrong

    def _named(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The facts that the text may name; handing all of them over costs more than answering."""
        found: dict[str, Any] = {}
        for name in self._names:
            head, _, rest = name.partition(".")
            whole, key = facts.get(head), rest.partition(".")[0]
            if isinstance(whole, Mapping) and key in whole and found.get(head) is not whole:
                found.setdefault(head, {})[key] = whole[key]
            elif head in facts:
                found[head] = whole
        return found


def check(text: str, scope: Scope, path: str, findings: Findings) -> None:
    """Adds every objection: unknown names and functions, wrong syntax, wrong types, an answer that is not yes or no."""
    before = len(findings.problems)
    _check_names(text, scope, path, findings)
    try:
        program = cel.compile(text)
    except ValueError as wrong:
        findings.add("rule_not_readable", path, detail=str(wrong).splitlines()[0][:300])
        return
    if len(findings.problems) > before:
        return  # Its types cannot be tried while names are unknown.
    for leaves in (EMPTY, _FILLED):
        try:
            answer = program.execute(_sample(scope, leaves))
        except (TypeError, ValueError, RuntimeError, KeyError) as wrong:
            findings.add("rule_type", path, detail=str(wrong).split(".")[0][:300])
            return
        if not isinstance(answer, bool):
            findings.add("rule_not_yes_or_no", path)
            return


def _check_names(text: str, scope: Scope, path: str, findings: Findings) -> None:
    bound = set(_BOUND.findall(text))
    after_value = False
    for match in _TOKEN.finditer(text):
        token = match.group()
        if token[0] in "'\"":
            after_value = False
            continue
        if token[0] in ".])":
            after_value = token[0] == "."
            continue
        _check_chain(token.split("."), text[match.end() :], (scope, bound, after_value), path, findings)
        after_value = False


def _check_chain(
    names: list[str], rest: str, known: tuple[Scope, set[str], bool], path: str, findings: Findings
) -> None:
    scope, bound, after_value = known
    if rest.lstrip().startswith("("):
        function = names.pop()
        if function not in _FUNCTIONS:
            findings.add("unknown_function", path, name=function)
    if not names or after_value or names[0] in bound or names[0] in _WORDS:
        return
    at: Any = scope
    for i, name in enumerate(names):
        if not isinstance(at, Mapping) or name not in at:
            findings.add("unknown_name", path, name=".".join(names[: i + 1]))
            return
        at = at[name]


def _sample(scope: Any, leaves: Mapping[str, Any]) -> Any:
    if isinstance(scope, Mapping):
        return {name: _sample(inner, leaves) for name, inner in scope.items()}
    if isinstance(scope, list):
        return [_sample(scope[0], leaves)] if leaves is _FILLED else []
    return leaves[scope]

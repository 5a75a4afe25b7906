"""Rules in CEL: every name is known before publishing, every fact has a type, and an expression is compiled once.

A scope says which facts a rule may name: a tree whose leaves are types. Facts are always complete: a field that is
not filled is its type's empty value, so that a rule never meets a missing one. Dates are ISO texts, which compare as
they should. A rule cannot loop: a test of all items of a list may not hold another such test, and nothing in it makes
its values grow, so its work is bounded by the limits of the form; it reads nothing but its facts. Before publishing it
is tried on the largest facts that the form allows, and refused above `MOST_SECONDS`. It divides by plain numbers alone
and takes no item of a list by its place: what fails on some facts only would fail an applicant, and not who publishes.
"""

import re
import time
from collections.abc import Iterable, Mapping
from typing import Any

import cel

from shenbao_applications.domain.pack.functions import FUNCTIONS
from shenbao_applications.domain.pack.source import Findings

Scope = Mapping[str, Any]
"""Fact name to "text", "integer", "number", a list of one such and how many there may be at most, or a deeper scope."""

MOST_SECONDS = 0.010
MOST_SECONDS_OF_ALL = 1.0

EMPTY: Mapping[str, Any] = {"text": "", "integer": 0, "number": 0.0}
_FILLED: Mapping[str, Any] = {"text": "text", "integer": 1, "number": 1.5}
_LARGEST: Mapping[str, Any] = {"text": "大" * 200, "integer": 10**9, "number": 1e9}

_OVER_LISTS = ("all", "exists", "exists_one", "filter")
_MACROS = ("has", *_OVER_LISTS)
_FUNCTIONS = frozenset(
    {*_MACROS, *FUNCTIONS, "size", "matches", "contains", "startsWith", "endsWith", "int", "string", "double"},
)
_WORDS = frozenset({"true", "false", "null", "in"})
_TOKEN = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[.\])]\s*(?=[A-Za-z_])|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*""")
_BOUND = re.compile(rf"\.(?:{'|'.join(_OVER_LISTS)})\(\s*([A-Za-z_]\w*)\s*,")
_PARENTHESIS = re.compile(rf"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|\.\s*(?:{"|".join(_OVER_LISTS)})\s*\(|[()]""")

_FALLIBLE = re.compile(
    r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[/%](?!\s*[0-9.]*[1-9])|(?:\b(?!in\b)[A-Za-z_]\w*|[)\]])\s*\["""
)
_FAILURES = (TypeError, ValueError, RuntimeError, LookupError, ArithmeticError)

_JOINT = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|&&|\|\||[?()\[\]{}]""")


class Rule:
    """A compiled expression. names: what it names of its facts, dotted; its functions and words are among them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._program = cel.compile(text)
        self.names = _names(text)
        self._reckons = not self.names.isdisjoint(FUNCTIONS)

    def holds(self, facts: Mapping[str, Any]) -> bool:
        return bool(self.value(facts))

    def value(self, facts: Mapping[str, Any]) -> Any:
        """Raises ValueError when the facts do not have the types that the rule was checked with."""
        named = self._named(facts)
        try:
            return self._program.execute(_with_functions(named) if self._reckons else named)
        except _FAILURES as wrong:
            raise ValueError(f"rule {self.text!r} does not fit its facts") from wrong

    def _named(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        return _only_named(facts, self.names)


def _names(text: str) -> frozenset[str]:
    return frozenset(name for name in _TOKEN.findall(text) if name[0] not in "'\".])")


def _only_named(facts: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The facts that a text may name; handing all of them over costs more than answering."""
    found: dict[str, Any] = {}
    for name in names:
        head, _, rest = name.partition(".")
        whole, key = facts.get(head), rest.partition(".")[0]
        if isinstance(whole, Mapping):
            named = [key] if key in whole else whole
            found.setdefault(head, {}).update((one, whole[one]) for one in named)
        elif head in facts:
            found[head] = whole
    return found


def conjuncts(text: str) -> list[str]:
    """The parts that must all hold, where the whole is nothing but such parts; else the whole as its only part."""
    depth, begins, parts = 0, 0, []
    for match in _JOINT.finditer(text):
        sign = match.group()
        if sign[0] in "'\"":
            continue
        if depth == 0 and sign in {"||", "?"}:
            return [text]
        if depth == 0 and sign == "&&":
            parts.append(text[begins : match.start()].strip())
            begins = match.end()
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(sign, 0)
    return [*parts, text[begins:].strip()]


def check(text: str, scope: Scope, path: str, findings: Findings, *, answer: type = bool) -> None:
    """Adds every objection: unknown names and functions, wrong syntax, wrong types, another answer than is wanted."""
    before = len(findings.problems)
    _check_names(text, scope, path, findings)
    if _is_nested(text):
        findings.add("rule_nested", path)
    for sign in {found[-1] for found in _FALLIBLE.findall(text) if found[0] not in "'\""}:
        findings.add("rule_by_place" if sign == "[" else "rule_divides", path)
    try:
        program = cel.compile(text)
    except ValueError as wrong:
        findings.add("rule_not_readable", path, detail=str(wrong).splitlines()[0][:300])
        return
    if len(findings.problems) > before:
        return  # Its types cannot be tried while names are unknown.
    scope = _only_named(scope, _names(text))
    for leaves in (EMPTY, _FILLED):
        try:
            found = program.execute(_with_functions(_sample(scope, leaves)))
        except _FAILURES as wrong:
            findings.add("rule_type", path, detail=str(wrong).split(".")[0][:300])
            return
        if type(found) is not answer:
            findings.add(_WRONG_ANSWER[answer], path)
            return
    _check_time(program, _sample(scope, _LARGEST), path, findings)


def _check_time(program: Any, facts: Mapping[str, Any], path: str, findings: Findings) -> None:
    if findings.seconds > MOST_SECONDS_OF_ALL:
        return
    try:
        taken = _seconds(program, facts)
    except OverflowError as wrong:
        findings.add("rule_type", path, detail=str(wrong)[:300])
        return
    findings.seconds += sum(taken)
    if min(taken) > MOST_SECONDS:
        findings.add("rule_too_slow", path, limit=f"{MOST_SECONDS * 1000:.0f} ms")
    if findings.seconds > MOST_SECONDS_OF_ALL:
        findings.add("rules_too_slow", path, limit=f"{MOST_SECONDS_OF_ALL:.0f} s")


_WRONG_ANSWER = {bool: "rule_not_yes_or_no", int: "rule_no_number", str: "rule_no_text"}


def _with_functions(facts: Mapping[str, Any]) -> Any:
    return cel.Context(variables=dict(facts), functions=dict(FUNCTIONS))


def _is_nested(text: str) -> bool:
    """Whether a test of all items of a list holds another: their lengths would multiply."""
    opened: list[bool] = []
    for sign in _PARENTHESIS.findall(text):
        if sign == ")":
            opened[-1:] = []
        elif sign[-1] == "(":
            over_list = len(sign) > 1
            if over_list and any(opened):
                return True
            opened.append(over_list)
    return False


def _seconds(program: Any, facts: Mapping[str, Any]) -> list[float]:
    """Of up to three tries, of which the quickest counts: what the machine does besides is not the rule's fault."""
    taken = []
    for _ in range(3):
        began = time.thread_time()
        try:
            program.execute(_with_functions(facts))
        except (TypeError, ValueError, RuntimeError, KeyError):
            return [0.0]  # For example a text that is no number; such a rule answers quickly.
        taken.append(time.thread_time() - began)
        if not MOST_SECONDS < taken[-1] < 10 * MOST_SECONDS:
            break
    return taken


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
        number = {id(_FILLED): 1, id(_LARGEST): scope[1]}.get(id(leaves), 0)
        return [_sample(scope[0], leaves)] * number
    return leaves[scope]

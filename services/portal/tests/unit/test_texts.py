"""Chinese and English are complete, and no page speaks past them."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

SOURCE = Path(__file__).parents[2] / "src/shenbao_portal"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "_l": None, "ngettext": (1, 2)}
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
TRANSLATORS = {"_", "ngettext"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
BEFORE_A_LINK = re.compile(r'_\("([^"]+[？：；，。])"\) \}\}<a')
ALWAYS_CHINESE = "申"  # The mark in the top bar.
OWN_NAMES = {"中文"}  # A language is named in itself.


def texts() -> set[str]:
    found = extract_from_dir(SOURCE, method_map=METHODS, keywords=KEYWORDS)
    return {m if isinstance(m, str) else m[0] for _file, _line, m, _comments, _context in found}


@pytest.fixture(scope="module")
def english() -> Catalog:
    with (SOURCE / "translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file)


def strings(message: Message | None) -> list[str]:
    if message is None:
        return [""]
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_every_text_has_its_english(english: Catalog) -> None:
    assert sorted(t for t in texts() if not all(strings(english.get(t)))) == []


def test_no_english_text_is_left_over(english: Catalog) -> None:
    known = {m.id if isinstance(m.id, str) else m.id[0] for m in english if m.id}
    assert sorted(known - texts()) == []


def test_english_holds_no_chinese(english: Catalog) -> None:
    assert [m.id for m in english if m.id and any(CHINESE.search(s) for s in strings(m))] == []


def test_no_english_text_is_said_twice_over(english: Catalog) -> None:
    """As a merge of two long entries leaves it."""
    twice = [m.id for m in english if m.id and any(re.fullmatch(r"(.{12,}?)\1+", s) for s in strings(m))]
    assert twice == []


def test_english_before_a_link_leaves_a_space_where_chinese_needs_none(english: Catalog) -> None:
    before = [m for path in SOURCE.glob("templates/**/*.html") for m in BEFORE_A_LINK.findall(path.read_text("utf-8"))]
    assert before
    assert [text for text in before if not strings(english.get(text))[0].endswith(" ")] == []


def test_both_languages_fill_in_the_same_values(english: Catalog) -> None:
    wrong = []
    for message in english:
        source = message.id if isinstance(message.id, str) else message.id[0] if message.id else ""
        wanted = set(PLACEHOLDER.findall(source))
        wrong += [source for s in strings(message) if source and s and set(PLACEHOLDER.findall(s)) != wanted]
    assert wrong == []


def test_every_text_can_be_filled_in(english: Catalog) -> None:
    """A lone % or a letter after the value's name would be an error of the server on the page that shows the text."""
    given = {text: values for text, values in _calls() if values}
    said = {text: [text, *strings(english.get(text))] for text in given}
    assert [text for text, values in given.items() if not all(_is_filled(one, values) for one in said[text])] == []


def test_every_value_of_a_text_is_given_where_it_is_said() -> None:
    lacking = [(text, set(PLACEHOLDER.findall(text)) - values) for text, values in _said_at_once()]
    assert [(text, sorted(names)) for text, names in lacking if names] == []


def test_a_value_that_is_missing_or_wrongly_named_is_found() -> None:
    assert not _is_filled("共 %(total)d 份", {"totals"})
    assert not _is_filled("把握 %(percent)d%", {"percent"})
    assert _is_filled("把握 %(percent)d%%", {"percent"})


@pytest.mark.parametrize("path", sorted(SOURCE.glob("**/*.py")), ids=lambda p: p.name)
def test_a_module_says_nothing_untranslated(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") in KEYWORDS]
    translated = {id(argument) for call in calls for argument in call.args}
    documents = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    strings = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    spoken = [n.value for n in strings if id(n) not in translated | documents and CHINESE.search(n.value)]
    assert [text for text in spoken if text not in OWN_NAMES] == []


@pytest.mark.parametrize("path", sorted(SOURCE.glob("templates/**/*.html")), ids=lambda p: p.name)
def test_a_template_says_nothing_untranslated(path: Path) -> None:
    assert untranslated(path.read_text(encoding="utf-8")) == []


def untranslated(template: str) -> list[str]:
    """Chinese outside of tags, and Chinese strings that are no argument of a translating function."""
    found, open_calls, last = [], [], ""
    for _line, sort, value in Environment(autoescape=True).lex(template):
        if sort == "data" and CHINESE.search(value.replace(ALWAYS_CHINESE, "")):
            found.append(value.strip())
        elif sort == "operator" and value == "(":
            open_calls.append(last)
        elif sort == "operator" and value == ")" and open_calls:
            open_calls.pop()
        elif sort == "string" and CHINESE.search(value) and (not open_calls or open_calls[-1] not in TRANSLATORS):
            found.append(value)
        if sort != "whitespace":
            last = value
    return found


def _is_filled(text: str, values: set[str]) -> bool:
    try:
        text % dict.fromkeys(values, 1)
    except (KeyError, ValueError, TypeError):
        return False
    return True


def _calls() -> list[tuple[str, set[str]]]:
    """Every text with the names of the values that are given with it, of modules and templates."""
    return [*_said_at_once(), *_in_modules({"_l"})]


def _said_at_once() -> list[tuple[str, set[str]]]:
    """Without the texts of module level: those are filled in later."""
    return [*_in_modules(TRANSLATORS), *_in_templates()]


def _in_modules(names: set[str]) -> list[tuple[str, set[str]]]:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in SOURCE.glob("**/*.py")]
    calls = [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Call)]
    named = [(c, getattr(c.func, "id", "")) for c in calls if getattr(c.func, "id", "") in names and c.args]
    return [
        (c.args[0].value, _given(name, {k.arg for k in c.keywords if k.arg}))
        for c, name in named
        if isinstance(c.args[0], ast.Constant)
    ]


def _in_templates() -> list[tuple[str, set[str]]]:
    parse = Environment(autoescape=True).parse
    trees = [parse(path.read_text(encoding="utf-8")) for path in SOURCE.glob("templates/**/*.html")]
    calls = [c for tree in trees for c in tree.find_all(nodes.Call) if isinstance(c.node, nodes.Name) and c.args]
    return [
        (c.args[0].value, _given(c.node.name, {k.key for k in c.kwargs}))
        for c in calls
        if c.node.name in TRANSLATORS and isinstance(c.args[0], nodes.Const)
    ]


def _given(name: str, values: set[str]) -> set[str]:
    return values | {"num"} if name == "ngettext" else values

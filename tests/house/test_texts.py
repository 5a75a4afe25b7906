"""What may not stand in the repository's text."""

import ast
import re
from pathlib import Path

import pytest
import yaml

# Written in pieces, so that this file keeps its own rule.
_REGISTRIES = ("pypi" + ".org", "pythonhosted" + ".org", "registry.npmjs" + ".org", "registry.yarnpkg" + ".com")
_MACHINE_PATHS = re.compile(
    "|".join(("/" + "work/(main|shared)", "/" + "root/", "/" + "home/[a-z]+/", "/" + "opt/pypi"))
)
# Settings modules, two commands that need little else, and what starts services.
_ENVIRONMENT_READERS = re.compile(
    r"(^|/)(settings|bootstrap|env|bus/relay)\.py$|^libs/(stack|common/src/shenbao_common/testing)/"
)
_STATUS_CALLS = {"abort", "Response", "make_response"}
# Not services: simulated outside parties, the ingress's stand-in, and the portal, whose answers are pages.
_OUTSIDE = re.compile(r"^libs/stack/src/shenbao_stack/(demo|gateway)|^services/portal/")

_AROUND_PROGRAMMES = re.compile(r"/tests/|/contracts/examples/|\.md$|^libs/stack/src/shenbao_stack/demo/")


def test_no_address_of_a_registry_is_written_down(root: Path, files: list[Path]) -> None:
    assert [str(p) for p in files if any(r in _text(root, p) for r in _REGISTRIES)] == []


def test_no_path_of_a_machine_is_written_down(root: Path, files: list[Path]) -> None:
    assert [str(p) for p in files if _MACHINE_PATHS.search(_text(root, p))] == []


def test_nothing_is_called_utils(files: list[Path]) -> None:
    parts = {"utils", "util", "helpers", "misc"}
    assert [str(p) for p in files if parts & set(p.with_suffix("").parts)] == []


def test_a_programme_is_named_by_its_pack_and_tests_only(root: Path, files: list[Path]) -> None:
    """A programme is data: code that knows one by its key would have to change with it. The demo plays one."""
    keys = [path.parts[1] for path in files if path.match("programmes/*/programme.yaml")]
    product = [
        p for p in files if p.parts[0] in {"services", "libs", "deploy"} and not _AROUND_PROGRAMMES.search(str(p))
    ]
    assert keys
    assert [(str(p), key) for p in product for key in keys if re.search(rf"\b{key}\b", _text(root, p))] == []


def test_the_environment_is_read_in_settings_only(python_file: Path, root: Path) -> None:
    if _of_product(python_file) and not _ENVIRONMENT_READERS.search(python_file.as_posix()):
        assert "os.environ" not in _text(root, python_file)
        assert "os.getenv" not in _text(root, python_file)


def test_status_codes_are_chosen_in_one_place(python_file: Path, root: Path) -> None:
    """A refusal is a kind of error; web/errors.py knows its number. 2xx and 3xx are answers, not refusals."""
    errors = Path("libs/common/src/shenbao_common/web/errors.py")
    if _of_product(python_file) and python_file != errors and not _OUTSIDE.match(python_file.as_posix()):
        assert _refusing_numbers(ast.parse(_text(root, python_file))) == []


def test_no_test_is_skipped_or_patched_or_sleeps(python_file: Path, root: Path) -> None:
    if "tests" in python_file.parts and python_file.parts[1] != "house":
        forbidden = ("pytest.skip", "mark.skip", "importorskip", "unittest.mock", "time.sleep")
        assert [word for word in forbidden if word in _text(root, python_file)] == []


def test_programmes_are_known_by_their_packs_alone(root: Path, files: list[Path]) -> None:
    """Neither a programme's key nor a variant's stands in code, styles or pages: what differs is data."""
    words = re.compile("|".join(map(re.escape, sorted(_programme_words(root)))))
    code = [p for p in files if p.suffix in {".py", ".html", ".js", ".css", ".yml", ".toml"} and _of_product(p)]
    assert [str(p) for p in code if words.search(_text(root, p))] == []


def _programme_words(root: Path) -> set[str]:
    packs = list((root / "programmes").glob("*/programme.yaml"))
    found = {p.parent.name for p in packs}
    for pack in packs:
        content = yaml.safe_load(pack.read_text(encoding="utf-8"))
        found |= {variant["key"] for variant in content.get("variants", [])}
    if not found:
        pytest.fail("no programme in programmes/")
    return found


def _of_product(path: Path) -> bool:
    """Code that is delivered: not tests, not programmes, not the demo's data."""
    in_demo = path.as_posix().startswith("libs/stack/src/shenbao_stack/demo/")
    return path.parts[0] in {"libs", "services"} and "tests" not in path.parts and not in_demo


def _refusing_numbers(tree: ast.AST) -> list[int]:
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)]
    given = [a for c in calls if _name(c) in _STATUS_CALLS for a in (*c.args, *(k.value for k in c.keywords))]
    returned = [
        e for n in ast.walk(tree) if isinstance(n, ast.Return) and isinstance(n.value, ast.Tuple) for e in n.value.elts
    ]
    numbers = [n.value for n in (*given, *returned) if isinstance(n, ast.Constant) and isinstance(n.value, int)]
    return [n for n in numbers if 400 <= n < 600]


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _text(root: Path, path: Path) -> str:
    return (root / path).read_bytes().decode("utf-8", errors="replace")

"""Small modules, short functions."""

import ast
from pathlib import Path

MODULE_LINES = 300
FUNCTION_LINES = 40


def test_a_module_fits_a_head(root: Path, python_file: Path) -> None:
    assert len(_text(root, python_file).splitlines()) <= MODULE_LINES


def test_a_function_fits_a_screen(root: Path, python_file: Path) -> None:
    functions = [
        node
        for node in ast.walk(ast.parse(_text(root, python_file)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long = {f.name: f.end_lineno - f.lineno + 1 for f in functions if f.end_lineno}
    assert {name: lines for name, lines in long.items() if lines > FUNCTION_LINES} == {}


def _text(root: Path, path: Path) -> str:
    return (root / path).read_text(encoding="utf-8")

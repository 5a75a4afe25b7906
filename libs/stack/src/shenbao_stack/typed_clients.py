"""Typed clients for tests, written from what each service says of itself (OpenAPI): a module and a class a service.

They are made for whoever wants them (`shenbao clients <folder>`) and kept there: so they are never behind the services.
"""

import keyword
import re
from collections.abc import Iterator, Mapping
from typing import Any

from shenbao_stack.shapes_of_types import annotation, name_of

Document = Mapping[str, Any]

_HEAD = '''"""The service {service}, typed. Written by `shenbao clients`; write it anew instead of changing it."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, NotRequired, TypedDict, cast

from shenbao_stack.typed import Client
'''
_JSON, _FORM = "application/json", "multipart/form-data"
_METHODS = ("get", "post", "put", "patch", "delete")


def module(service: str, document: Document) -> str:
    """The source of a service's module."""
    schemas = document.get("components", {}).get("schemas", {})
    types = "\n".join(_typed_dict(name, schema) for name, schema in sorted(schemas.items()))
    calls = "\n".join(_method(name, *operation) for name, operation in operations(document).items())
    heading = f'class {service.capitalize()}Api(Client):\n    service: ClassVar[str] = "{service}"\n'
    return f"{_HEAD.format(service=service)}\n{types}\n\n{heading}\n{calls}"


def _typed_dict(name: str, schema: Document) -> str:
    required = set(schema.get("required", ()))
    fields = []
    for field, said in schema.get("properties", {}).items():
        hint = annotation(said)
        fields.append(f"    {field!r}: {hint if field in required else f'NotRequired[{hint}]'!r},")
    lines = "\n".join(fields)
    return f'{name_of(name)} = TypedDict("{name_of(name)}", {{\n{lines}\n}})'


Operation = tuple[str, str, Document, list[Document]]


def _all(document: Document) -> Iterator[Operation]:
    """(method, path, what is said of it, its parameters)"""
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield method, path, item[method], [*item.get("parameters", ()), *item[method].get("parameters", ())]


def operations(document: Document) -> dict[str, Operation]:
    """By a name made of method and path, with as many of its parameters as it takes to be unlike the others."""
    found: dict[str, Operation] = {}
    for operation in _all(document):
        method, path, *_ = operation
        name = _name(method, path, all_parameters=False)
        found[name if name not in found else _name(method, path, all_parameters=True)] = operation
    return found


def _name(method: str, path: str, *, all_parameters: bool) -> str:
    parts = [part for part in path.split("/") if part and part != "v1"]
    words = [method]
    for place, part in enumerate(parts):
        if not part.startswith("{"):
            words.append(part)
        elif all_parameters or place == len(parts) - 1:
            words.append(f"by_{part[1:-1]}")
    return re.sub(r"[\W_]+", "_", "_".join(words)).strip("_")


def _method(name: str, method: str, path: str, said: Document, parameters: list[Document]) -> str:
    paths = [f"{_identifier(p['name'])}: str" for p in parameters if p["in"] == "path"]
    queries = {p["name"]: annotation(p["schema"]) for p in parameters if p["in"] == "query"}
    body, passed = _body(said)
    optional = [f"{_identifier(q)}: {_or_none(hint)} = None" for q, hint in queries.items()]
    arguments = ", ".join(["self", *paths, *body, "*", *optional, "headers: Mapping[str, str] | None = None"])
    address = re.sub(r"\{(\w+)\}", lambda found: "{" + _identifier(found.group(1)) + "}", path)
    asked = ", ".join(f"{q!r}: {_identifier(q)}" for q in queries)
    hint, read = _answer(said)
    call = f'self._call("{method.upper()}", f"{address}", params={{{asked}}}, headers=headers{passed})'
    summary = said.get("summary", "").replace("\\", "").replace('"""', "")
    return (
        f'    def {name}({arguments}) -> {hint}:\n        """{summary or path}"""\n        {read.format(call=call)}\n'
    )


def _body(said: Document) -> tuple[list[str], str]:
    """Its parameters, and how they are passed on."""
    content = said.get("requestBody", {}).get("content", {})
    if _JSON in content:
        return [f"body: {annotation(content[_JSON]['schema'])}"], ", json=body"
    if _FORM in content:
        return ["files: Mapping[str, Any]", "data: Mapping[str, Any]"], ", files=files, data=data"
    return [], ""


def _answer(said: Document) -> tuple[str, str]:
    """Its type, and the statement that returns it."""
    good: Document = next((answer for code, answer in said["responses"].items() if str(code).startswith("2")), {})
    content = good.get("content", {})
    if _JSON in content and content[_JSON].get("schema"):
        hint = annotation(content[_JSON]["schema"])
        return hint, f'return cast("{hint}", {{call}}.json())'
    if content:
        return "bytes", "return {call}.content"
    return "Any", "answer = {call}\n        return answer.json() if answer.content else None"


def _or_none(hint: str) -> str:
    return hint if hint == "Any" or hint.endswith("| None") else f"{hint} | None"


def _identifier(name: str) -> str:
    plain = re.sub(r"\W+", "_", name)
    return f"{plain}_" if keyword.iskeyword(plain) else plain

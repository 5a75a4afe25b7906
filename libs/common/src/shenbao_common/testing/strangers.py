"""True ids in the hands of those whom they do not concern: every route that takes one, and what is kept afterwards."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import schemathesis
import sqlalchemy as sa
from hypothesis import given

from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.documented import ONCE
from shenbao_common.testing.service import UnderTest, token

Bodies = Mapping[str, Callable[[Actor], Any]]

_SHUT = {401, 403, 404}
_SUM = "SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t"


@dataclass
class Tried:
    """asked: the routes that were. opened: what let a stranger in, or said more than that there is nothing."""

    asked: set[str] = field(default_factory=set)
    opened: list[str] = field(default_factory=list)


def try_all(
    service: UnderTest,
    ids: Mapping[str, str],
    strangers: Mapping[str, Actor],
    bodies: Mapping[str, Callable[[Actor], Any]],
) -> Tried:
    """Asks every route whose names are among the ids. bodies: by route, where one made by its schema will not do."""
    tried, before = Tried(), kept(service)
    for operation in _operations(service):
        names = _names(operation)
        if names and names <= ids.keys():
            tried.asked.add(operation.label)
            tried.opened += _tried(operation, {name: ids[name] for name in names}, strangers, bodies)
    tried.opened += [f"changed: {table}" for table, rows in kept(service).items() if rows != before[table]]
    return tried


def said(
    service: UnderTest, ids: Mapping[str, str], strangers: Mapping[str, Actor], queries: Mapping[str, str]
) -> list[str]:
    """Each list or own page that tells a stranger one of the ids, or was not asked well. queries: by route."""
    found = list[str]()
    for operation in _operations(service):
        if operation.method.upper() != "GET" or _names(operation):
            continue
        path = f"{operation.path}?{queries.get(operation.label, '')}"
        for name, actor in strangers.items():
            answer = service.client(actor).get(path)
            if answer.status_code not in _SHUT | {200}:
                found.append(f"{operation.label}: {answer.status_code} to {name}: {answer.text[:300]}")
            found += [f"{operation.label}: {id_} to {name}" for id_, value in ids.items() if value in answer.text]
    return found


def routes(service: UnderTest) -> list[tuple[str, set[str]]]:
    """Those that take something by its name in the path, with these names."""
    return [(operation.label, names) for operation in _operations(service) if (names := _names(operation))]


def _operations(service: UnderTest) -> list[Any]:
    """But for those that everybody may ask, and those of operators, which every service has."""
    described: Any = schemathesis.openapi.from_wsgi("/openapi.json", service.app).get_all_operations()
    found = [one.ok() for one in described]
    return [one for one in found if one.definition.raw.get("security") != [] and not one.path.startswith("/v1/bus/")]


def _names(operation: Any) -> set[str]:
    return set(re.findall(r"{(\w+)}", operation.path))


def kept(service: UnderTest) -> dict[str, Any]:
    """A sum of what stands in each table."""
    with service.service.engine.connect() as connection:
        names = sorted(sa.inspect(connection).get_table_names())
        return {name: connection.scalar(sa.text(_SUM.format(table=name))) for name in names}


def _tried(operation: Any, ids: Mapping[str, str], strangers: Mapping[str, Actor], bodies: Bodies) -> list[str]:
    opened, body = list[str](), bodies.get(operation.label)

    @ONCE
    @given(operation.as_strategy())
    def ask(case: Any) -> None:
        case.path_parameters = dict(ids)
        made = case.body
        for name, actor in strangers.items():
            case.body = body(actor) if body else made
            answer = case.call(headers={"Authorization": f"Bearer {token(actor)}", "If-Match": '"1"'})
            if answer.status_code not in _SHUT:
                opened.append(f"{operation.label}: {answer.status_code} to {name}: {answer.text[:300]}")

    ask()
    return opened

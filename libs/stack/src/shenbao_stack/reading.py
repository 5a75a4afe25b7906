"""Which fields of an event a handler reads: found in its source, through every function that it hands the event to."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from shenbao_common.bus.subscriptions import Subscriptions
from shenbao_common.contracts.event import Event

Read = dict[str, set[str]]


class Untraceable(Exception):
    """An event goes where the source does not say which of its fields are read."""


def fields_read(subscriptions: Subscriptions) -> Read:
    """Event type to the fields that the service reads of it."""
    return {
        event_type.type: set().union(*(_named(event_type, _read(h, 1)) for h in subscriptions.handlers(event_type)))
        for event_type in subscriptions.event_types
    }


def _named(event_type: type[Event], attributes: set[str]) -> set[str]:
    """`subject` is whichever field the event is about; `type` is no field."""
    about = {event_type.subject_field} if "subject" in attributes else set()
    return attributes - {"subject", "type"} | about


def _read(function: Callable[..., Any], parameter: int | str) -> set[str]:
    """Attributes read of one parameter of a function, by its place or name, here and in what is called with it."""
    if not isinstance(function, FunctionType):
        raise Untraceable(f"{function!r} is no plain function")
    source = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    event = parameter if isinstance(parameter, str) else function.__code__.co_varnames[parameter]
    found = {n.attr for n in ast.walk(source) if isinstance(n, ast.Attribute) and _is(n.value, event)}
    for callee, place in _handed_on(source, event):
        found |= _read(_resolved(callee, function), place)
    if stray := _mentions(source, event) - _understood(source, event):
        raise Untraceable(f"{function.__module__}.{function.__name__} uses {event} whole ({stray} times)")
    return found


def _handed_on(source: ast.AST, event: str) -> Iterator[tuple[ast.expr, int | str]]:
    """Calls that get the event itself: what is called, and as which of its parameters."""
    for call in (n for n in ast.walk(source) if isinstance(n, ast.Call)):
        yield from ((call.func, place) for place, given in enumerate(call.args) if _is(given, event))
        yield from ((call.func, k.arg) for k in call.keywords if k.arg and _is(k.value, event))


def _mentions(source: ast.AST, event: str) -> int:
    return sum(_is(n, event) for n in ast.walk(source))


def _understood(source: ast.AST, event: str) -> int:
    read = sum(isinstance(n, ast.Attribute) and _is(n.value, event) for n in ast.walk(source))
    return read + sum(1 for _ in _handed_on(source, event))


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _resolved(callee: ast.expr, caller: FunctionType) -> Callable[..., Any]:
    """What `name` or `module.name` means where the caller stands."""
    match callee:
        case ast.Name(id=name) if name in caller.__globals__:
            found: Callable[..., Any] = caller.__globals__[name]
        case ast.Attribute(value=ast.Name(id=module), attr=name) if module in caller.__globals__:
            found = getattr(caller.__globals__[module], name)
        case _:
            raise Untraceable(f"{caller.__module__}.{caller.__name__} hands its event to {ast.unparse(callee)}")
    return found

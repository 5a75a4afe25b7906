"""The published programmes, of which menus are made: asked for at most every few seconds, and kept while the service
is away.
"""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from flask import current_app

from shenbao_portal.client import service
from shenbao_portal.refusals import Refused, Unreachable

_FILLERS_OF_OLD = ("unit", "sub_account")
"""Who fills in, where an applications service of before does not say so."""

_FRESH = 5.0
"""Seconds; a newly published programme appears in everybody's menu after that at the latest."""


@dataclass
class Shelf:
    """The last answer, for all users of this process; what is published is the same for everybody."""

    programmes: list[dict[str, Any]] = field(default_factory=list)
    asked_at: float = float("-inf")
    lock: threading.Lock = field(default_factory=threading.Lock)


def published() -> list[dict[str, Any]]:
    """The newest version of each programme: key, names, variants with key, names and tier."""
    shelf: Shelf = current_app.extensions["portal_shelf"]
    with shelf.lock:
        fresh = time.monotonic() - shelf.asked_at < _FRESH
        if not fresh:
            shelf.asked_at = time.monotonic()
    if not fresh:
        try:
            shelf.programmes = service("applications").get("/v1/programmes").body["items"]
        except (Refused, Unreachable):
            return shelf.programmes
    return shelf.programmes


def filled_by(kind: str) -> list[dict[str, Any]]:
    """Those that this kind of account fills in."""
    return [p for p in published() if kind in p.get("fill", _FILLERS_OF_OLD)]


def handled_by(kind: str) -> list[dict[str, Any]]:
    """Those that this kind of account fills in or reports; what it fills in itself, which is its daily work, first."""
    found = [p for p in published() if kind in p.get("fill", _FILLERS_OF_OLD) or kind in p.get("report", ())]
    return sorted(found, key=lambda p: kind not in p.get("fill", _FILLERS_OF_OLD))


def is_staged(programme: dict[str, Any]) -> bool:
    """Whether its information is saved before its materials; such a programme has pages of its own."""
    return programme.get("save_mode") == "information_first"


def examined_by_units() -> list[dict[str, Any]]:
    """Those in which a unit decides about what its people declare."""
    return [p for p in published() if p.get("unit_step")]


def forget() -> None:
    """After publishing: the next page asks again."""
    current_app.extensions["portal_shelf"].asked_at = float("-inf")


def find(key: str) -> dict[str, Any] | None:
    return next((p for p in published() if programme_key(p) == key), None)


def programme_key(programme: dict[str, Any]) -> str:
    return str(programme.get("programme") or programme.get("key"))

"""Browsers that are too old for the pages: they may read, and are advised to change (S2-02)."""

import re

from flask import request

_OLDEST = {"Chrome": 100, "Firefox": 100, "Edg": 100, "Version": 15}
"""The first version of each that the pages are made for; `Version` is what Safari calls its own."""

_NAMED = re.compile(r"(Edg|Firefox|Chrome|Version)/(\d{1,4})")
_NEVER = re.compile(r"MSIE |Trident/")


def outdated() -> bool:
    """Whether whoever asks names a browser older than the supported ones; one that names none is left in peace."""
    agent = request.headers.get("User-Agent", "")
    if _NEVER.search(agent):
        return True
    named = {name: int(version) for name, version in _NAMED.findall(agent)}
    return any(named[name] < oldest for name, oldest in _OLDEST.items() if name in named)

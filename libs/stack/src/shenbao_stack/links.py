"""Where the links of pages lead, followed without drawing the pages."""

import html
import re
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl

from playwright.sync_api import Page

_OF_ONE_KIND = 2
_LEFT_OUT = ("/language/", "/api/", "/demo/")


@dataclass
class Walk:
    """kinds: how many kinds of pages were opened. dead: links that lead nowhere, with the page that has them."""

    kinds: int = 0
    dead: list[str] = field(default_factory=list)


def walk(page: Page, start: str) -> Walk:
    """Opens what the pages link to, at most a few of a kind, as the one who is signed in on this page."""
    walked, waiting, found_on, opened = Walk(), [start], {start: ""}, Counter[str]()
    while waiting:
        path = waiting.pop()
        if opened[_kind(path)] == _OF_ONE_KIND:
            continue
        opened[_kind(path)] += 1
        status, links = _linked(page, path)
        if status >= HTTPStatus.BAD_REQUEST:
            walked.dead.append(f"{status} {path} on {found_on[path]}")
        for link in links:
            if link not in found_on:
                found_on[link] = path
                waiting.append(link)
    walked.kinds = len(opened)
    return walked


def _linked(page: Page, path: str) -> tuple[int, list[str]]:
    answer = page.request.get(path)
    if "html" not in answer.headers["content-type"]:
        return answer.status, []
    links = [html.unescape(to) for to in re.findall(r'<a [^>]*href="(/[^"#]*)', answer.text())]
    return answer.status, [to for to in links if not to.startswith(_LEFT_OUT)]


def _kind(path: str) -> str:
    """What the addresses of pages of one kind have in common."""
    bare, _, query = path.partition("?")
    return re.sub(r"[0-9a-f-]{36}|\d+", "*", bare) + "?" + ",".join(sorted(dict(parse_qsl(query))))

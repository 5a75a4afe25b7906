"""What a failed test leaves behind for whoever looks for the reason: logs, events, screenshots."""

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from shenbao_stack.capture import Capture
from shenbao_stack.stack import Stack

_MOST_OF_A_LOG = 200_000


def keep(place: Path, test: str, found: dict[str, Any]) -> Path | None:
    """Into a folder named after the test, of the fixtures that it had; None when no suite was among them.

    Never raises for a suite that is half gone: what can be had is kept.
    """
    stacks = {name: value for name, value in found.items() if isinstance(value, Stack)}
    if not stacks:
        return None
    folder = place / re.sub(r"[^\w.-]+", "-", test).strip("-")[-150:]
    folder.mkdir(parents=True, exist_ok=True)
    for name, stack in stacks.items():
        _keep_logs(folder / name, stack)
    for name, capture in found.items():
        if isinstance(capture, Capture):
            _keep_events(folder / f"{name}.json", capture)
    if browser := found.get("browser"):
        _keep_screens(folder, browser)
    return folder


def _keep_logs(folder: Path, stack: Stack) -> None:
    for log in (stack.folder / "logs").glob("*.log"):
        folder.mkdir(exist_ok=True)
        (folder / log.name).write_bytes(log.read_bytes()[-_MOST_OF_A_LOG:])


def _keep_events(file: Path, capture: Capture) -> None:
    with suppress(httpx.HTTPError):
        file.write_text(json.dumps(capture.told(), ensure_ascii=False, indent=1), encoding="utf-8")


def _keep_screens(folder: Path, browser: Any) -> None:
    from playwright.sync_api import Error  # noqa: PLC0415  (only where there is a browser)

    pages = [page for context in browser.contexts for page in context.pages]
    for number, page in enumerate(pages, 1):
        with suppress(Error):
            page.screenshot(path=folder / f"page-{number}.png", full_page=True)

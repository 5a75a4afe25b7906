"""Looks at a page of the running suite as careful readers do: axe-core, no sideways scroll, nothing untranslated.

Pictures are kept in build/screenshots, to be looked at by people.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from shenbao_stack.browsing import DESKTOP, PHONE
from shenbao_stack.services import root

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")

_VIOLATIONS = """rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']}).then(
  result => result.violations.map(
    found => found.id + ': ' + found.nodes.slice(0, 3).map(node => node.html.slice(0, 140)).join(' | ')))"""

# Text that is neither translated nor marked as Chinese, as people or screen readers meet it.
_UNTRANSLATED = """() => {
  const chinese = /[\\u3400-\\u9fff\\u3001-\\u303f\\uff01-\\uff60]/;
  const marked = element => (element.closest('[lang]')?.lang || '').startsWith('zh');
  const title = document.querySelector('title');
  const found = chinese.test(title.textContent) && !marked(title) ? ['title: ' + title.textContent] : [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.textContent;
    if (chinese.test(text) && !marked(texts.currentNode.parentElement)) found.push(text.trim());
  }
  for (const name of ['aria-label', 'alt', 'title', 'placeholder'])
    for (const element of document.querySelectorAll('[' + name + ']'))
      if (chinese.test(element.getAttribute(name)) && !marked(element)) found.push(element.getAttribute(name));
  return found.slice(0, 8);
}"""
_SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_LANGUAGE = "document.documentElement.lang"


@cache
def _axe() -> str:
    return (root() / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


def faults(page: Page) -> list[str]:
    """What is wrong with the page as it stands, in words; empty when nothing is."""
    # The top bar stays, so wherever one has scrolled to, something lies half below it; that is no small target.
    page.evaluate("scrollTo(0, 0)")
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    found: list[str] = page.evaluate(_VIOLATIONS, list(RULES))
    if page.evaluate(_SIDEWAYS) > 0:
        found.append("scrolls sideways")
    if page.evaluate(_LANGUAGE) == "en":
        found += [f"untranslated: {text}" for text in page.evaluate(_UNTRANSLATED)]
    return found


def shot(page: Page, name: str) -> None:
    """Keep a picture of the whole page under a name made of letters."""
    folder: Path = root() / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    plain = re.sub(r"[^a-z0-9!+]+", "-", name.lower()).strip("-")
    page.screenshot(path=folder / f"{plain}.png", full_page=True)


def looked_at(page: Page, name: str, *, languages: tuple[str, ...] = ()) -> None:
    """Fail a test unless the page is right on a phone and a desktop; opened again in each of the languages named."""
    here = page.url
    wrong: dict[str, Any] = {}
    for language in languages or (None,):
        if language:
            page.context.add_cookies([{"name": "shenbao_language", "value": language, "url": here}])
            page.goto(here)
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            at = "-".join(str(part) for part in (name, language, size["width"]) if part)
            if found := faults(page):
                wrong[at] = found
            shot(page, at)
    if wrong:
        pytest.fail(f"{wrong}")

"""The words by which a programme tells its applicants what happened; identity has its own where a pack says nothing."""

import re
from typing import Any

from shenbao_applications.domain.pack.shapes import BOTH_LANGUAGES, Json, Record
from shenbao_applications.domain.pack.source import Findings, Node, below

PLACES = ("programme", "reference", "step", "until")
"""What stands in braces and is filled in: `{reference}`. until: the last day of a publicity."""

_IN_BRACES = re.compile(r"\{([^{}]*)\}")
_STRAY = re.compile(r"[{}]")


class _Wording:
    """A text in both languages, with places in braces."""

    def read(self, node: Node, path: str, findings: Findings) -> Any:
        texts = BOTH_LANGUAGES.read(node, path, findings)
        for language, text in (texts or {}).items():
            if not isinstance(text, str):
                continue
            here = below(path, language)
            for place in _IN_BRACES.findall(text):
                if place not in PLACES:
                    findings.add("unknown_word", here, word=place[:60], known=", ".join(PLACES))
            if _STRAY.search(_IN_BRACES.sub("", text)):
                findings.add("wrong_format", here, expected="{place}")
        return texts

    def schema(self) -> Json:
        return BOTH_LANGUAGES.schema()


_MESSAGE = Record(required={"title": _Wording(), "text": _Wording()}, optional={"sms": _Wording()})
TOPICS = ("returned", "rejected", "approved", "publicity_started", "certificate_issued")
MESSAGES = Record(optional=dict.fromkeys(TOPICS, _MESSAGE))
"""By what happened. title and text: in the portal and by mail; sms: where a short message says it otherwise."""

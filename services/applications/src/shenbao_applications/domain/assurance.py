"""How sure a programme wants to be of the person who declares (X04)."""

from collections.abc import Mapping
from typing import Any

FACE = "face_authentication"
LEVELS = {"password": 2, "real_name": 3, "advanced_real_name": 4, FACE: 2}
"""Word -> least level of the sign-in. A face is shown for each application, for the analysis that it begins with."""


def is_enough(document: Mapping[str, Any], level: int) -> bool:
    return level >= LEVELS[_asked(document)]


def asks_for_face(document: Mapping[str, Any]) -> bool:
    return _asked(document) == FACE


def asks_for_face_at_submission(document: Mapping[str, Any]) -> bool:
    return bool(document.get("requires", {}).get("at_submission") == FACE)


def _asked(document: Mapping[str, Any]) -> str:
    # A version that was published before the word was known says nothing of it.
    return str(document.get("requires", {}).get("assurance", "password"))

"""What may be published for everybody, and when everybody sees it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from shenbao_common.kernel.errors import Problem

NOTICE, EVALUATION_NOTICE, GUIDE, QUESTION = "notice", "evaluation_notice", "guide", "question"
KINDS = (NOTICE, EVALUATION_NOTICE, GUIDE, QUESTION)
PURPOSE = "publication"
"""What documents takes an attachment for."""


def objections(given: Mapping[str, Any]) -> list[Problem]:
    """Everything that is wrong with a publication as a whole."""
    problems = []
    begins, ends = given["visible_from"], given["visible_until"]
    if begins and ends and ends < begins:
        problems.append(Problem("ends_before_start", "visible_until"))
    if given["kind"] != GUIDE and not given["body"]:
        problems.append(Problem("required", "body"))
    if given["kind"] == GUIDE and begins and not given["attachments"]:
        problems.append(Problem("required", "attachments"))  # A guide is what one downloads.
    if given["kind"] != EVALUATION_NOTICE and given["committees"]:
        problems.append(Problem("only_for_evaluation_notice", "committees"))
    return problems


def is_visible(visible_from: date | None, visible_until: date | None, today: date) -> bool:
    """Both days count, in China's time."""
    return visible_from is not None and visible_from <= today and (visible_until is None or today <= visible_until)

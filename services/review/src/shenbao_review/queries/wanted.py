"""What part of a list is asked for."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """tab: open | passed | returned | failed | all; q: the beginning of a reference; after: the cursor of the page.

    claimed_by, unclaimed, overdue: of an office's own queue. publicity: only what waits to be posted; committee_id:
    only what waits to be put before that committee.
    """

    tab: str
    project_id: UUID | None
    q: str | None
    after: str | None
    limit: int
    claimed_by: UUID | None = None
    unclaimed: bool = False
    overdue: bool = False
    publicity: bool = False
    committee_id: UUID | None = None

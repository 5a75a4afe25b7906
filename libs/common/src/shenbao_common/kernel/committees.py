"""Which committee evaluates a case: that of its group, run by the office nearest to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID


class NoCommittee(Exception):
    """reason: `no_committee`, or `committee_unclear` where several would do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Committee:
    """office_id: who runs it, and in whose queue its cases wait. groups: what it evaluates, empty for everything."""

    id: UUID
    office_id: UUID
    name: str
    groups: Sequence[str] = ()


def chosen(committees: Sequence[Committee], offices: Sequence[UUID], group: str) -> Committee:
    """Of the committees of a programme that of the nearest office: the one named for the group, else the one for all.

    offices: the publisher of the project, then the line of the supervising department, nearest first, then the bureau;
    a committee of any other office has no say, so that nobody draws cases to themselves.
    """
    for office_id in dict.fromkeys(offices):
        own = [found for found in committees if found.office_id == office_id]
        fitting = [found for found in own if group and group in found.groups] or [f for f in own if not f.groups]
        if len(fitting) > 1:
            raise NoCommittee("committee_unclear")
        if fitting:
            return fitting[0]
    raise NoCommittee("no_committee")

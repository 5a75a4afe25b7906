"""A committee's ballot: is the quorum there, who is through, who has to be voted on once more.

Rules of this kind are of 职称评审管理暂行规定 (人社部令 第40号): at least two thirds of the members attend, and
a candidate is through with two thirds of the votes of those who attend. Both are data of the programme.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from fractions import Fraction
from typing import Any, Self
from uuid import UUID

CHOICES = ("yes", "no", "abstain")


class Result(StrEnum):
    """Of one candidate; tied: at the cap of the seats, so a further round decides."""

    PENDING = "pending"
    PASSED = "passed"
    FAILED = "failed"
    TIED = "tied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Passed when yes × yes_times is at least present × present_times. quorum: None for two thirds of the members.

    count_recused: does a member count as present for the candidate from whom they are recused?
    """

    yes_times: int = 3
    present_times: int = 2
    quorum: int | None = None
    count_recused: bool = False
    recuse_same_unit: bool = True

    @classmethod
    def of(cls, words: Mapping[str, Any]) -> Self:
        """Of a pack's step, with the default where it says nothing."""
        return cls(**{f.name: words[f.name] for f in fields(cls) if f.name in words})

    def attending(self, members: int) -> int:
        """How many of the members must attend."""
        return -(-members * 2 // 3) if self.quorum is None else self.quorum

    def passes(self, tally: "Tally") -> bool:
        return tally.yes > 0 and tally.yes * self.yes_times >= tally.present * self.present_times


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What was counted for one candidate. present: who counts as attending for this candidate."""

    application_id: UUID
    present: int
    yes: int
    no: int
    abstained: int


def counted(application_id: UUID, choices: Iterable[str], *, present: int) -> Tally:
    """Counts the slips of one candidate."""
    found = list(choices)
    yes, no, abstained = (found.count(choice) for choice in CHOICES)
    return Tally(application_id=application_id, present=present, yes=yes, no=no, abstained=abstained)


def decided(terms: Terms, tallies: Sequence[Tally], seats: int | None, *, last: bool) -> dict[UUID, Result]:
    """Who is through. seats: how many still may be, None for all. last: no further round follows.

    Who has more seats than there are is ranked by the share of yes votes; those that are equal at the cap are voted on
    once more, and who is equal then is not through, since the seats are a limit.
    """
    through = [tally for tally in tallies if terms.passes(tally)]
    results = {tally.application_id: Result.FAILED for tally in tallies}
    if seats is None or len(through) <= seats:
        return results | {tally.application_id: Result.PASSED for tally in through}
    if seats == 0:
        return results
    shares = sorted((_share(tally) for tally in through), reverse=True)
    at_cap = shares[seats - 1]
    tied = [tally for tally in through if _share(tally) == at_cap]
    above = [tally for tally in through if _share(tally) > at_cap]
    if len(above) + len(tied) == seats:
        above, tied = [*above, *tied], []
    results |= {tally.application_id: Result.PASSED for tally in above}
    return results | {tally.application_id: Result.FAILED if last else Result.TIED for tally in tied}


def _share(tally: Tally) -> Fraction:
    return Fraction(tally.yes, tally.present)

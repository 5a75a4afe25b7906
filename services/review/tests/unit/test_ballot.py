"""The rules of a ballot: quorum, share of yes, seats, the further round."""

from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shenbao_review.domain.ballot import Result, Tally, Terms, counted, decided

DEFAULT = Terms()


def tally(number: int, yes: int, present: int) -> Tally:
    return Tally(application_id=UUID(int=number), present=present, yes=yes, no=present - yes, abstained=0)


@pytest.mark.parametrize(("yes", "present", "through"), [(8, 12, True), (7, 12, False), (9, 13, True), (8, 13, False)])
def test_two_thirds_of_those_present_are_needed(yes: int, present: int, through: bool) -> None:
    assert DEFAULT.passes(tally(1, yes, present)) is through


def test_nobody_is_through_without_a_vote() -> None:
    assert not DEFAULT.passes(tally(1, 0, 0))


@pytest.mark.parametrize(("words", "members", "quorum"), [({}, 17, 12), ({}, 18, 12), ({"quorum": 13}, 17, 13)])
def test_a_quorum_is_two_thirds_of_the_members_or_what_the_programme_says(
    words: dict[str, int], members: int, quorum: int
) -> None:
    assert Terms.of(words).attending(members) == quorum


def test_another_share_is_a_word_of_the_programme() -> None:
    half = Terms.of({"yes_times": 2, "present_times": 1, "unknown": 1})
    assert half.passes(tally(1, 6, 12))
    assert not half.passes(tally(1, 5, 12))


def test_slips_are_counted_by_their_choice() -> None:
    found = counted(UUID(int=1), ["yes", "no", "yes", "abstain"], present=5)
    assert (found.yes, found.no, found.abstained, found.present) == (2, 1, 1, 5)


def test_those_at_the_cap_are_voted_on_once_more_and_the_seats_stay_a_limit() -> None:
    tallies = [tally(1, 12, 12), tally(2, 9, 12), tally(3, 9, 12), tally(4, 8, 12), tally(5, 7, 12)]
    first = decided(DEFAULT, tallies, 2, last=False)
    assert [first[UUID(int=n)] for n in range(1, 6)] == ["passed", "tied", "tied", "failed", "failed"]
    again = decided(DEFAULT, [tally(2, 10, 12), tally(3, 9, 12)], 1, last=True)
    assert [again[UUID(int=n)] for n in (2, 3)] == ["passed", "failed"]
    equal = decided(DEFAULT, [tally(2, 9, 12), tally(3, 9, 12)], 1, last=True)
    assert set(equal.values()) == {Result.FAILED}


def test_who_is_recused_from_does_not_lose_rank_by_it() -> None:
    # 9 of 11 is more than 9 of 12.
    results = decided(DEFAULT, [tally(1, 9, 11), tally(2, 9, 12)], 1, last=False)
    assert results == {UUID(int=1): Result.PASSED, UUID(int=2): Result.FAILED}


# A busy machine is slow to draw, and that is no fault of the rule.
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25)), max_size=12), st.integers(0, 12), st.booleans())
def test_never_more_are_through_than_there_are_seats(votes: list[tuple[int, int]], seats: int, last: bool) -> None:
    tallies = [tally(n, min(yes, present), present) for n, (yes, present) in enumerate(votes)]
    results = decided(DEFAULT, tallies, seats, last=last)
    through = [t for t in tallies if results[t.application_id] == Result.PASSED]
    tied = [t for t in tallies if results[t.application_id] == Result.TIED]
    assert len(results) == len(tallies)
    assert len(through) <= seats
    assert all(DEFAULT.passes(t) for t in (*through, *tied))
    assert not (last and tied)
    assert not tied or len(through) + len(tied) > seats

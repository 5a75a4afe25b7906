"""Who reads what was put before a unit's department: the department that the unit has now."""

from typing import Any

import pytest

from shenbao_common.contracts.applications import ArchiveProofShownV1
from shenbao_common.contracts.units import ProofShownV1, SelfDeclaringEndedV1, SupervisingDepartmentChangedV1
from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.actors import office_actor, person_actor, registrant_actor, unit_actor
from shenbao_common.testing.service import UnderTest


class Place:
    """A unit under its department A, which shows proofs, moves to B and back."""

    def __init__(self, documents: UnderTest, file: str) -> None:
        self.documents, self.file = documents, file
        self.a, self.b, self.unit = office_actor(), office_actor(), unit_actor()

    def moved(self, before: Actor, after: Actor, revision: int) -> SupervisingDepartmentChangedV1:
        ends = {"from_id": before.organisation_id, "to_id": after.organisation_id}
        return SupervisingDepartmentChangedV1(unit_id=self.unit.unit_id, revision=revision, **ends)

    def letter_shown(self, office: Actor) -> ProofShownV1:
        return ProofShownV1(document_id=self.file, organisation_id=office.organisation_id, unit_id=self.unit.unit_id)

    def record_shown(self, office: Actor) -> ArchiveProofShownV1:
        return ArchiveProofShownV1(
            document_id=self.file, unit_id=self.unit.unit_id, department_id=office.organisation_id
        )

    def readers(self) -> list[str]:
        names = {"a": self.a, "b": self.b, "unit": self.unit}
        path = f"/v1/files/{self.file}/content"
        return [n for n, who in names.items() if self.documents.client(who).get(path, buffered=True).status_code == 200]


@pytest.fixture
def letter(documents: UnderTest, send: Any, samples: Any) -> Place:
    sent = send(registrant_actor(), samples.pdf(), "委托书.pdf", "authorization_letter")
    return Place(documents, sent.json["id"])


@pytest.fixture
def proof(documents: UnderTest, send: Any, samples: Any) -> Place:
    return Place(documents, send(person_actor(), samples.pdf(), "证书.pdf", "archive_proof").json["id"])


def test_an_officers_letter_is_read_by_the_department_that_the_unit_has_now(letter: Place) -> None:
    hear = letter.documents.hear
    hear(letter.letter_shown(letter.a))
    assert letter.readers() == ["a"]
    hear(letter.moved(letter.a, letter.b, 2))
    assert letter.readers() == []
    hear(letter.letter_shown(letter.b))
    assert letter.readers() == ["b"]
    hear(letter.moved(letter.b, letter.a, 3))
    hear(letter.moved(letter.a, letter.b, 2))  # Late news.
    assert letter.readers() == ["a"]


def test_a_proof_that_comes_after_the_news_of_the_move_opens_nothing_to_the_former_department(proof: Place) -> None:
    hear = proof.documents.hear
    hear(proof.moved(proof.a, proof.b, 2))
    hear(proof.record_shown(proof.a))
    assert proof.readers() == ["unit"]
    hear(proof.record_shown(proof.b))
    assert proof.readers() == ["b", "unit"]


def test_a_department_reads_the_records_of_a_unit_while_that_examines_nothing_itself(
    proof: Place, letter: Place
) -> None:
    hear = proof.documents.hear
    hear(proof.record_shown(proof.a))
    hear(letter.letter_shown(letter.a))
    assert proof.readers() == ["a", "unit"]
    for place in (proof, letter):
        hear(SelfDeclaringEndedV1(unit_id=place.unit.unit_id, revision=2))
    assert proof.readers() == ["unit"]
    assert letter.readers() == ["a"], "who may act for the unit is decided by its department all the same"
    hear(proof.moved(proof.a, proof.b, 3))
    hear(proof.record_shown(proof.b))
    assert proof.readers() == ["unit"]


def test_a_department_that_two_units_show_the_same_proof_to_reads_it_while_one_of_them_is_there(proof: Place) -> None:
    other = Place(proof.documents, proof.file)
    other.a = proof.a
    for place in (proof, other):
        proof.documents.hear(place.record_shown(proof.a))
    proof.documents.hear(proof.moved(proof.a, proof.b, 2))
    assert proof.readers() == ["a", "unit"]
    proof.documents.hear(other.moved(proof.a, other.b, 2))
    assert proof.readers() == ["unit"]

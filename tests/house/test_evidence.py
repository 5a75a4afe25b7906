"""Documents reads pages, packs say which fields that fills in, and the portal names them: of the same kinds."""

from shenbao_applications.domain.pack import readings
from shenbao_documents.domain import evidence
from shenbao_portal import evidence_words


def test_packs_and_pages_know_the_kinds_and_fields_that_documents_reads() -> None:
    assert dict(readings.KINDS) == {kind: evidence.KINDS[kind] for kind in evidence.READABLE}
    assert {kind: fields for kind, (_name, fields) in evidence_words.KINDS.items()} == evidence.KINDS
    assert set(evidence.READABLE) == evidence_words.READABLE

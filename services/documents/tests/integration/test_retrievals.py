"""A proof is fetched from the provider that holds it; when that is away the applicant uploads it."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from shenbao_common.contracts.applications import ProgrammePublishedV1
from shenbao_common.testing.actors import person_actor, unit_actor

PROGRAMME = "talent_recognition_filing"
PACK = Path(__file__).parents[4] / "programmes" / PROGRAMME / "programme.yaml"
CERTIFICATE = f"material:{PROGRAMME}:1:social_insurance_certificate"


@pytest.fixture
def ask(documents: Any) -> Any:
    documents.hear(ProgrammePublishedV1(programme=PROGRAMME, version=1, pack=yaml.safe_load(PACK.read_text("utf-8"))))

    def retrieve(who: Any, purpose: str = CERTIFICATE, **profile: Any) -> Any:
        said = {"account_id": str(who.account_id), "name": "张三", "id_number": "330000199001010014"}
        said |= {"verified": True} | profile
        slip = documents.slip("identity", "shenbao-profile+jwt", said)
        return documents.client(who).post("/v1/retrievals", json={"purpose": purpose, "profile": slip})

    return retrieve


@pytest.mark.req("S0-27")
def test_a_proof_is_fetched_and_kept_with_its_source(documents: Any, ask: Any, provider: Any, samples: Any) -> None:
    provider.proof, who = samples.pdf(), person_actor()
    kept = ask(who)
    assert kept.status_code == 201, kept.json
    assert provider.asked[-1] == {"name": "张三", "id_number": "330000199001010014", "proof": "social_insurance"}
    assert kept.json["receipt"]
    (file,) = documents.client(who).get("/v1/files").json["items"]
    assert (file["source"], file["media_type"]) == ("social_insurance", "application/pdf")


@pytest.mark.req("S0-27")
def test_a_provider_that_does_not_answer_leaves_nothing(documents: Any, ask: Any, provider: Any, samples: Any) -> None:
    provider.proof, who = None, person_actor()
    away = ask(who)
    assert (away.status_code, away.json["code"]) == (503, "retrieval_failed")
    assert documents.client(who).get("/v1/files").json["items"] == []
    provider.proof = samples.pdf()
    assert ask(who).status_code == 201


def test_what_is_fetched_is_checked_and_only_about_oneself(ask: Any, provider: Any) -> None:
    provider.proof, who = b"no pdf", person_actor()
    assert ask(who).status_code == 422
    assert ask(who, account_id=str(person_actor().account_id)).status_code == 422
    assert ask(who, purpose=CERTIFICATE.replace("social_insurance_certificate", "title_certificate")).status_code == 422
    asked = len(provider.asked)
    unproved = ask(who, verified=False)
    assert [e["code"] for e in unproved.json["errors"]] == ["profile_unverified"]
    assert len(provider.asked) == asked
    assert ask(unit_actor()).status_code == 403

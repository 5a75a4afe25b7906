"""Secrets are made once, kept to their owner, and never reach production from a demo."""

import stat
from pathlib import Path

import pytest

from shenbao_stack import secret_store
from shenbao_stack.secret_store import UnfitForProduction


def test_secrets_are_made_once(tmp_path: Path) -> None:
    first = secret_store.load(tmp_path, "demo")
    assert secret_store.load(tmp_path, "demo") == first
    assert len(set(first.values())) == len(first)


def test_only_the_owner_reads_them(tmp_path: Path) -> None:
    secret_store.load(tmp_path, "demo")
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEW_CLIENT_SECRET", "given")
    assert secret_store.load(tmp_path, "demo")["review_client_secret"] == "given"


def test_production_makes_no_secret_by_itself(tmp_path: Path) -> None:
    with pytest.raises(UnfitForProduction, match="IDENTITY_DATA_KEY"):
        secret_store.load(tmp_path, "production")
    assert not (tmp_path / "secrets.json").exists()


def test_production_refuses_the_secrets_of_a_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in secret_store.load(tmp_path, "demo").items():
        monkeypatch.setenv(name.upper(), value)
    with pytest.raises(UnfitForProduction, match="made by a demo"):
        secret_store.load(tmp_path, "production")

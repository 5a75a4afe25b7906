"""The packs of the tree for tests without a database."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shenbao_applications.domain.pack import check
from shenbao_applications.domain.pack.compiled import Pack

FOLDER = Path(__file__).parents[4] / "programmes" / "title_initial_determination"
FORMS = ("official_form.typ",)


@pytest.fixture(scope="session")
def pack_source() -> Callable[[], tuple[str, dict[str, str]]]:
    text = (FOLDER / "programme.yaml").read_text(encoding="utf-8")
    return lambda: (text, dict.fromkeys(FORMS, "form"))


@pytest.fixture(scope="session")
def pack_document(pack_source: Callable[[], tuple[str, dict[str, str]]]) -> dict[str, Any]:
    return check.document(*pack_source())


@pytest.fixture(scope="session")
def pack(pack_document: dict[str, Any]) -> Pack:
    return Pack(pack_document)

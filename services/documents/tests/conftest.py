"""The service under test, with a folder of its own, the suite's fonts, and a published programme."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from shenbao_common.contracts.applications import ProgrammePublishedV1
from shenbao_common.testing.service import ServiceFactory, UnderTest
from shenbao_documents.app import create_app
from shenbao_documents.settings import Settings
from shenbao_stack import seal

_ROOT = Path(__file__).resolve().parents[3]
_PACK = _ROOT / "programmes" / "title_initial_determination"
_FONTS = _ROOT / "node_modules" / "@expo-google-fonts"


@pytest.fixture(scope="session")
def fonts() -> tuple[str, ...]:
    families = ("noto-serif-sc", "noto-sans-sc", "noto-serif-jp", "noto-serif", "noto-sans-math", "noto-sans-symbols-2")
    weights = ("400Regular", "700Bold")
    return tuple(str(_FONTS / family / weight) for family in families for weight in weights)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("documents")


@pytest.fixture(scope="session")
def seal_bundle() -> str:
    return seal.bundle()


class Holder(ThreadingHTTPServer):
    """A data provider on a port of its own. proof: what it answers; None: it lets everybody wait until `release`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Desk)
        self.proof: bytes | None = b""
        self.asked: list[dict[str, str]] = []
        self.release = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/proofs"


class _Desk(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        holder = self.server
        assert isinstance(holder, Holder)
        holder.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        if holder.proof is None:
            holder.release.wait(20)
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(holder.proof)

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture(scope="session")
def provider() -> Iterator[Holder]:
    holder = Holder()
    threading.Thread(target=holder.serve_forever, daemon=True).start()
    yield holder
    holder.release.set()
    holder.shutdown()
    holder.server_close()


@pytest.fixture(scope="session")
def started(
    service_factory: ServiceFactory, folder: Path, fonts: tuple[str, ...], seal_bundle: str, provider: "Holder"
) -> UnderTest:
    own = {
        "DOCUMENTS_FOLDER": str(folder),
        "DOCUMENTS_FONTS": os.pathsep.join(fonts),
        "DOCUMENTS_SEAL": seal_bundle,
        "DOCUMENTS_PROVIDERS": json.dumps({"social_insurance": {"url": provider.url, "token": "t"}}),
    }
    return service_factory("documents", create_app, Settings, own_env=own)


@pytest.fixture(scope="session")
def pack() -> dict[str, Any]:
    """The programme as applications publishes it: its YAML, and its templates by name."""
    read: dict[str, Any] = yaml.safe_load((_PACK / "programme.yaml").read_text(encoding="utf-8"))
    templates = {path.name: path.read_text(encoding="utf-8") for path in (_PACK / "templates").glob("*.typ")}
    return read | {"templates": templates}


@pytest.fixture
def documents(started: UnderTest, kept: Callable[[], list[Path]], pack: dict[str, Any]) -> UnderTest:
    """With version 3 of the programme published and no file kept."""
    started.clear()
    for path in kept():
        path.unlink()
    started.hear(ProgrammePublishedV1(programme="title_initial_determination", version=3, pack=pack))
    return started


@pytest.fixture
def kept(folder: Path) -> Callable[[], list[Path]]:
    """Every file in the storage, also one that was left on its way."""
    return lambda: [path for path in folder.rglob("*") if path.is_file()]

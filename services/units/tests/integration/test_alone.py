"""Units by itself, started as the README of the repository says, with its own database and nobody else there."""

import os
import re
import shlex
import socket
import subprocess
from pathlib import Path

import httpx

from shenbao_common.testing.postgres import Cluster
from shenbao_common.testing.service import environment, eventually, migrate

ROOT = Path(__file__).parents[4]


def test_the_line_of_the_readme_starts_a_service_by_itself(postgres: Cluster) -> None:
    """Word for word, but for the port, which somebody may have here."""
    (line,) = re.findall(r"^\.venv/bin/gunicorn .*?(?= +#)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    assert "127.0.0.1:8001" in line
    database = postgres.create_database("units")
    migrate(ROOT, "units", database)
    settings = environment("units", database, {"UNITS_REGISTRY_URL": ""})
    own = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")} | settings
    command = shlex.split(line.replace("127.0.0.1:8001", address))
    with subprocess.Popen(command, cwd=ROOT, env=own) as process:
        try:
            eventually(lambda: _ready(address) or process.poll() is not None, seconds=60)
            assert httpx.get(f"http://{address}/openapi.json").json()["info"]["title"] == "Shenbao units"
            assert httpx.get(f"http://{address}/v1/units/mine").status_code == 401
        finally:
            process.terminate()


def _ready(address: str) -> bool:
    try:
        return httpx.get(f"http://{address}/health/live").status_code == 200
    except httpx.HTTPError:
        return False

"""Writes deploy/compose/.env once: every secret that docker-compose.yml asks for (`make compose-secrets`)."""

import json
import os
import sys
import tempfile
from pathlib import Path

from shenbao_stack import secret_store
from shenbao_stack.environment import clients
from shenbao_stack.services import root

_ADDRESS = "http://127.0.0.1:8000"
_OF_A_DEMO = ("provincial_", "demo_")


def variables(address: str, folder: Path) -> dict[str, str]:
    """Name to value; address: where browsers reach the suite; folder: empty, keeps nothing."""
    secrets = secret_store.load(folder, "demo")
    own = {name.upper(): value for name, value in secrets.items() if not name.startswith(_OF_A_DEMO)}
    return own | {
        "SHENBAO_ADDRESS": address,
        "SHENBAO_PORT": address.rpartition(":")[2],
        "BROKER_PASSWORD": secret_store.password(),
        "IDENTITY_ADMIN_PASSWORD": secret_store.password(),
        "IDENTITY_CLIENTS": json.dumps(clients(address, secrets)),
        "UNITS_REGISTRY_URL": "",
    }


def line(name: str, value: str) -> str:
    """As compose reads it: JSON and plain words in single quotes, line ends of keys as \\n in double quotes."""
    if "\n" in value:
        return f'{name}="{value.strip()}"'.replace("\n", "\\n") + "\n"
    return f"{name}='{value}'\n"


def main() -> int:
    """0 when written, 1 when there is one already: it is what the databases were made with."""
    path = root() / "deploy" / "compose" / ".env"
    if path.exists():
        sys.stderr.write(f"{path} is there already; databases were made with its passwords\n")
        return 1
    address = sys.argv[1] if len(sys.argv) > 1 else _ADDRESS
    with tempfile.TemporaryDirectory() as folder:
        text = "".join(line(name, value) for name, value in variables(address, Path(folder)).items())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    print(f"wrote {path.relative_to(root())}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

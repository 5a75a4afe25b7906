"""Writes every secret and choice that docker-compose.yml asks for, once (`make compose-secrets`)."""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from shenbao_stack import secret_store
from shenbao_stack.environment import clients
from shenbao_stack.services import root

_PORT = 8000
_OF_A_DEMO = ("provincial_", "demo_", "documents_seal")


def variables(address: str, profile: str, registry: str) -> dict[str, str]:
    """Name to value. address: where browsers reach the suite; registry: of organisations, "" when there is none."""
    with tempfile.TemporaryDirectory() as folder:
        secrets = secret_store.load(Path(folder), "demo")
    own = {name.upper(): value for name, value in secrets.items() if not name.startswith(_OF_A_DEMO)}
    return own | {
        "SHENBAO_PROFILE": profile,
        "SHENBAO_ADDRESS": address,
        "SHENBAO_PORT": str(urlsplit(address).port or _PORT),
        "BROKER_PASSWORD": secret_store.password(),
        "IDENTITY_ADMIN_PASSWORD": f"{secret_store.password()}-aA1",
        "IDENTITY_CLIENTS": json.dumps(clients(address, secrets)),
        "IDENTITY_POLICY": "{}",
        "UNITS_REGISTRY_URL": registry,
        # Nobody in a test has a device at hand.
        **({"IDENTITY_POLICY": json.dumps({"second_factor": []})} if profile == "test" else {}),
    }


def line(name: str, value: str) -> str:
    r"""As compose reads it: JSON and plain words in single quotes, line ends of keys as \n in double quotes."""
    if "\n" in value:
        return f'{name}="{value.strip()}"'.replace("\n", "\\n") + "\n"
    return f"{name}='{value}'\n"


def main() -> int:
    """0 when written, 1 when the file is there already: databases were made with its passwords."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default=f"http://127.0.0.1:{_PORT}")
    parser.add_argument("--file", type=Path, default=root() / "deploy" / "compose" / ".env")
    parser.add_argument("--profile", default="production", choices=["production", "test"])
    parser.add_argument("--registry", default="")
    asked = parser.parse_args()
    if asked.file.exists():
        sys.stderr.write(f"{asked.file} is there already; databases were made with its passwords\n")
        return 1
    text = "".join(line(*item) for item in variables(asked.address, asked.profile, asked.registry).items())
    with os.fdopen(os.open(asked.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    print(f"wrote {asked.file}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

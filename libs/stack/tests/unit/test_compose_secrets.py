"""The file of secrets holds whatever docker-compose.yml asks for, in the form that compose reads."""

import re

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from shenbao_stack.compose_secrets import line, variables
from shenbao_stack.services import root


def test_nothing_that_compose_asks_for_is_missing() -> None:
    text = (root() / "docker-compose.yml").read_text(encoding="utf-8")
    asked = set(re.findall(r"\$\{([A-Z_]+):?\?", text))
    assert len(asked) > 20
    assert asked - variables("http://127.0.0.1:8000", "production", "").keys() == set()


def test_an_address_without_a_port_is_served_on_the_usual_one() -> None:
    assert variables("https://shenbao.example", "test", "")["SHENBAO_PORT"] == "8000"
    assert variables("http://127.0.0.1:9000", "test", "")["SHENBAO_PORT"] == "9000"


def test_a_key_stands_on_one_line_and_comes_back_whole() -> None:
    written = line("IDENTITY_SIGNING_KEY", variables("http://h", "test", "")["IDENTITY_SIGNING_KEY"])
    assert written.count("\n") == 1
    value = written.strip().removeprefix('IDENTITY_SIGNING_KEY="').removesuffix('"').replace("\\n", "\n")
    assert load_pem_private_key(value.encode(), password=None) is not None

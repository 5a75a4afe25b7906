"""The vocabulary as JSON Schema, so that an editor completes a pack and marks its slips while it is written.

It says what a single place may hold. What two places say of each other, and rules, only the check knows.
"""

from typing import Any

from shenbao_applications.domain.pack.samples import SAMPLES
from shenbao_applications.domain.pack.vocabulary import PACK

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def of_pack() -> dict[str, Any]:
    return {"$schema": _DIALECT, "title": "programme.yaml", **PACK.schema()}


def of_samples() -> dict[str, Any]:
    return {"$schema": _DIALECT, "title": "samples.yaml", **SAMPLES.schema()}

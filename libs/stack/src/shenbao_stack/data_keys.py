"""The keys of a service's personal data, for commands that look into its database."""

import base64
import os
from pathlib import Path

from shenbao_common.data.sealed import Sealer
from shenbao_stack import secret_store
from shenbao_stack.addresses import folder_of
from shenbao_stack.services import variable


def sealer(service: str, data: Path | None) -> Sealer:
    """From `<SERVICE>_DATA_KEY`, `…_OTHER_DATA_KEYS`, `…_INDEX_KEY` and SHENBAO_ALGORITHMS, else of the data folder."""
    given = os.environ.get(variable(service, "DATA_KEY"))
    key = given or secret_store.load(folder_of(data), "demo")[f"{service}_data_key"]
    others = [name for name in os.environ.get(variable(service, "OTHER_DATA_KEYS"), "").split(",") if name]
    index_key = os.environ.get(variable(service, "INDEX_KEY"))
    return Sealer(
        base64.b64decode(key),
        others=map(base64.b64decode, others),
        suite=os.environ.get("SHENBAO_ALGORITHMS", "international"),
        index_key=base64.b64decode(index_key) if index_key else None,
    )

"""What a service pays to know who calls: verifying the token of a call, offline, with the keys it holds.

A token comes with many calls while it lives, so its signature is proven at the first and remembered; both are measured.
"""

import statistics
import time
from collections.abc import Iterator
from uuid import uuid4

from joserfc.jwk import ECKey

from shenbao_common.kernel.actor import UNIT_PERMISSIONS
from shenbao_common.web.tokens import AUDIENCE, TOKEN_TYPE, Keys, Signer

LIMIT = 60e-6
TOKENS = 300
CALLS = 10
"""With each token, of which the first proves the signature."""


def measure() -> list[tuple[str, str, str, bool]]:
    """The median over the calls of many accounts; beside it that of first calls, which has no limit of its own."""
    signer = Signer("https://bench.invalid", ECKey.generate_key("P-256").as_pem(private=True).decode())
    keys = Keys(signer.issuer, signer.published)
    first, all_of_them = [], []
    for text in _tokens(signer):
        taken = [_seconds(keys, text) for _ in range(CALLS)]
        first.append(taken[0])
        all_of_them += taken
    median = statistics.median(all_of_them)
    what = f"a service: verify the token of a call, median ({statistics.median(first) * 1e6:.0f} µs at its first)"
    return [(what, f"{median * 1e6:.1f} µs", f"{LIMIT * 1e6:.0f} µs", median <= LIMIT)]


def _tokens(signer: Signer) -> Iterator[str]:
    for _ in range(TOKENS):
        said = {
            "aud": AUDIENCE,
            "sub": str(uuid4()),
            "kind": "unit",
            "rev": 1,
            "unit": str(uuid4()),
            "perms": list(UNIT_PERMISSIONS),
        }
        yield signer.sign(TOKEN_TYPE, said, seconds=300)


def _seconds(keys: Keys, text: str) -> float:
    began = time.perf_counter()
    keys.verify(TOKEN_TYPE, text, audience=AUDIENCE)
    return time.perf_counter() - began

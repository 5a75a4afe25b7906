"""Levels of assurance of provincial sign-ins (Guangdong's unified authentication, levels 2 to 5).

2: self-declared; 3: name and number match; 4: person and document are one; 5: certificate or counter.
"""

import re

_ACR = re.compile(r"urn:shenbao:loa:([2-5])")
_LOWEST = 2
LINKING = 4
"""From here on an ID number says that two sign-ins are of one person."""


def level(acr: str) -> int:
    """What a provider does not say, or says in words we do not know, counts as the lowest."""
    found = _ACR.fullmatch(acr)
    return int(found.group(1)) if found else _LOWEST


def acr_of(found: int) -> str:
    return f"urn:shenbao:loa:{found}"

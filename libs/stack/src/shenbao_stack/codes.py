"""Valid codes for invented parties: organisation codes (GB 11714-1997) and credit codes (GB 32100-2015)."""

_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ZHEJIANG_COMPANY = "91330000"


def organisation_code(serial: int) -> str:
    """Nine characters: the serial in eight digits and its check character."""
    body = f"{serial:08d}"
    rest = 11 - sum(int(c) * w for c, w in zip(body, _ORGANISATION_WEIGHTS, strict=True)) % 11
    return body + {10: "X", 11: "0"}.get(rest, str(rest))


def credit_code(organisation: str, kind_and_region: str = _ZHEJIANG_COMPANY) -> str:
    """Eighteen characters: kind of body and region (eight), the organisation code (nine), check character."""
    body = kind_and_region + organisation
    total = sum(_CREDIT_ALPHABET.index(c) * pow(3, place, 31) for place, c in enumerate(body))
    return body + _CREDIT_ALPHABET[(31 - total % 31) % 31]

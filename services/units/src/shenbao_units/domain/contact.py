"""Telephone numbers of contacts."""

import re

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[0-9]{2,3}-[0-9]{7,8}(-[0-9]{1,6})?")


def is_phone(text: str) -> bool:
    """A mobile number of the mainland, or a landline with area code and, maybe, an extension."""
    return bool(_MOBILE.fullmatch(text) or _LANDLINE.fullmatch(text))

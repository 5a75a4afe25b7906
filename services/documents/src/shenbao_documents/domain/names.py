"""Names of files: shown to people and put into headers, never used as paths."""

import unicodedata

LONGEST = 200
_NOT_SHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def cleaned(name: str) -> str:
    """The last part of a path without control, bidirectional and unassigned characters, at most 200 characters long.

    The extension survives the shortening, because people tell files by it.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(c for c in last if unicodedata.category(c) not in _NOT_SHOWN).strip(" .")
    if len(shown) > LONGEST:
        end = extension(shown)
        shown = shown[: LONGEST - len(end)] + end
    return shown or "file"


def extension(name: str) -> str:
    """`.pdf` of `Form.PDF`; "" when there is none or it is no extension a person would write."""
    dot = name.rfind(".")
    end = name[dot:].lower() if dot > 0 else ""
    return end if len(end) <= 10 else ""

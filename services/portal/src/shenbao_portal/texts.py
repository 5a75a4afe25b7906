"""Flask-Babel's functions, with types: `_` now, `_l` when shown, `ngettext` by number. msgids are the Chinese texts."""

from typing import Any

import flask_babel


def _(text: str, /, **values: Any) -> str:
    """The text in the language of the request."""
    return str(flask_babel.gettext(text, **values))


def _l(text: str, /, **values: Any) -> Any:
    """The same for module level: translated each time it is shown."""
    return flask_babel.lazy_gettext(text, **values)


def ngettext(one: str, many: str, num: int, /, **values: Any) -> str:
    """By number; Chinese has one form, so both msgids are the same text."""
    return str(flask_babel.ngettext(one, many, num, **values))

"""Plain words for every stable code that a service answers. Codes are the services', words are the portal's."""

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from shenbao_portal.i18n import named_text, naming
from shenbao_portal.message_texts import TEXTS
from shenbao_portal.texts import _, _l

_UNKNOWN = _l("操作未能完成（%(code)s），请稍后再试或联系管理员。")


def words(code: str, params: Mapping[str, Any] | None = None) -> str:
    """The message of a code in the chosen language, its values filled in."""
    given = dict(params or {})
    text = TEXTS.get("wrong_file" if code == "wrong_format" and "allowed" in given else code)
    if text is None and {"zh", "en"} <= given.keys():
        return named_text(given)  # A demand of a programme, in its own words.
    if text is None:
        return str(_UNKNOWN) % {"code": code}
    if isinstance(given.get("limit"), int):
        # The limits of files are bytes; people read them in megabytes.
        given["limit_bytes"] = given["limit"]
    return _filled(str(text), given)


def together(texts: Iterable[str]) -> Markup:
    """Several messages as one."""
    return Markup.escape(_("；")).join(texts)


def known(code: str) -> bool:
    return code in TEXTS


def _filled(text: str, params: Mapping[str, Any]) -> str:
    if "%(" not in text:
        return text
    try:
        readable = {key: _readable(key, value) for key, value in params.items()}
        return naming(text, **readable) if "name" in readable else text % readable
    except (KeyError, ValueError, TypeError):
        return _("填写的内容不符合要求")


def _readable(key: str, value: Any) -> str:
    if key.endswith("bytes") and isinstance(value, int):
        return f"{value / 1048576:g} MB"
    if key == "allowed" and isinstance(value, str):
        return _("、").join(value.upper().split(","))
    return str(value)

"""The JSON that services answer with."""

from typing import Any

from flask.json.provider import DefaultJSONProvider


class Json(DefaultJSONProvider):
    """Chinese text as it is: half as long, and made in half the time."""

    sort_keys = False
    ensure_ascii = False

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """A refusal names fields as they were sent, and half a surrogate pair can be sent, but not be written."""
        text = super().dumps(obj, **kwargs)
        try:
            text.encode()
        except UnicodeEncodeError:
            return super().dumps(obj, **kwargs | {"ensure_ascii": True})
        return text

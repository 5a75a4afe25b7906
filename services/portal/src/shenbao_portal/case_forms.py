"""What comes back in the post from the pages of cases."""

import re

from werkzeug.datastructures import MultiDict

_ITEM = re.compile(r"items-(\d{1,3})-item")


def items(form: MultiDict[str, str]) -> list[dict[str, str]]:
    """The lines of an itemised return, without those left wholly empty."""
    numbers = sorted(int(found[1]) for key in form if (found := _ITEM.fullmatch(key)))
    lines = [{word: form.get(f"items-{n}-{word}", "").strip() for word in ("item", "reason")} for n in numbers]
    return [line for line in lines if any(line.values())]

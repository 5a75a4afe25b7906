"""The title catalogue of a pack (专业技术资格目录): from it come the options of the fields that ask for a title."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_LANGUAGES = {"zh": "{name}({level})", "en": "{name} ({level})"}


def options(catalogue: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every title as one choice, by its path: 工程技术-建筑工程技术人员-高级工程师(副高级) (S1-32).

    short: the title with its level alone, as lists show it.
    """
    for series in catalogue:
        for specialty in series["specialties"]:
            for title in specialty["titles"]:
                short = {
                    word: shape.format(name=title[word], level=title["level"][word])
                    for word, shape in _LANGUAGES.items()
                }
                path = {word: "-".join((series[word], specialty[word], short[word])) for word in _LANGUAGES}
                key = "_".join((series["key"], specialty["key"], title["key"]))
                yield {"key": key, **path, "short": short}


def short_of(field: Mapping[str, Any], value: Any) -> Mapping[str, str] | None:
    """A title as lists show it; None where the field asks for something else."""
    option: Mapping[str, Any] = next((o for o in field.get("options", ()) if o["key"] == value), {})
    found: Mapping[str, str] | None = option.get("short")
    return found

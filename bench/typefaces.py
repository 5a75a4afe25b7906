"""Where the suite's fonts lie; by itself, so that a process that only wants to know imports no service."""

from pathlib import Path

_FOLDER = Path(__file__).parents[1] / "node_modules" / "@expo-google-fonts"


def fonts() -> list[str]:
    """The folders, regular before bold."""
    families = ("noto-serif-sc", "noto-sans-sc", "noto-serif-jp", "noto-serif", "noto-sans-math", "noto-sans-symbols-2")
    return [str(_FOLDER / family / weight) for family in families for weight in ("400Regular", "700Bold")]

"""A programme's folder as the body that the applications service takes."""

from pathlib import Path

PACK, SAMPLES = "programme.yaml", "samples.yaml"


def read_pack(folder: Path) -> dict[str, object]:
    """The texts of programme.yaml and samples.yaml, and templates/*.typ by file name."""
    samples = folder / SAMPLES
    return {
        "programme": (folder / PACK).read_text(encoding="utf-8"),
        "samples": samples.read_text(encoding="utf-8") if samples.exists() else "",
        "templates": {p.name: p.read_text(encoding="utf-8") for p in sorted((folder / "templates").glob("*.typ"))},
    }

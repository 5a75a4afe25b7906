"""A programme's folder as the body that the applications service takes."""

from pathlib import Path


def read_pack(folder: Path) -> dict[str, object]:
    """programme.yaml as text and templates/*.typ by file name."""
    programme = (folder / "programme.yaml").read_text(encoding="utf-8")
    templates = {p.name: p.read_text(encoding="utf-8") for p in sorted((folder / "templates").glob("*.typ"))}
    return {"programme": programme, "templates": templates}

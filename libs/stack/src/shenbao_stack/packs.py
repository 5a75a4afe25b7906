"""A programme's folder as the body that the applications service takes."""

from pathlib import Path

import click

PACK, SAMPLES = "programme.yaml", "samples.yaml"


def read_pack(folder: Path) -> dict[str, object]:
    """The texts of programme.yaml and samples.yaml, and templates/*.typ by file name."""
    samples = folder / SAMPLES
    return {
        "programme": _text(folder / PACK),
        "samples": _text(samples) if samples.exists() else "",
        "templates": {p.name: _text(p) for p in sorted((folder / "templates").glob("*.typ"))},
    }


def _text(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as wrong:
        raise click.ClickException(f"{file}:1: {wrong.strerror}") from wrong
    try:
        return content.decode()
    except UnicodeDecodeError as wrong:
        line = content.count(b"\n", 0, wrong.start) + 1
        raise click.ClickException(f"{file}:{line}: not in UTF-8") from wrong

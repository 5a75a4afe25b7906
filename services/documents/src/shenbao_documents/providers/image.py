"""Makes others of an image, never changing it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from PIL import Image, ImageOps

from shenbao_common.files.image import BROKEN, FORMATS
from shenbao_common.kernel.errors import Problem, RuleBroken

_QUALITY = 92
_TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
"""Clockwise to Pillow's words, which are counter-clockwise."""


def turned(source: BinaryIO, target: BinaryIO, *, degrees: int) -> None:
    """Writes the image as people see it (its Exif orientation applied), turned clockwise by 90, 180 or 270 degrees."""
    with _decoded(source) as image:
        form = str(image.format)
        upright = ImageOps.exif_transpose(image).transpose(_TURNS[degrees])
        upright.save(target, form, **({"quality": _QUALITY} if form == "JPEG" else {}))


def preview(source: BinaryIO, target: BinaryIO, *, longest: int) -> None:
    """Writes a JPEG of at most so many pixels a side, for screens: upright, in RGB, without its metadata."""
    with _decoded(source) as image:
        image.draft("RGB", (longest, longest))
        upright = ImageOps.exif_transpose(_in_eight_bits(image))
        upright.thumbnail((longest, longest))
        if upright.mode in {"RGBA", "LA", "P"}:
            layered = upright.convert("RGBA")
            upright = Image.new("RGB", layered.size, "white")
            upright.paste(layered, mask=layered.getchannel("A"))
        upright.convert("RGB").save(target, "JPEG", quality=_QUALITY)


def _in_eight_bits(image: Image.Image) -> Image.Image:
    return image.convert("I").point(lambda value: value / 256).convert("L") if image.mode.startswith("I") else image


@contextmanager
def _decoded(source: BinaryIO) -> Iterator[Image.Image]:
    # A PNG's checksums may be right around content that is none.
    try:
        with Image.open(source, formats=FORMATS) as image:
            yield image
    except BROKEN as wrong:
        raise RuleBroken("invalid", Problem("file_damaged", "file")) from wrong

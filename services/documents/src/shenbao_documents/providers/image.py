"""Looks into an image: of a known format, of a sensible size, and whole; makes others of it, never changing it."""

import mmap
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

from shenbao_common.kernel.errors import Problem, RuleBroken

MOST_PIXELS = 50_000_000
"""Width times height; an A3 page at 450 dpi has 40 million."""

Image.MAX_IMAGE_PIXELS = None  # The limit above is checked from the header, before anything is decoded.
_MOST_SCANS = 100
"""Of a JPEG; a progressive one has about ten. Each runs over all pixels, and a few bytes make another."""

_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")
"""Begins a segment with a length; the codes left out have none, or are data."""

_SCAN, _END = b"\xff\xda", b"\xff\xd9"
_FORMATS = ("JPEG", "PNG")
_QUALITY = 92
_TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
"""Clockwise to Pillow's words, which are counter-clockwise."""

_BROKEN = (ArithmeticError, LookupError, OSError, SyntaxError, TypeError, ValueError)


def ensure_sound(path: Path) -> None:
    """Refuses with image_too_large or file_damaged."""
    try:
        with Image.open(path, formats=_FORMATS) as image:
            ensure_size(image)
            # The smallest scale a JPEG offers still reads every block; a PNG's checksums prove it without decoding.
            if image.format == "PNG":
                image.verify()
            else:
                _ensure_few_scans(path)
                image.draft("RGB", (image.width // 8, image.height // 8))
                image.load()
    except (UnidentifiedImageError, *_BROKEN) as wrong:
        raise RuleBroken("invalid", Problem("file_damaged", "file")) from wrong


def ensure_size(image: Image.Image) -> None:
    """Before anything is decoded: refuses with image_too_large."""
    if image.width * image.height > MOST_PIXELS:
        params = {"limit": MOST_PIXELS, "width": image.width, "height": image.height}
        raise RuleBroken("invalid", Problem("image_too_large", "file", params))


def _ensure_few_scans(path: Path) -> None:
    place, scans = 2, 0
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as jpeg:
        while (marker := _MARKER.search(jpeg, place)) and marker[0] != _END:
            # What stands inside a segment, as a preview in Exif, is no scan of this image.
            place = marker.end() + int.from_bytes(jpeg[marker.end() : marker.end() + 2], "big")
            scans += marker[0] == _SCAN
    if scans > _MOST_SCANS:
        raise RuleBroken("invalid", Problem("file_damaged", "file"))


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
        with Image.open(source, formats=_FORMATS) as image:
            yield image
    except (UnidentifiedImageError, *_BROKEN) as wrong:
        raise RuleBroken("invalid", Problem("file_damaged", "file")) from wrong

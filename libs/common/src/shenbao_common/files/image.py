"""Looks into an image: of a known format, of a sensible size, and whole."""

import mmap
import re
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from shenbao_common.kernel.errors import Problem, RuleBroken

MOST_PIXELS = 50_000_000
"""Width times height; an A3 page at 450 dpi has 40 million."""

Image.MAX_IMAGE_PIXELS = None  # The limit above is checked from the header, before anything is decoded.
FORMATS = ("JPEG", "PNG")
BROKEN = (UnidentifiedImageError, ArithmeticError, LookupError, OSError, SyntaxError, TypeError, ValueError)
"""What a damaged or hostile file makes the decoder stumble with."""

_MOST_SCANS = 100
"""Of a JPEG; a progressive one has about ten. Each runs over all pixels, and a few bytes make another."""

_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")
"""Begins a segment with a length; the codes left out have none, or are data."""

_SCAN, _END = b"\xff\xda", b"\xff\xd9"


def ensure_sound(path: Path) -> None:
    """Refuses with image_too_large or file_damaged."""
    try:
        with Image.open(path, formats=FORMATS) as image:
            ensure_size(image)
            # The smallest scale a JPEG offers still reads every block; a PNG's checksums prove it without decoding.
            if image.format == "PNG":
                image.verify()
            else:
                _ensure_few_scans(path)
                image.draft("RGB", (image.width // 8, image.height // 8))
                image.load()
    except BROKEN as wrong:
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

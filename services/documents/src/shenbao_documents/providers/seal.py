"""Makes an electronic seal of the scan of a stamp: the red kept, the paper gone."""

import io
from typing import BinaryIO

from PIL import Image, ImageChops, ImageOps, UnidentifiedImageError

from shenbao_common.files.image import ensure_size
from shenbao_common.kernel.errors import Problem, RuleBroken

WIDEST = 360
"""Pixels; 30 mm at 300 dpi."""

_LEAST_RED, _FULL_RED = 48, 110
"""How much more red than green or blue a point must have to be ink, and to be ink altogether."""

_LEAST_INK = 0.005
"""Part of the scan that has to be ink."""


def cut_out(scan: BinaryIO) -> bytes:
    """A PNG, transparent where there was no red ink, cropped to the ink; refuses a scan without a red seal."""
    try:
        with Image.open(scan, formats=("JPEG", "PNG")) as image:
            ensure_size(image)
            image.draft("RGB", (4 * WIDEST, 4 * WIDEST))
            picture = ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as wrong:
        raise RuleBroken("invalid", Problem("file_damaged", "file")) from wrong
    picture.thumbnail((4 * WIDEST, 4 * WIDEST))
    red, green, blue = picture.split()
    ink = ImageChops.subtract(red, ImageChops.lighter(green, blue)).point(_opacity)
    box = ink.point(lambda opacity: 255 if opacity > 127 else 0).getbbox()
    if box is None or sum(ink.histogram()[128:]) < _LEAST_INK * ink.width * ink.height:
        raise RuleBroken("invalid", Problem("no_seal_found", "file"))
    picture.putalpha(ink)
    seal = picture.crop(box)
    seal.thumbnail((WIDEST, WIDEST))
    target = io.BytesIO()
    seal.save(target, "PNG", optimize=True)
    return target.getvalue()


def _opacity(redness: float) -> float:
    return max(0.0, min(255.0, (redness - _LEAST_RED) * 255 / (_FULL_RED - _LEAST_RED)))

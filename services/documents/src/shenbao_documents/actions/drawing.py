"""Codes for the scanners at the counters and on telephones."""

import io

import segno


def qr(text: str) -> str:
    """The text as QR code in SVG; "" when there is none yet."""
    if not text:
        return ""
    picture = io.BytesIO()
    segno.make(text, error="m", micro=False).save(picture, kind="svg", border=0, xmldecl=False, svgns=True)
    return picture.getvalue().decode()

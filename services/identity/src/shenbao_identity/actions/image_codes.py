"""Image codes (验证码): made, drawn, and good for one try."""

import io
import secrets
from datetime import datetime
from hmac import compare_digest
from uuid import UUID, uuid4

from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import delete
from sqlalchemy.orm import Session

from shenbao_identity.domain import lifetimes
from shenbao_identity.models import ImageCode

# Without characters that look alike.
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_LENGTH = 4
_SIZE = (132, 44)
_FONT = ImageFont.load_default(30)


def make(session: Session, *, now: datetime) -> ImageCode:
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    row = ImageCode(id=uuid4(), code=code, expires_at=now + lifetimes.IMAGE_CODE)
    session.add(row)
    return row


def take(session: Session, image_code_id: UUID, code: str, *, now: datetime) -> bool:
    """Uses the image up; whether the code was right. Runs in a transaction apart."""
    taken = delete(ImageCode).where(ImageCode.id == image_code_id)
    row = session.execute(taken.returning(ImageCode.code, ImageCode.expires_at)).first()
    if row is None or row.expires_at <= now:
        return False
    return compare_digest(str(row.code).encode(), code.strip().upper().encode())


def draw(code: str) -> bytes:
    """A PNG with turned, displaced characters and lines across."""
    chance = secrets.SystemRandom()
    image = Image.new("RGB", _SIZE, (247, 249, 252))
    for place, character in enumerate(code):
        ink = tuple(chance.randrange(20, 110) for _ in range(3))
        tile = Image.new("RGBA", (38, 44), (0, 0, 0, 0))
        ImageDraw.Draw(tile).text((8, 3), character, font=_FONT, fill=(*ink, 255))
        tile = tile.rotate(chance.uniform(-22, 22), resample=Image.Resampling.BICUBIC)
        image.paste(tile, (2 + place * 31 + chance.randrange(-2, 3), chance.randrange(-3, 4)), tile)
    pen = ImageDraw.Draw(image)
    for _ in range(4):
        ends = [(chance.randrange(_SIZE[0]), chance.randrange(_SIZE[1])) for _ in range(2)]
        pen.line(ends, fill=tuple(chance.randrange(120, 200) for _ in range(3)), width=1)
    for _ in range(80):
        pen.point((chance.randrange(_SIZE[0]), chance.randrange(_SIZE[1])), fill=(140, 150, 170))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()

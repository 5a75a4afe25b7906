"""Image codes for the public forms."""

import base64
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from shenbao_common.kernel import clock
from shenbao_common.web.auth import public
from shenbao_common.web.edge import transaction
from shenbao_identity.actions import image_codes
from shenbao_identity.api import guard
from shenbao_identity.api.schemas import ImageCodeOut, ImageCodeTextOut
from shenbao_identity.models import ImageCode

blp = Blueprint("image_codes", __name__, url_prefix="/v1", description="Image codes, one try each.")


@blp.post("/image-codes")
@blp.response(201, ImageCodeOut)
@public
def make() -> dict[str, Any]:
    """A new image; good for five minutes and one try."""
    with transaction() as session:
        row = image_codes.make(session, now=clock.now())
    png = base64.b64encode(image_codes.draw(row.code)).decode()
    return {"id": row.id, "image": f"data:image/png;base64,{png}"}


@blp.get("/test/image-codes/<uuid:image_code_id>")
@blp.response(200, ImageCodeTextOut)
@public
def read(image_code_id: UUID) -> ImageCode:
    """What an image shows; answers in the profile `test` only."""
    return guard.only_in_tests(ImageCode, image_code_id)

"""Guides that everybody may read."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

blp = Blueprint("guides", __name__, url_prefix="/guides")


@blp.get("/unit-registration")
def unit_registration() -> ResponseReturnValue:
    """How a unit registers, so that its people find it (S0-08)."""
    return render_template("guides/unit_registration.html")

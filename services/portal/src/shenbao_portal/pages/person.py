"""The personal centre, for who came by provincial sign-in."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from shenbao_portal.client import service
from shenbao_portal.guards import signed_in_as

blp = Blueprint("person", __name__, url_prefix="/person")


@blp.get("")
@signed_in_as("person")
def centre() -> ResponseReturnValue:
    """Who is signed in, and how sure that is."""
    return render_template("person/centre.html", me=service("identity").get("/v1/me").body)

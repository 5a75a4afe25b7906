"""What the OAuth endpoints share: the calling client, and errors in the form that RFC 6749 5.2 fixes."""

from http import HTTPStatus
from urllib.parse import unquote_plus

from flask import Response, jsonify, request
from werkzeug.datastructures import Authorization

from shenbao_identity.api import clients
from shenbao_identity.settings import Client


def client_of_request() -> Client | None:
    """The client that proves its secret, by HTTP Basic or in the form; None when it does not."""
    basic = _basic()
    if basic is not None:
        client_id, secret = unquote_plus(basic.username or ""), unquote_plus(basic.password or "")
    else:
        client_id, secret = request.form.get("client_id", ""), request.form.get("client_secret", "")
    client = clients.known(client_id)
    return client if client is not None and client.is_proved(secret) else None


def _basic() -> Authorization | None:
    try:
        found = request.authorization
    except ValueError:
        return None  # Bytes that are no base64 at all.
    return found if found is not None and found.type == "basic" else None


def refused(error: str, description: str = "") -> Response:
    """An answer, not an exception: what the request used up (a code, a stolen session) stays used up."""
    body = {"error": error} | ({"error_description": description} if description else {})
    response = jsonify(body)
    response.status_code = HTTPStatus.BAD_REQUEST
    if error == "invalid_client":
        response.status_code = HTTPStatus.UNAUTHORIZED
        response.headers["WWW-Authenticate"] = 'Basic realm="shenbao"'
    return response

"""The simulated gateway of short messages: takes them as identity's adapter sends them, and shows the last ones.

POST /messages {"key", "to", "text"} -> 202; the same key again changes nothing. GET / is the page of what came.
"""

from collections import OrderedDict
from hmac import compare_digest

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue

_KEPT = 50


def app(token: str) -> Flask:
    """Mounted at /demo/sms."""
    flask = Flask(__name__, static_folder=None)
    received: OrderedDict[str, tuple[str, str]] = OrderedDict()

    @flask.post("/messages")
    def receive() -> ResponseReturnValue:
        if not compare_digest(request.headers.get("Authorization", ""), f"Bearer {token}"):
            return "", 401
        said = request.get_json()
        received.setdefault(said["key"], (said["to"], said["text"]))
        while len(received) > _KEPT:
            received.popitem(last=False)
        return "", 202

    @flask.get("/")
    def page() -> ResponseReturnValue:
        return render_template("messages.html", messages=list(reversed(received.values())))

    return flask

"""The simulated keeper of proofs: one PDF about one person, as documents' adapter expects it.

POST / {"name", "id_number", "proof"} -> the PDF; of an unknown person or proof it has none (404).
"""

from functools import cache
from hmac import compare_digest

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from shenbao_stack.demo.papers import Printer

_INSURED = {"330000199001010014": "示例科技有限公司"}
"""Who pays social insurance, and through which unit."""


def app(token: str, fonts: str) -> Flask:
    """Mounted at /demo/proofs."""
    flask = Flask(__name__, static_folder=None)
    # Fonts are slow to read, and most who start the suite never ask.
    printer = cache(lambda: Printer(fonts))

    @flask.post("/")
    def ask() -> ResponseReturnValue:
        if not compare_digest(request.headers.get("Authorization", ""), f"Bearer {token}"):
            return "", 401
        asked = request.get_json()
        unit = _INSURED.get(asked.get("id_number", ""))
        if unit is None or asked.get("proof") != "social_insurance":
            return "", 404
        return Response(printer().insurance_certificate(asked["name"], unit), mimetype="application/pdf")

    return flask

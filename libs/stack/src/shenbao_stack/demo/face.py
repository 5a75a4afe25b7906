"""The simulated face authentication: the page that the code on the screen leads to, instead of an app with a camera.

What it says reaches identity as the real app's word does: POST /v1/face-confirmations with a token of its own.
"""

import httpx
from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue

from shenbao_stack.demo.provincial import PEOPLE


def app(identity: str, secret: str) -> Flask:
    """Mounted at /demo/face. identity: its address; secret: of the client `face-app`."""
    flask = Flask(__name__, static_folder=None)

    @flask.route("/", methods=["GET", "POST"])
    def page() -> ResponseReturnValue:
        code, said = request.values.get("code", ""), None
        if request.method == "POST":
            # Who stands in front of the simulated camera is one of the simulated provincial sign-in.
            person = request.form.get("person") or PEOPLE[0].id_number
            said = _confirm(identity, secret, code, person, passed=request.form.get("passed") == "yes")
        return render_template("face.html", code=code, said=said, people=PEOPLE)

    return flask


def _confirm(identity: str, secret: str, code: str, person: str, *, passed: bool) -> bool:
    grant = {"grant_type": "client_credentials"}
    with httpx.Client(timeout=5) as http:
        token = http.post(f"{identity}/token", data=grant, auth=("face-app", secret)).raise_for_status().json()
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        body = {"code": code, "id_number": person, "passed": passed}
        return http.post(f"{identity}/v1/face-confirmations", json=body, headers=headers).is_success

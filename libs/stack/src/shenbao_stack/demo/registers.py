"""The simulated registers of the government: recorded data over HTTP, as applications' adapter expects it.

POST /<register> {"name", "id_number", "certificate_no"?} -> {"records": [...]}; an unknown person has none.
"""

from hmac import compare_digest
from typing import Any

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

_ZHANG, _LI = "330000199001010014", "330000198506150026"
_BACHELOR = {"level": "bachelor", "full_time": "yes", "has_degree": "yes", "overseas": "no", "school": "浙江大学"}

_BY_NUMBER = {
    ("education", _ZHANG, "103351201205001234"): [_BACHELOR],
    ("education", _LI, "103351200705005678"): [_BACHELOR],
    ("degree", _ZHANG, "1033542012001234"): [_BACHELOR],
}
"""Register, person, certificate: a certificate is shown to whose it is, and to nobody else."""

_BY_PERSON = {("title", _ZHANG): [{"tier": "intermediate", "name": "工程师"}]}


def app(token: str) -> Flask:
    """Mounted at /demo/registers."""
    flask = Flask(__name__, static_folder=None)

    @flask.post("/<register>")
    def ask(register: str) -> ResponseReturnValue:
        if not compare_digest(request.headers.get("Authorization", ""), f"Bearer {token}"):
            return "", 401
        return jsonify(records=_records(register, request.get_json()))

    return flask


def _records(register: str, asked: dict[str, Any]) -> list[dict[str, str]]:
    person, certificate = asked.get("id_number", ""), asked.get("certificate_no")
    if certificate:
        return _BY_NUMBER.get((register, person, certificate), [])
    return _BY_PERSON.get((register, person), [])

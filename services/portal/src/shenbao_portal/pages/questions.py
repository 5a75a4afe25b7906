"""The test by questions: one after another, for anybody; the page itself carries the answers (S2-13)."""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from shenbao_portal.client import service
from shenbao_portal.messages import words
from shenbao_portal.refusals import Refused

blp = Blueprint("questions", __name__, url_prefix="/pretest/<programme>/questions")

_ACTS = ("previous", "reset")


@blp.route("", methods=["GET", "POST"])
def show(programme: str) -> ResponseReturnValue:
    """The question that is open, with those that were answered above it."""
    trail = [
        dict(zip(("question", "answer"), line.split("/", 1), strict=False)) for line in request.form.getlist("trail")
    ]
    act = next((act for act in _ACTS if act in request.form), "")
    error = ""
    given = trail
    if not act and "question" in request.form:
        given = [*trail, {"question": request.form["question"], "answer": request.form.get("answer", "")}]
    try:
        walked = _walked(programme, given, act)
    except Refused as refused:
        if refused.status != 422 or given == trail:
            raise
        walked, error = _walked(programme, trail, ""), words("required", {})
    names = service("applications").get(f"/v1/programmes/{quote(programme, safe='')}/articles").body
    page = render_template("pretest/questions.html", programme=names, walked=walked, error=error)
    return page, 422 if error else 200


@blp.get("/<question>/catalogue")
def catalogue(programme: str, question: str) -> ResponseReturnValue:
    """What to read before a question is answered (S2-15)."""
    found = service("applications").get(f"/v1/programmes/{quote(programme, safe='')}/questions").body
    shown = next((one for one in found["questions"] if one["key"] == question and one["catalogue"]), None)
    if shown is None:
        abort(404)
    return render_template("pretest/catalogue.html", programme=found, question=shown)


def _walked(programme: str, answers: list[dict[str, str]], act: str) -> Any:
    body = {"answers": answers, "act": act}
    return service("applications").post(f"/v1/programmes/{quote(programme, safe='')}/question-test", body)

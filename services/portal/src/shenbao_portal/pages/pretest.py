"""Before a declaration: what to read, the notice, the face, the analysis, the conditions to choose from."""

from typing import Any
from urllib.parse import quote

import segno
from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from shenbao_portal import contents
from shenbao_portal.client import service
from shenbao_portal.forms import once
from shenbao_portal.guards import signed_in_as
from shenbao_portal.messages import words
from shenbao_portal.pages.declarations import profile_for
from shenbao_portal.refusals import Refused
from shenbao_portal.texts import _

blp = Blueprint("pretest", __name__, url_prefix="/pretest/<programme>")

_AIMS = ("test", "declare")
_KINDS = ("policy", "guide", "answer")


@blp.get("")
def home(programme: str) -> ResponseReturnValue:
    """Notice box, policies, guides and answers, and the three entries (S2-03)."""
    found = service("applications").get(f"{_path(programme)}/articles").body
    kinds = {kind: [one for one in found["items"] if one["kind"] == kind] for kind in _KINDS}
    return render_template("pretest/home.html", programme=found, kinds=kinds)


@blp.get("/articles/<article>")
def article(programme: str, article: str) -> ResponseReturnValue:
    """One text to read."""
    found = service("applications").get(f"{_path(programme)}/articles").body
    shown = next((one for one in found["items"] if one["key"] == article), None)
    if shown is None:
        abort(404)
    return render_template("pretest/article.html", programme=found, article=shown)


@blp.route("/notice", methods=["GET", "POST"])
@signed_in_as("person", may="application.fill")
def notice(programme: str) -> ResponseReturnValue:
    """Nothing opens before the handling notice is ticked and confirmed (S2-04)."""
    pack, errors = _pack(programme), []
    if request.method == "POST":
        body = {"accepted": request.form.getlist("accepted")}
        try:
            service("applications").post(f"{_path(programme)}/consents", body, key=once())
        except Refused as refused:
            if refused.status != 422:
                raise
            errors = [words(refused.code, refused.params)]
        else:
            return _new_code(programme)
    page = render_template("pretest/notice.html", programme=pack, errors=errors, aim=_aim())
    return page, 422 if errors else 200


@blp.route("/face", methods=["GET", "POST"])
@signed_in_as("person", may="application.fill")
def face(programme: str) -> ResponseReturnValue:
    """The code to be scanned within 179 seconds; a new one when it is over (S2-05)."""
    if request.method == "POST":
        return _new_code(programme)
    if "face" not in session:
        return redirect(url_for("pretest.notice", programme=programme, aim=_aim()), 303)
    address = current_app.extensions["portal"].face_app + session["face"]["code"]
    return render_template(
        "pretest/face.html",
        programme=_pack(programme),
        aim=_aim(),
        address=address,
        picture=segno.make(address).svg_data_uri(scale=5),
        state=_face_state(),
    )


@blp.get("/face/state")
@signed_in_as("person", may="application.fill")
def face_state(programme: str) -> ResponseReturnValue:
    """Asked every second by the page: the seconds that are left, or where to go on."""
    found = _face_state()
    ends = {"passed": "pretest.numbers", "failed": "pretest.face_failed"}
    if found["state"] in ends:
        return "", 204, {"HX-Redirect": url_for(ends[found["state"]], programme=programme, aim=_aim())}
    polled = url_for("pretest.face_state", programme=programme, aim=_aim())
    return render_template("pretest/face_part.html", state=found, polled=polled)


@blp.get("/face/failed")
@signed_in_as("person", may="application.fill")
def face_failed(programme: str) -> ResponseReturnValue:
    """In the test one may go on to the questions, which need no personal data (S2-07)."""
    return render_template("pretest/face_failed.html", programme=_pack(programme), aim=_aim())


@blp.route("/numbers", methods=["GET", "POST"])
@signed_in_as("person", may="application.fill")
def numbers(programme: str) -> ResponseReturnValue:
    """Numbers of certificates, or a skip; then the analysis (S2-08)."""
    pack, errors = _pack(programme), []
    asked = [(ask["register"], _field(pack, ask["number"])) for ask in pack["analysis"]["asks"] if ask.get("number")]
    typed = {register: request.form.get(register, "").strip() for register, _field_ in asked}
    if request.method == "POST":
        skip = "skip" in request.form
        if not skip and not any(typed.values()):
            errors = [words("fill_or_skip", {})]  # said before the authentication is used up
        else:
            found = _analysed(programme, {"skip": skip, "numbers": {} if skip else typed})
            return redirect(url_for("pretest.result", programme=programme, analysis=found, aim=_aim()), 303)
    page = render_template("pretest/numbers.html", programme=pack, asked=asked, typed=typed, errors=errors, aim=_aim())
    return page, 422 if errors else 200


@blp.get("/result/<uuid:analysis>")
@signed_in_as("person", may="application.fill")
def result(programme: str, analysis: Any) -> ResponseReturnValue:
    """One of four outcomes with what was found, and how to go on (S2-11, S2-12, S2-17)."""
    pack = _pack(programme)
    found = service("applications").get(f"{_path(programme)}/analyses/{analysis}").body
    lines = [
        (register, [_facts(pack, register, record) for record in records])
        for register, records in found["found"].items()
        if records
    ]
    return render_template("pretest/result.html", programme=pack, found=found, lines=lines, aim=_aim())


@blp.get("/conditions")
def conditions(programme: str) -> ResponseReturnValue:
    """The classes with their conditions and materials, one to be chosen (S2-19)."""
    found = service("applications").get(f"{_path(programme)}/conditions").body
    return render_template("pretest/conditions.html", programme=_articles(programme), found=found)


@blp.post("/start")
@signed_in_as("person", may="application.fill")
def start(programme: str) -> ResponseReturnValue:
    """Begins the declaration under the chosen condition, with what the analysis found (S2-18)."""
    projects = service("applications").get("/v1/projects", programme=programme, limit=100).body["items"]
    project = next((one for one in projects if one["open"]), None)
    if project is None:
        flash(_("目前没有可以申报的项目。"), "warning")
        return redirect(url_for("pretest.conditions", programme=programme), 303)
    pack = contents.pack_of(project["programme"], project["version"])
    section, key = pack["conditions"]["place"].split(".")
    agreed = service("applications").get(f"{_path(programme)}/consents").body["items"]
    body = {
        "project_id": project["id"],
        "accepted": [one["key"] for one in agreed],
        "sections": {section: {key: request.form.get("condition", "")}},
        "analysis": request.form.get("analysis") or None,
    }
    try:
        made = service("applications").post("/v1/applications", body | profile_for(pack), key=once())
    except Refused as refused:
        if refused.status not in {409, 422}:
            raise
        if refused.code == "commitment_missing":
            return redirect(url_for("pretest.notice", programme=programme, aim="declare"), 303)
        flash(words(refused.code, refused.params), "danger")
        return redirect(url_for("declarations.listed"), 303)
    # Also where registers have filled it in whole, the person sees it first.
    return redirect(url_for("declarations.show", application_id=made["id"], step=section), 303)


def _new_code(programme: str) -> ResponseReturnValue:
    made = service("identity").post("/v1/me/face-sessions", {"purpose": "shared_data"})
    session["face"] = {"id": made["id"], "code": made["code"]}
    return redirect(url_for("pretest.face", programme=programme, aim=_aim()), 303)


def _face_state() -> dict[str, Any]:
    if "face" not in session:
        abort(404)
    found: dict[str, Any] = service("identity").get(f"/v1/me/face-sessions/{session['face']['id']}").body
    return found


def _analysed(programme: str, given: dict[str, Any]) -> str:
    slip = service("identity").post("/v1/me/face-slips")["slip"]
    session.pop("face", None)
    made = service("applications").post(f"{_path(programme)}/analyses", {"face": slip, **given})
    return str(made["id"])


def _aim() -> str:
    """Whether the person tests or declares; the way is the same up to the result."""
    aim = request.args.get("aim", "test")
    return aim if aim in _AIMS else "test"


def _path(programme: str) -> str:
    return f"/v1/programmes/{quote(programme, safe='')}"


def _articles(programme: str) -> Any:
    return service("applications").get(f"{_path(programme)}/articles").body


def _pack(programme: str) -> contents.Pack:
    """The version in force."""
    found = service("applications").get(f"{_path(programme)}/conditions").body
    return contents.pack_of(found["programme"], found["version"])


def _field(pack: contents.Pack, place: str) -> Any:
    section, key = place.split(".")
    fields = next(s["fields"] for s in pack["sections"] if s["key"] == section)
    return next(f for f in fields if f["key"] == key)


def _facts(pack: contents.Pack, register: str, record: dict[str, Any]) -> list[tuple[Any, Any]]:
    """(field, value as it is shown) of what a register said, in the words of the form."""
    fills = [fill for fill in pack["analysis"]["fills"] if fill["register"] == register]
    return [
        (field, dict(contents.options_of(field)).get(value, value) if field["type"] == "choice" else value)
        for fill in fills
        if (value := record.get(fill["value"])) is not None
        for field in [_field(pack, fill["place"])]
    ]

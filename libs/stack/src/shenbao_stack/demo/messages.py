"""The simulated gateway of short messages: takes them as identity's adapter sends them, and shows the last ones.

POST /messages {"key", "to", "text"} -> 202; the same key again changes nothing. GET / is the page of what came.
POST /outage has it away for an hour (503), or back at once: what is sent meanwhile is kept and comes later.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest

from flask import Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue

from shenbao_common.kernel import clock

_KEPT = 50
_OUTAGE = timedelta(hours=1)
_COOKIE = "shenbao_language"
"""The portal's: who reads it in English reads this in English too."""


@dataclass
class _Gateway:
    received: OrderedDict[str, tuple[str, str]] = field(default_factory=OrderedDict)
    away_until: datetime | None = None

    @property
    def away(self) -> bool:
        return self.away_until is not None and clock.now() < self.away_until

    def take(self, key: str, to: str, text: str) -> None:
        self.received.setdefault(key, (to, text))
        while len(self.received) > _KEPT:
            self.received.popitem(last=False)


def app(token: str) -> Flask:
    """Mounted at /demo/sms."""
    flask = Flask(__name__, static_folder=None)
    gateway = _Gateway()

    @flask.post("/messages")
    def receive() -> ResponseReturnValue:
        if not compare_digest(request.headers.get("Authorization", ""), f"Bearer {token}"):
            return "", 401
        if gateway.away:
            return "", 503
        said = request.get_json()
        gateway.take(said["key"], said["to"], said["text"])
        return "", 202

    @flask.post("/outage")
    def outage() -> ResponseReturnValue:
        gateway.away_until = clock.now() + _OUTAGE if request.form.get("away") == "yes" else None
        return redirect(request.script_root + "/", 303)

    @flask.get("/")
    def page() -> ResponseReturnValue:
        language = request.args.get("lang") or request.cookies.get(_COOKIE)
        until = gateway.away_until.astimezone(clock.OFFICE_ZONE) if gateway.away and gateway.away_until else None
        return render_template(
            "messages.html",
            messages=list(reversed(gateway.received.values())),
            until=until,
            english=language == "en",
        )

    return flask

"""Security keys in a real browser: the portal's script, Chromium's authenticator, our judgement of its answers."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from flask.typing import ResponseReturnValue
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.chromium import executable as browser_of_tests

SCRIPT = Path(__file__).parents[3] / "portal/src/shenbao_portal/static/js/security-keys.js"
FORM = """<!doctype html><form method="post" action="/done" data-security-key="{kind}" data-options="/options"
data-failed="failed"><input name="csrf_token"><input name="credential"><button>go</button>
<p data-security-key-state></p></form><script src="/security-keys.js"></script>"""
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": False,
    "hasUserVerification": False,
    "isUserVerified": False,
}


class Paper:
    """A page of the portal's kind: its form, its script; the answers of the key end up here."""

    def __init__(self) -> None:
        self.options: dict[str, Any] = {}
        self.answer: dict[str, Any] = {}
        app = Flask("paper")
        app.add_url_rule("/form/<kind>", "form", lambda kind: FORM.format(kind=kind))
        app.add_url_rule("/security-keys.js", "script", self._script)
        app.add_url_rule("/options", "options", lambda: self.options, methods=["POST"])
        app.add_url_rule("/done", "done", self._done, methods=["POST"])
        self.server = make_server("127.0.0.1", 0, app, threaded=True)
        # Keys are bound to a name, never to a number; and this name is safe without https.
        self.origin = f"http://localhost:{self.server.server_port}"

    def ask(self, page: Page, kind: str, options: dict[str, Any]) -> dict[str, Any]:
        """What the browser answers to these options."""
        self.options = options
        page.goto(f"{self.origin}/form/{kind}")
        page.get_by_role("button").click()
        page.wait_for_url("**/done")
        return self.answer

    def _script(self) -> ResponseReturnValue:
        return SCRIPT.read_text(encoding="utf-8"), {"Content-Type": "text/javascript"}

    def _done(self) -> str:
        self.answer = json.loads(request.form["credential"])
        return "done"


@pytest.fixture
def paper(configured: Any) -> Iterator[Paper]:
    made = Paper()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    configured(portal_url=made.origin)
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def chromium() -> Iterator[Page]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=browser_of_tests(), args=["--no-sandbox", "--disable-gpu"])
        page = running.new_page()
        devtools = page.context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        yield page
        running.close()


def test_a_security_key_is_a_second_factor(
    browser: Any, another_browser: Callable[[], Any], unit: Callable[..., Actor], paper: Paper, chromium: Page
) -> None:
    unit("unitA1")
    token = browser.sign_in("unitA1")["access_token"]
    begun = browser.call("POST", "/v1/me/security-key-options", token).json
    credential = paper.ask(chromium, "create", begun["options"])
    body = {"name": "办公室的密钥", "credential": credential, "slip": begun["slip"]}
    made = browser.call("POST", "/v1/me/security-keys", token, json=body)
    assert (made.status_code, made.json["name"]) == (201, "办公室的密钥")
    assert browser.call("POST", "/v1/me/security-keys", token, json=body).json["code"] == "key_known"

    there = another_browser()
    challenge = there.challenge()
    assert there.enter(challenge, "unitA1", "Hang-Zhou7x").json == {"second_factor_required": True}
    path = f"/v1/sign-ins/{challenge}"
    assert there.http.get(f"{path}/factor").json == {"enrol": False, "totp": False, "security_keys": True}
    answer = paper.ask(chromium, "get", there.http.post(f"{path}/security-key-options").json["options"])
    done = there.http.post(f"{path}/security-key", json={"credential": answer})
    assert done.status_code == 200, done.json
    assert there.finish(done.json["redirect_to"])["access_token"]

    other = another_browser()
    again = other.challenge()
    other.enter(again, "unitA1", "Hang-Zhou7x")
    other.http.post(f"/v1/sign-ins/{again}/security-key-options")
    replayed = other.http.post(f"/v1/sign-ins/{again}/security-key", json={"credential": answer})
    assert (replayed.status_code, replayed.json["code"]) == (422, "factor_wrong")
    assert browser.call("DELETE", f"/v1/me/security-keys/{made.json['id']}", token).status_code == 204
    assert browser.sign_in("unitA1")


def test_a_key_made_for_one_account_is_none_of_another(
    browser: Any, another_browser: Callable[[], Any], unit: Callable[..., Actor], paper: Paper, chromium: Page
) -> None:
    unit("unitA1")
    unit("unitB1")
    tokens = {name: another_browser().sign_in(name)["access_token"] for name in ("unitA1", "unitB1")}
    begun = browser.call("POST", "/v1/me/security-key-options", tokens["unitA1"]).json
    credential = paper.ask(chromium, "create", begun["options"])
    body = {"name": "x", "credential": credential, "slip": begun["slip"]}
    stolen = browser.call("POST", "/v1/me/security-keys", tokens["unitB1"], json=body)
    assert [e["code"] for e in stolen.json["errors"]] == ["enrolment_over"]

"""Certified third parties judge us: openid-client as a client of ours, oidc-provider as a provincial sign-in (B-16)."""

import base64
import json
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import pytest
from joserfc.jwk import ECKey
from werkzeug.serving import make_server

from shenbao_common.kernel.actor import Actor
from shenbao_common.testing.service import UnderTest
from shenbao_identity.app import create_app
from shenbao_identity.domain.pkce import challenge_of
from shenbao_identity.settings import Client, Provider, Settings

JUDGES = Path(__file__).parents[1] / "judges"
BACK, GONE = "http://127.0.0.1:9/back", "http://127.0.0.1:9/gone"
PEOPLE = {
    "zhang": {"name": "张三", "id_number": "330000199001010014", "mobile": "13800000000", "acr": "urn:shenbao:loa:4"},
    "li": {"name": "李四", "id_number": "330000198506150026", "mobile": "13800000001", "acr": "urn:shenbao:loa:3"},
}
PORTAL = Client(
    client_id="portal",
    secret="a secret: with % signs & more",
    redirect_uris=(BACK,),
    grants=("authorization_code", "refresh_token"),
    post_logout_redirect_uris=(GONE,),
)


@contextmanager
def served(identity: UnderTest, **changes: Any) -> Iterator[str]:
    """identity at a real address, which is its issuer."""
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    issuer = f"http://127.0.0.1:{server.server_port}"
    settings = identity.service.settings
    assert isinstance(settings, Settings)
    server.app = create_app(replace(settings, issuer=issuer, clients={"portal": PORTAL}, **changes))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        server.app.extensions["shenbao"].engine.dispose()


def judged(issuer: str, client_id: str, secret: str) -> dict[str, Any]:
    said = {
        "issuer": issuer,
        "clientId": client_id,
        "clientSecret": secret,
        "redirectUri": BACK,
        "afterLogout": GONE,
        "username": "unitA1",
        "password": "Hang-Zhou7x",
    }
    script = [JUDGES / "client.mjs", json.dumps(said)]
    done = subprocess.run(["node", *script], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def ensure_right(found: dict[str, Any], account_id: str) -> None:
    assert found["claims"]["sub"] == found["user"]["sub"] == account_id
    assert found["user"]["preferred_username"] == "unitA1"
    assert found["renewed"] == "string"
    assert found["methods"]["code_challenge_methods_supported"] == ["S256"]
    assert (found["replayedCode"], found["wrongVerifier"]) == ("invalid_grant", "invalid_grant")
    assert "OAUTH_INVALID_RESPONSE" in (found["wrongState"], found["foreignIssuer"])
    assert "not refused" not in (found["wrongState"], found["wrongNonce"], found["foreignIssuer"])
    assert found["wrongRedirect"] == [422, None]
    assert found["withoutPkce"] == "invalid_request"
    assert found["loggedOut"] == f"{GONE}?state=bye"
    assert found["refreshAfterLogout"] == "invalid_grant"


@pytest.mark.req("B-16")
def test_checklist_25_openid_client_runs_every_flow_against_us(identity: UnderTest, unit: Callable[..., Actor]) -> None:
    account = unit("unitA1")
    with served(identity) as issuer:
        ensure_right(judged(issuer, "portal", PORTAL.secret), str(account.account_id))


@pytest.mark.req("B-16")
def test_another_system_that_was_registered_is_a_client_like_any(
    identity: UnderTest, unit: Callable[..., Actor], admin: Actor
) -> None:
    account = unit("unitA1")
    wanted = {
        "client_id": "archive",
        "label_zh": "档案系统",
        "label_en": "Archive",
        "redirect_uris": [BACK],
        "post_logout_redirect_uris": [GONE],
    }
    made = identity.client(admin).post("/v1/clients", json=wanted)
    assert made.status_code == 201, made.json
    with served(identity) as issuer:
        ensure_right(judged(issuer, "archive", made.json["client_secret"]), str(account.account_id))


@pytest.mark.req("B-16")
def test_oidc_provider_serves_as_a_provincial_sign_in(identity: UnderTest, web: Callable[[], "Web"]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    province = Provider(
        key="province",
        label_zh="省",
        label_en="Province",
        issuer=f"http://127.0.0.1:{port}",
        client_id="shenbao",
        client_secret="province-secret-of-32-characters!",
        least_level=4,
        upgrade_url="http://127.0.0.1:9/upgrade",
        ask={"acr_values": "urn:shenbao:loa:4", "prompt": "login"},
    )
    with served(identity, providers={"province": province}) as issuer, judge(province, f"{issuer}/v1/providers"):
        browser = web()
        found = browser.signs_in(issuer, "zhang")
        assert found["kind"] == "person"
        assert found["display_name"] == "张三"
        assert browser.claims["acr"] == "urn:shenbao:loa:4"
        assert web().signs_in(issuer, "zhang")["account_id"] == found["account_id"]
        assert web().arrives(issuer, "li") == "http://127.0.0.1:9/upgrade"
        denied = urlsplit(web().arrives(issuer, ""))
        assert parse_qs(denied.query)["error"] == ["provider_denied"]


@contextmanager
def judge(province: Provider, ours: str) -> Iterator[None]:
    """The provider as a process; ends with the block."""
    said = {
        "port": urlsplit(province.issuer).port,
        "clientId": province.client_id,
        "clientSecret": province.client_secret,
        "redirectUri": f"{ours}/{province.key}/callback",
        "people": PEOPLE,
    }
    command = ["node", JUDGES / "provider.mjs", json.dumps(said)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout
        while (line := running.stdout.readline()) and "listening" not in line:
            pass
        try:
            yield
        finally:
            running.terminate()
            running.communicate(timeout=20)


@pytest.fixture
def web() -> Iterator[Callable[[], "Web"]]:
    """Makes browsers, and closes them."""
    with ExitStack() as opened:
        yield lambda: Web(opened.enter_context(httpx.Client(follow_redirects=False, timeout=20)))


class Web:
    """A browser that goes from page to page, and the portal that it comes back to."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.claims: dict[str, Any] = {}
        self.verifier = "v" * 50

    def arrives(self, issuer: str, person: str) -> str:
        """The last address, outside of identity and province, to which the browser is sent."""
        address = f"{issuer}/v1/sign-ins/{self._challenge(issuer)}/providers/province"
        for _ in range(12):
            if "/interaction/" in address:
                address += f"?person={person}"
            answer = self.http.get(address)
            address = urljoin(address, answer.headers["Location"])
            if address.startswith((BACK, "http://portal.test", "http://127.0.0.1:9/")):
                return address
        raise AssertionError(f"goes round in circles: {address}")

    def enters(self, issuer: str) -> str:
        """By user name and password; answers the access token."""
        challenge = self._challenge(issuer)
        image = self.http.post(f"{issuer}/v1/image-codes").json()["id"]
        code = self.http.get(f"{issuer}/v1/test/image-codes/{image}").json()["code"]
        body = {"username": "unitA1", "password": "Hang-Zhou7x", "image_code_id": image, "image_code": code}
        entered = self.http.post(f"{issuer}/v1/sign-ins/{challenge}", json=body).json()
        back = self.http.get(entered["redirect_to"]).headers["Location"]
        return str(self._tokens(issuer, back)["access_token"])

    def signs_in(self, issuer: str, person: str) -> dict[str, Any]:
        """The account of who came back."""
        tokens = self._tokens(issuer, self.arrives(issuer, person))
        self.claims = _claims(tokens["id_token"])
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        return dict(self.http.get(f"{issuer}/v1/me", headers=headers).json())

    def _challenge(self, issuer: str) -> str:
        asked = {
            "response_type": "code",
            "client_id": "portal",
            "redirect_uri": BACK,
            "scope": "openid",
            "prompt": "login",
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
        }
        left = self.http.get(f"{issuer}/authorize", params=asked).headers["Location"]
        return parse_qs(urlsplit(left).query)["challenge"][0]

    def _tokens(self, issuer: str, back: str) -> dict[str, Any]:
        code = parse_qs(urlsplit(back).query)["code"][0]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": self.verifier}
        body = {"client_id": "portal", "client_secret": PORTAL.secret, **form}
        return dict(self.http.post(f"{issuer}/token", data=body).json())


def test_a_token_outlives_a_rotation_of_the_key_and_not_its_withdrawal(
    identity: UnderTest, unit: Callable[..., Actor], web: Callable[[], "Web"]
) -> None:
    unit("unitA1")
    old = identity.service.settings.signing_key
    new = ECKey.generate_key("P-256").as_pem(private=True).decode()
    issued: list[str] = []

    def me(issuer: str) -> int:
        return httpx.get(f"{issuer}/v1/me", headers={"Authorization": f"Bearer {issued[0]}"}).status_code

    with served(identity, other_signing_key=new) as issuer:
        keys = httpx.get(f"{issuer}/.well-known/jwks.json").json()["keys"]
        assert len({key["kid"] for key in keys}) == 2
        assert all("d" not in key for key in keys)
        issued.append(web().enters(issuer))
        assert me(issuer) == 200
    for signing, other, expected in ((new, old, 200), (new, "", 401)):
        settings = replace(identity.service.settings, signing_key=signing, other_signing_key=other, issuer=issuer)
        assert isinstance(settings, Settings)
        app = create_app(replace(settings, clients={"portal": PORTAL}))
        answer = app.test_client().get("/v1/me", headers={"Authorization": f"Bearer {issued[0]}"})
        assert answer.status_code == expected, answer.json
        app.extensions["shenbao"].engine.dispose()


def _claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))

"""The sealed cookie."""

import base64

from flask.testing import FlaskClient

from shenbao_portal.session import LIFE, Sealer

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.b64encode(bytes(32)).decode()


def test_what_is_sealed_opens_again() -> None:
    sealed = Sealer(KEY).seal({"access": "token", "name": "示例科技有限公司"}, now=1000)

    assert Sealer(KEY).open(sealed, now=1001) == {"access": "token", "name": "示例科技有限公司"}
    assert "token" not in sealed


def test_a_changed_cookie_opens_as_none() -> None:
    sealed = Sealer(KEY).seal({"access": "token"}, now=1000)
    changed = sealed[:-2] + ("AA" if sealed[-2:] != "AA" else "BB")

    assert Sealer(KEY).open(changed, now=1001) is None
    assert Sealer(OTHER_KEY).open(sealed, now=1001) is None
    assert Sealer(KEY).open("", now=1001) is None
    assert Sealer(KEY).open("not a cookie", now=1001) is None


def test_an_old_cookie_opens_as_none_whatever_the_browser_keeps() -> None:
    sealed = Sealer(KEY).seal({"access": "token"}, now=1000)

    assert Sealer(KEY).open(sealed, now=1000 + LIFE) is not None
    assert Sealer(KEY).open(sealed, now=1001 + LIFE) is None


def test_the_cookie_is_out_of_reach_for_scripts_and_foreign_sites(visitor: FlaskClient) -> None:
    answer = visitor.get("/sign-in", base_url="https://portal.example")

    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" in cookie

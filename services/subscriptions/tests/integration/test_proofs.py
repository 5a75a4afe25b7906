"""We prove to a subscriber who we are: a token of its own endpoint, or a certificate."""

import ssl
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.receiver import Receiver
from shenbao_subscriptions.actions.dispatching import Dispatcher
from shenbao_subscriptions.providers import webhook


def oauth(receiver: Receiver) -> dict[str, str]:
    return {
        "url": receiver.url,
        "auth": "oauth2",
        "token_url": receiver.token_url,
        "client_id": "shenbao",
        "client_secret": "their secret:1",
        "scope": "events",
    }


def test_a_token_is_fetched_once_and_sent_with_every_event(
    town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher
) -> None:
    office.register(channel="webhook", webhook=oauth(receiver))
    receiver.wanted = "nobody has this"
    town.hear(*town.course(town.P), *town.course(town.P))
    dispatcher.work_off()
    assert len(receiver.taken) == 8
    (asked,) = receiver.token_requests
    assert asked.body == b"grant_type=client_credentials&scope=events"
    assert asked.headers["Authorization"] == "Basic c2hlbmJhbzp0aGVpciUyMHNlY3JldCUzQTE="


def test_a_token_that_is_refused_is_fetched_anew_within_the_same_try(
    town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher
) -> None:
    subscriber = office.register(channel="webhook", webhook=oauth(receiver))
    receiver.wanted = "x"
    town.hear(town.begun(town.P, uuid7()))
    dispatcher.work_off()
    receiver.wanted = "revoked in between"
    town.hear(town.begun(town.P, uuid7()))
    dispatcher.work_off()
    assert (len(receiver.taken), len(receiver.token_requests)) == (2, 2)
    assert office.look(subscriber)["error"] is None


def test_a_secret_that_is_wrong_is_shown_as_what_it_is(
    town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher
) -> None:
    receiver.refuse_tokens = True
    subscriber = office.register(channel="webhook", webhook=oauth(receiver))
    town.hear(town.begun(town.P, uuid7()))
    dispatcher.work_off()
    assert receiver.posts == []
    assert office.look(subscriber)["error"] == "token_http_401"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Their server's certificate and ours, both signed by one authority; as files and as PEM."""
    return issued(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch, authority: dict[str, str]) -> Iterator[dict[str, str]]:
    """This machine trusts the authority."""
    monkeypatch.setenv("SSL_CERT_FILE", authority["authority"])
    webhook._trust.cache_clear()
    yield authority
    webhook._trust.cache_clear()


def test_a_client_certificate_proves_who_we_are(
    town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher, trusted: dict[str, str]
) -> None:
    authority = trusted
    demanding = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority["authority"])
    demanding.verify_mode = ssl.CERT_REQUIRED
    demanding.load_cert_chain(authority["server"])
    receiver.socket = demanding.wrap_socket(receiver.socket, server_side=True)
    url = receiver.url.replace("http://", "https://")
    pair = {"auth": "mtls", "certificate": authority["certificate"], "private_key": authority["private_key"]}
    subscriber = office.register(channel="webhook", webhook={"url": url, **pair})
    town.hear(town.begun(town.P, uuid7()))
    dispatcher.work_off()
    assert (len(receiver.taken), office.look(subscriber)["error"]) == (1, None)

    plain = office.register(name="无证书", channel="webhook", webhook={"url": url})
    town.hear(town.begun(town.P, uuid7()))
    dispatcher.work_off()
    assert office.look(plain)["error"] in {"tls_failed", "connection_failed"}
    assert len(receiver.taken) == 2, "only the proven one got in"


def test_a_key_of_another_certificate_is_refused(office: Any, authority: dict[str, str]) -> None:
    hook = {"url": "https://a.example", "auth": "mtls", "certificate": authority["certificate"]}
    body = {"name": "x", "channel": "webhook", "webhook": hook | {"private_key": authority["other_key"]}}
    refused = office.admin.post("/v1/subscribers", json=body)
    assert [(e["code"], e["path"]) for e in refused.json["errors"]] == [
        ("certificate_of_other_key", "webhook.private_key")
    ]


@pytest.mark.parametrize("kind", [["EC", "ec_paramgen_curve:SM2"], ["X25519"]])
def test_a_certificate_of_a_key_that_tls_cannot_use_is_refused_and_no_error(
    office: Any, tmp_path: Path, kind: list[str]
) -> None:
    certificate, key = of_openssl(tmp_path, kind)
    hook = {"url": "https://a.example", "auth": "mtls", "certificate": certificate, "private_key": key}
    refused = office.admin.post("/v1/subscribers", json={"name": "x", "channel": "webhook", "webhook": hook})
    assert refused.status_code == 422, refused.json
    assert {e["code"] for e in refused.json["errors"]} == {"unsupported_key"}


def of_openssl(folder: Path, kind: list[str]) -> tuple[str, str]:
    """A key of this kind with a certificate, as somebody makes it who has not asked what we can use."""

    def made(*words: str) -> str:
        return subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True, text=True).stdout

    made("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "ca.pem")
    made("req", "-x509", "-key", "ca.pem", "-subj", "/CN=ca", "-days", "9", "-out", "root.pem")
    options = [word for option in kind[1:] for word in ("-pkeyopt", option)]
    made("genpkey", "-algorithm", kind[0], *options, "-out", "key.pem")
    made("pkey", "-in", "key.pem", "-pubout", "-out", "public.pem")
    issue = [
        "-new",
        "-force_pubkey",
        "public.pem",
        "-subj",
        "/CN=x",
        "-CA",
        "root.pem",
        "-CAkey",
        "ca.pem",
        "-days",
        "9",
    ]
    certificate = made("x509", *issue)
    return certificate, (folder / "key.pem").read_text(encoding="ascii")


def issued(folder: Path) -> dict[str, str]:
    root_key, root = certified("Authority", None)
    server_key, server = certified("127.0.0.1", (root_key, root))
    own_key, own = certified("shenbao", (root_key, root))
    (folder / "authority.pem").write_text(pem(root), encoding="ascii")
    (folder / "server.pem").write_text(pem(server) + key_pem(server_key), encoding="ascii")
    return {
        "authority": str(folder / "authority.pem"),
        "server": str(folder / "server.pem"),
        "certificate": pem(own),
        "private_key": key_pem(own_key),
        "other_key": key_pem(server_key),
    }


Key = ec.EllipticCurvePrivateKey


def certified(name: str, by: tuple[Key, x509.Certificate] | None) -> tuple[Key, x509.Certificate]:
    """A new key with a certificate of one day, signed by an authority, or by itself as one."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer, issuer = (by[0], by[1].subject) if by else (key, subject)
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
    )
    if name == "127.0.0.1":
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(name))])
        made = made.add_extension(names, critical=False)
    return key, made.sign(signer, SHA256())


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def key_pem(key: Key) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

"""Signatures whose moment an authority vouches for (RFC 3161)."""

import io
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from shenbao_common.kernel.errors import Conflict
from shenbao_common.testing.papers import Samples
from shenbao_documents.providers.signing import PdfSigner

_MOMENT = datetime(2026, 3, 1, 8, tzinfo=UTC)


class Authority(ThreadingHTTPServer):
    """Answers timestamp requests over HTTP, always with the same moment; `certificate` is its own root."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Desk)
        key = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Timestamps")])
        made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        made = made.serial_number(1).not_valid_before(_MOMENT - timedelta(days=1))
        made = made.not_valid_after(_MOMENT + timedelta(days=3650))
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        made = made.add_extension(x509.KeyUsage(True, *[False] * 8), critical=True)
        der = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
        self.certificate = asn1.Certificate.load(der)
        secret = key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self.clock = DummyTimeStamper(self.certificate, keys.PrivateKeyInfo.load(secret), fixed_dt=_MOMENT)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class _Desk(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        authority = self.server
        assert isinstance(authority, Authority)
        asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.end_headers()
        self.wfile.write(authority.clock.request_tsa_response(asked).dump())

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def authority() -> Iterator[Authority]:
    found = Authority()
    thread = threading.Thread(target=found.serve_forever)
    thread.start()
    yield found
    found.shutdown()
    thread.join()
    found.server_close()


def test_a_signature_says_when_by_the_word_of_the_authority_and_stays_ours(
    authority: Authority, seal_bundle: str
) -> None:
    signer = PdfSigner(seal_bundle, authority.url)
    pdf = signer.signed(Samples.pdf(), reason="证书")
    verdict = signer.verdict(pdf)
    assert (verdict.signed, verdict.intact, verdict.trusted, verdict.signed_at) == (True, True, True, _MOMENT)
    [signature] = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    context = ValidationContext(trust_roots=[authority.certificate], allow_fetching=False)
    told = validate_pdf_signature(signature, context, ts_validation_context=context).timestamp_validity
    assert told is not None
    assert (told.valid, told.trusted, told.timestamp) == (True, True, _MOMENT)
    assert signer.verdict(pdf.replace(b"/MediaBox", b"/MediaBo ", 1)).intact is False


def test_without_its_authority_nothing_is_signed(seal_bundle: str) -> None:
    signer = PdfSigner(seal_bundle, "http://127.0.0.1:9/")
    with pytest.raises(Conflict, match="timestamp_unavailable"):
        signer.signed(Samples.pdf(), reason="证书")

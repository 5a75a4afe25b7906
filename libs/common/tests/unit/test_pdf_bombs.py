"""PDF files of a few kilobytes that would swell up, or never end: they are refused before they cost much."""

import time
import zlib
from pathlib import Path

import pytest

from shenbao_common.files.pdf import pages_of
from shenbao_common.kernel.errors import RuleBroken

_CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
_PAGE = b"<</Type/Page/MediaBox[0 0 9 9]>>"
_SECONDS = 20


def written(objects: dict[int, bytes]) -> tuple[bytes, dict[int, int]]:
    """The objects one after the other, and where each begins."""
    body, places = b"%PDF-1.7\n", {}
    for number, thing in objects.items():
        places[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, thing)
    return body, places


def with_table(objects: dict[int, bytes]) -> bytes:
    body, places = written(objects)
    lines = b"".join(b"%010d 00000 n \n" % places[number] for number in sorted(objects))
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, lines)
    end = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return body + table + end


def with_stream(objects: dict[int, bytes], index: bytes, widths: bytes, entries: bytes) -> bytes:
    """Its table is a stream."""
    body, _ = written(objects)
    packed = zlib.compress(entries)
    head = b"<</Type/XRef/Size 9/Root 1 0 R/W%s/Index%s/Filter/FlateDecode/Length %d>>" % (widths, index, len(packed))
    return body + b"9 0 obj\n%s stream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (head, packed, len(body))


def doubling(depth: int) -> bytes:
    """Each node of the tree of pages has the next one twice."""
    nodes = {2 + n: b"<</Type/Pages/Count 2/Kids[%d 0 R %d 0 R]>>" % (3 + n, 3 + n) for n in range(depth)}
    return with_table({1: _CATALOGUE, **nodes, 2 + depth: _PAGE})


def swelling() -> bytes:
    """An object stream of 400 MB, packed twice."""
    packed = zlib.compress(zlib.compress(b"5 0 " + b"0" * 400_000_000, 9), 9)
    head = b"<</Type/ObjStm/N 1/First 4/Filter[/FlateDecode/FlateDecode]/Length %d>>" % len(packed)
    objects = {1: _CATALOGUE, 2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>", 3: _PAGE}
    objects[4] = head + b"stream\n" + packed + b"\nendstream"
    _, places = written(objects)
    entries = b"".join(b"\1%s\0" % places[number].to_bytes(4, "big") for number in objects) + b"\2\0\0\0\4\0"
    return with_stream(objects, b"[1 5]", b"[1 4 1]", entries)


@pytest.mark.parametrize(
    "content",
    [
        doubling(40),
        with_table({1: _CATALOGUE, 2: b"<</Type/Pages/Count 1/Kids[2 0 R]>>"}),
        with_table({1: _CATALOGUE, 2: b"<</Type/Pages/Kids[" + b"3 0 R " * 600_000 + b"]>>", 3: _PAGE}),
        with_stream({1: _CATALOGUE, 2: b"<</Type/Pages/Count 0/Kids[]>>"}, b"[0 2000000000]", b"[0 0 0]", b"\0"),
        with_stream({1: _CATALOGUE, 2: b"<</Type/Pages/Count 0/Kids[]>>"}, b"[0 5]", b"[1 999999999 1]", b"\0"),
        swelling(),
    ],
    ids=["pages twice over", "pages of themselves", "a wide tree", "no entries", "wide entries", "swelling"],
)
def test_a_bomb_is_refused_soon(tmp_path: Path, content: bytes) -> None:
    file, begun = tmp_path / "bomb.pdf", time.monotonic()
    file.write_bytes(content)
    with pytest.raises(RuleBroken) as refused:
        pages_of(file, most=2000)
    assert [problem.code for problem in refused.value.problems] == ["file_damaged"]
    assert time.monotonic() - begun < _SECONDS

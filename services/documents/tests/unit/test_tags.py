"""Forms whose tables have header cells become one file that still says which cell stands under which header."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pikepdf

from shenbao_documents.providers import binding
from shenbao_documents.providers.typesetting import Typesetter

_TABLE = '#table(columns: 2, table.header[甲][乙], ..sheet.names.map(name => (name, "1")).flatten())'
_WHEN = datetime(2014, 5, 6, tzinfo=UTC)


def typeset(fonts: tuple[str, ...], count: int) -> list[bytes]:
    typesetter = Typesetter(fonts)
    frame = dict.fromkeys(("title", "watermark", "reference", "qr", "made_at", "unit_name", "variant_label"), "")
    sheets = [frame | {"names": [f"名{n}", f"又{n}"]} for n in range(count)]
    return [typesetter.typeset(_TABLE, sheet, made_at=_WHEN) for sheet in sheets]


def elements(root: Any) -> Iterator[Any]:
    waiting = list(root.K)
    while waiting:
        element = waiting.pop()
        if isinstance(element, pikepdf.Dictionary) and "/S" in element:
            yield element
            kids = element.get("/K", [])
            waiting += list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def headers_of(element: Any) -> list[bytes]:
    said = [a for a in element.get("/A", ()) if isinstance(a, pikepdf.Dictionary)]
    return [bytes(name) for a in said for name in a.get("/Headers", ())]


def test_sixty_forms_with_header_cells_keep_every_tag_and_every_header(fonts: tuple[str, ...]) -> None:
    one = typeset(fonts, 1)[0]
    with pikepdf.open(io.BytesIO(one)) as document:
        cells = [element for element in elements(document.Root.StructTreeRoot) if headers_of(element)]
        assert "/IDTree" in document.Root.StructTreeRoot
        assert len(cells) == 4, "two rows of two cells, each under a header"
    whole = io.BytesIO()
    binding.join(whole, [io.BytesIO(pdf) for pdf in typeset(fonts, 60)], tagged=True)
    with pikepdf.open(whole) as document:
        root = document.Root.StructTreeRoot
        flat = list(root.IDTree.Names)
        named = {bytes(name): element for name, element in zip(flat[::2], flat[1::2], strict=True)}
        assert list(named) == sorted(named)
        assert len(named) == len(flat) // 2 == 60 * 2
        assert all(bytes(element.ID) == name for name, element in named.items())
        cells = [element for element in elements(root) if headers_of(element)]
        assert len(cells) == 60 * 4
        assert all(named[name].Pg.objgen == cell.Pg.objgen for cell in cells for name in headers_of(cell))
        assert document.Root.MarkInfo.Marked

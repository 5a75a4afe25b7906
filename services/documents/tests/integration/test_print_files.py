"""A printed form is a file that stands alone, and says which content it shows."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from shenbao_common.kernel.ids import uuid7
from shenbao_common.testing.actors import unit_actor


def reader_of(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def objects(reader: PdfReader) -> Iterator[DictionaryObject]:
    for number in range(1, int(str(reader.trailer["/Size"]))):
        thing = reader.get_object(number)
        if isinstance(thing, DictionaryObject):
            yield thing


@pytest.mark.req("S4k-07")
def test_a_print_is_complete_without_a_network(printed: Any) -> None:
    reader = reader_of(printed(unit_actor()))
    everything = list(objects(reader))
    described = [thing for thing in everything if thing.get("/Type") == "/FontDescriptor"]
    assert described
    assert all({"/FontFile", "/FontFile2", "/FontFile3"} & thing.keys() for thing in described)
    outside = {"/URI", "/GoToR", "/Launch", "/ImportData", "/SubmitForm"}
    assert not [t for t in everything if t.get("/S") in outside or ("/F" in t and "/Filter" in t)]
    assert len(reader.pages) == 2
    assert "测试𬱖𠮷" in reader.pages[0].extract_text()


@pytest.mark.req("S4h-07")
def test_changed_data_print_another_form_with_a_new_version_mark(printed: Any) -> None:
    unit, application = unit_actor(), str(uuid7())
    first = reader_of(printed(unit, application, reported=False))
    changed = {"basic": {"person_name": "测试𬱖𠮷", "mobile": "13900000001"}}
    second = reader_of(printed(unit, application, reported=False, revision=5, print_hash="content-2", sections=changed))
    pages = [[page.extract_text() for page in reader.pages] for reader in (first, second)]
    assert "13800000000" in pages[0][0]
    assert "13900000001" in pages[1][0]
    assert all("版本：4" in page for page in pages[0])
    assert all("版本：5" in page for page in pages[1])

"""Many PDFs as one file, or as one archive, without holding them all in memory."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from contextlib import ExitStack
from itertools import islice
from typing import BinaryIO, cast

import pikepdf

from shenbao_documents.providers import tags

_AT_A_TIME = 50
_CHUNK = 256 * 1024
MOST_TAGGED = 200
"""Forms of one file that is read aloud, too: tags cost 0.8 MB of memory a form while the file is written."""


def pack(target: BinaryIO, files: Iterable[tuple[str, BinaryIO]]) -> None:
    """An archive of named files; they are PDFs, which do not become smaller. Closes each."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
        for name, stream in files:
            with stream, packed.open(zipfile.ZipInfo(name), "w") as member:
                shutil.copyfileobj(stream, member, _CHUNK)


def join(target: BinaryIO, pdfs: Iterable[BinaryIO], *, tagged: bool) -> None:
    """One PDF of all pages of one or more, with what the first says about itself (PDF/A). Closes each.

    tagged: with what all say to a reader aloud, where all say it in the plain way.
    """
    coming = iter(pdfs)
    with ExitStack() as parts:
        made = []
        while streams := list(islice(coming, _AT_A_TIME)):
            part = cast(BinaryIO, parts.enter_context(tempfile.TemporaryFile()))
            _joined(part, streams, tagged=tagged)
            made.append(part)
        _joined(target, made, tagged=tagged)


def _joined(target: BinaryIO, streams: list[BinaryIO], *, tagged: bool) -> None:
    with ExitStack() as opened:
        for stream in streams:
            opened.enter_context(stream)
        documents = (opened.enter_context(pikepdf.open(stream)) for stream in streams)
        whole = next(documents)
        tagged = tagged and tags.has_plain(whole)
        for document in documents:
            before = len(whole.pages)
            whole.pages.extend(document.pages)
            tagged = tagged and tags.has_plain(document)
            if tagged:
                tags.add(whole, document, before)
        if not tagged and pikepdf.Name.StructTreeRoot in whole.Root:
            # It names the parts of the first forms only, and a reader aloud would stop there.
            del whole.Root.StructTreeRoot, whole.Root.MarkInfo
        whole.save(target, linearize=False)

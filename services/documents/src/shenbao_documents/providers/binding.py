"""Many PDFs as one file, or as one archive, without holding them all in memory."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from contextlib import ExitStack
from itertools import islice
from typing import BinaryIO, cast

import pikepdf

_AT_A_TIME = 50
_CHUNK = 256 * 1024


def pack(target: BinaryIO, files: Iterable[tuple[str, BinaryIO]]) -> None:
    """An archive of named files; they are PDFs, which do not become smaller. Closes each."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
        for name, stream in files:
            with stream, packed.open(zipfile.ZipInfo(name), "w") as member:
                shutil.copyfileobj(stream, member, _CHUNK)


def join(target: BinaryIO, pdfs: Iterable[BinaryIO]) -> None:
    """One PDF of all pages of one or more, with what the first says about itself (PDF/A). Closes each."""
    coming = iter(pdfs)
    with ExitStack() as parts:
        made = []
        while streams := list(islice(coming, _AT_A_TIME)):
            part = cast(BinaryIO, parts.enter_context(tempfile.TemporaryFile()))
            _joined(part, streams)
            made.append(part)
        _joined(target, made)


def _joined(target: BinaryIO, streams: list[BinaryIO]) -> None:
    with ExitStack() as opened:
        for stream in streams:
            opened.enter_context(stream)
        documents = (opened.enter_context(pikepdf.open(stream)) for stream in streams)
        whole = next(documents)
        for document in documents:
            whole.pages.extend(document.pages)
        if pikepdf.Name.StructTreeRoot in whole.Root:
            # It names the parts of the first form only, and a reader aloud would stop there.
            del whole.Root.StructTreeRoot, whole.Root.MarkInfo
        whole.save(target, linearize=False)

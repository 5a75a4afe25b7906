"""Looks into a ZIP archive of several files: nothing in it may leave its folder, hide, or swell up."""

import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from shenbao_common.kernel.errors import Problem, RuleBroken
from shenbao_documents.providers.storage import Incoming

MOST_MEMBERS = 200
MOST_UNPACKED = 256 * 1024 * 1024
_MOST_DIRECTORY = 256 * 1024
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x07"
_LONGEST_END = 65_557
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_CHUNK = 256 * 1024
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    ValueError,
    LookupError,
    struct.error,
    NotImplementedError,
    EOFError,
)


def unpacked(path: Path) -> Iterator[tuple[str, Incoming]]:
    """Each file with its name, one at a time and gone afterwards.

    Refuses with file_damaged, file_encrypted, archive_too_large, archive_name_unsafe or archive_empty.
    """
    try:
        _ensure_small_directory(path)
        with zipfile.ZipFile(path) as packed, tempfile.TemporaryDirectory() as folder:
            members = [m for m in packed.infolist() if not m.is_dir()]
            _ensure_harmless(members)
            for member in members:
                yield member.filename, _taken_out(packed, member, Path(folder) / "member")
    except _BROKEN as wrong:
        raise _refused("file_damaged") from wrong


def _ensure_small_directory(path: Path) -> None:
    # The directory is read whole before it can be looked at, so its own size is asked first (APPNOTE 4.3.16).
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _LONGEST_END))
        tail = stream.read()
    place = tail.rfind(_END)
    if place < 0:
        raise _refused("file_damaged")
    members, directory = struct.unpack_from("<HI", tail, place + 10)
    if _END_64 in tail[max(0, place - 20) : place] or members > MOST_MEMBERS or directory > _MOST_DIRECTORY:
        raise _refused("archive_too_large", members=MOST_MEMBERS)


def _ensure_harmless(members: list[zipfile.ZipInfo]) -> None:
    if not members:
        raise _refused("archive_empty")
    if any(m.flag_bits & 0x1 for m in members):
        raise _refused("file_encrypted")
    if any(_leaves_its_folder(m) for m in members):
        raise _refused("archive_name_unsafe")
    if any(m.compress_type not in _METHODS for m in members):
        raise _refused("file_damaged")
    if sum(m.file_size for m in members) > MOST_UNPACKED:
        raise _refused("archive_too_large", limit=MOST_UNPACKED)


def _leaves_its_folder(member: zipfile.ZipInfo) -> bool:
    name = member.orig_filename.replace("\\", "/")
    is_link = stat.S_ISLNK(member.external_attr >> 16)
    return is_link or name.startswith("/") or ":" in name or ".." in name.split("/") or "\0" in name


def _taken_out(packed: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> Incoming:
    # Reading stops at the size that the directory told, and fails when the checksum is another.
    with packed.open(member) as source, target.open("wb") as sink:
        while chunk := source.read(_CHUNK):
            sink.write(chunk)
    return Incoming(target, target.stat().st_size, "")


def _refused(code: str, **params: int) -> RuleBroken:
    return RuleBroken("invalid", Problem(code, "file", params))

"""Keeps bytes in a bucket of a server that speaks S3; what is on its way lies there too, so that replicas share it."""

import hashlib
import io
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO, cast
from uuid import UUID

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from shenbao_documents.providers.storage import CHUNK, Busy, Incoming, WrongPlace, received

_INCOMING = "incoming/"
_TAKEN = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
_GONE = frozenset({"NoSuchKey", "404"})


class S3Storage:
    """One bucket: `ab/abcdef…` for what is kept, `incoming/<upload>/<offset>` for the pieces of unfinished files."""

    def __init__(self, *, endpoint: str, bucket: str, key: str, secret: str, region: str) -> None:
        self._bucket = bucket
        # The payload is signed, so that the server refuses bytes that changed on the way.
        options = Config(
            s3={"addressing_style": "path", "payload_signing_enabled": True},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            retries={"mode": "standard", "max_attempts": 4},
            connect_timeout=5,
            read_timeout=60,
        )
        self._client = boto3.session.Session().client(
            "s3",
            endpoint_url=endpoint,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            region_name=region,
            config=options,
        )

    def receive(self, stream: BinaryIO, *, limit: int) -> AbstractContextManager[Incoming]:
        return received(stream, limit=limit)

    def append(self, key: UUID, stream: BinaryIO, *, offset: int, limit: int) -> int:
        size = self.size_of_part(key)
        if size != offset:
            raise WrongPlace(size)
        with NamedTemporaryFile() as piece:
            try:
                while size <= limit and (chunk := stream.read(min(CHUNK, limit + 1 - size))):
                    piece.write(chunk)
                    size += len(chunk)
            finally:
                # Also of a line that broke: what had arrived stays.
                if size > offset:
                    self._put_piece(key, offset, cast(BinaryIO, piece))
        return size

    def size_of_part(self, key: UUID) -> int:
        return sum(piece["Size"] for piece in self._listed(_folder(key)))

    @contextmanager
    def completed(self, key: UUID) -> Iterator[Incoming]:
        digest, size = hashlib.sha256(), 0
        with NamedTemporaryFile() as whole:
            for piece in self._listed(_folder(key)):
                for chunk in self._chunks(piece["Key"]):
                    digest.update(chunk)
                    whole.write(chunk)
                    size += len(chunk)
            whole.flush()
            yield Incoming(Path(whole.name), size, digest.hexdigest())

    def drop_part(self, key: UUID) -> None:
        for piece in self._listed(_folder(key)):
            self._client.delete_object(Bucket=self._bucket, Key=piece["Key"])

    def keep(self, incoming: Incoming) -> None:
        with incoming.path.open("rb") as stream:
            self._client.put_object(Bucket=self._bucket, Key=_place(incoming.sha256), Body=stream)

    def open(self, sha256: str) -> BinaryIO:
        return cast(BinaryIO, io.BufferedReader(_Remote(self._client, self._bucket, _place(sha256)), CHUNK))

    @contextmanager
    def local(self, sha256: str) -> Iterator[Path]:
        with NamedTemporaryFile() as copy:
            for chunk in self._chunks(_place(sha256)):
                copy.write(chunk)
            copy.flush()
            yield Path(copy.name)

    def remove(self, sha256: str) -> None:
        self._client.delete_object(Bucket=self._bucket, Key=_place(sha256))

    def sweep(self, *, seconds: float, parts_kept: Collection[UUID] = ()) -> None:
        over, wanted = datetime.now(UTC) - timedelta(seconds=seconds), tuple(map(_folder, parts_kept))
        for piece in self._listed(_INCOMING):
            if piece["LastModified"] < over and not piece["Key"].startswith(wanted):
                self._client.delete_object(Bucket=self._bucket, Key=piece["Key"])

    def _put_piece(self, key: UUID, offset: int, piece: BinaryIO) -> None:
        piece.seek(0)
        try:
            # Of two who write at the same place the second is refused.
            named = {"Bucket": self._bucket, "Key": f"{_folder(key)}{offset:015d}"}
            self._client.put_object(**named, Body=piece, IfNoneMatch="*")
        except ClientError as refused:
            if _code(refused) in _TAKEN:
                raise Busy from refused
            raise

    def _listed(self, prefix: str) -> Iterator[Mapping[str, Any]]:
        """In the order of their names."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        for page in pages:
            yield from page.get("Contents", ())

    def _chunks(self, key: str) -> Iterator[bytes]:
        with closing(self._client.get_object(Bucket=self._bucket, Key=key)["Body"]) as body:
            yield from body.iter_chunks(CHUNK)


class _Remote(io.RawIOBase):
    """An object as a seekable stream: one request for as long as it is read on, another after each jump."""

    def __init__(self, client: Any, bucket: str, key: str) -> None:
        self._client, self._named = client, {"Bucket": bucket, "Key": key}
        self._at, self._body = 0, cast(Any, None)
        try:
            self._size = int(client.head_object(**self._named)["ContentLength"])
        except ClientError as refused:
            if _code(refused) in _GONE:
                raise FileNotFoundError(key) from refused
            raise

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset != self._at:
            self._hang_up()
            self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._size:
            return 0
        if self._body is None:
            self._body = self._client.get_object(**self._named, Range=f"bytes={self._at}-")["Body"]
        read = self._body.read(len(buffer))
        buffer[: len(read)] = read
        self._at += len(read)
        return len(read)

    def close(self) -> None:
        self._hang_up()
        super().close()

    def _hang_up(self) -> None:
        if (body := self._body) is not None:
            self._body = None
            body.close()


def _folder(key: UUID) -> str:
    return f"{_INCOMING}{key}/"


def _place(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"


def _code(refused: ClientError) -> str:
    return str(refused.response.get("Error", {}).get("Code", ""))

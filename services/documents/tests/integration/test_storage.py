"""Folder and bucket keep the same promises: the same content once, whole or not at all, resumed where a line broke."""

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
from environs import EnvValidationError
from moto.server import ThreadedMotoServer

from shenbao_common.kernel import clock
from shenbao_common.testing.actors import unit_actor
from shenbao_common.testing.service import UnderTest
from shenbao_documents.actions.files import DELETED_KEPT
from shenbao_documents.actions.sweeping import sweep
from shenbao_documents.providers.folder_storage import FolderStorage
from shenbao_documents.providers.s3_storage import S3Storage
from shenbao_documents.providers.storage import Busy, Storage, WrongPlace
from shenbao_documents.settings import Settings

BODY = bytes(range(256)) * 4096
SHA = hashlib.sha256(BODY).hexdigest()


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, str]]:
    """A bucket of a server that speaks S3 on a port of its own."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    there = {"endpoint": f"http://{host}:{port}", "bucket": "files", "key": "k", "secret": "s", "region": "us-east-1"}
    client = _client(there)
    client.create_bucket(Bucket="files")
    client.close()
    yield there
    server.stop()


def _client(there: dict[str, str]) -> Any:
    keys = {"aws_access_key_id": there["key"], "aws_secret_access_key": there["secret"]}
    return boto3.client("s3", endpoint_url=there["endpoint"], region_name=there["region"], **keys)


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return FolderStorage(tmp_path)
    return S3Storage(**request.getfixturevalue("s3"))


class Broken(io.BytesIO):
    """A line that breaks when this much has come."""

    def read(self, size: int | None = -1) -> bytes:
        if got := super().read(size):
            return got
        raise ConnectionResetError


def put(storage: Storage, body: bytes) -> str:
    with storage.receive(io.BytesIO(body), limit=len(body)) as incoming:
        storage.keep(incoming)
        return incoming.sha256


def test_what_is_kept_comes_back_from_any_place_until_it_is_removed(storage: Storage) -> None:
    assert put(storage, BODY) == put(storage, BODY) == SHA
    with storage.open(SHA) as stream:
        assert stream.read() == BODY
        stream.seek(-300, io.SEEK_END)
        assert stream.read(100) == BODY[-300:-200]
        stream.seek(500_001)
        stream.seek(4, io.SEEK_CUR)
        assert (stream.read(3), stream.tell()) == (BODY[500_005:500_008], 500_008)
    with storage.local(SHA) as path:
        assert path.read_bytes() == BODY
    storage.remove(SHA)
    storage.remove(SHA)
    with pytest.raises(FileNotFoundError):
        storage.open(SHA)


def test_reading_ends_one_byte_after_the_limit_and_what_is_not_kept_is_gone(storage: Storage) -> None:
    stream = io.BytesIO(BODY)
    with storage.receive(stream, limit=1000) as incoming:
        assert (incoming.size, stream.tell()) == (1001, 1001)
        assert incoming.path.exists()
    assert not incoming.path.exists()
    with pytest.raises(FileNotFoundError):
        storage.open(incoming.sha256)


def test_an_unfinished_file_goes_on_where_the_line_broke(storage: Storage) -> None:
    key = uuid4()
    with pytest.raises(ConnectionResetError):
        storage.append(key, Broken(BODY[:700_000]), offset=0, limit=len(BODY))
    assert storage.size_of_part(key) == 700_000
    with pytest.raises(WrongPlace) as wrong:
        storage.append(key, io.BytesIO(b"x"), offset=0, limit=len(BODY))
    assert wrong.value.size == 700_000
    assert storage.append(key, io.BytesIO(BODY[700_000:]), offset=700_000, limit=len(BODY)) == len(BODY)
    with storage.completed(key) as incoming:
        assert (incoming.size, incoming.sha256) == (len(BODY), SHA)
        storage.keep(incoming)
    storage.drop_part(key)
    assert storage.size_of_part(key) == 0
    with storage.open(SHA) as stream:
        assert hashlib.file_digest(stream, "sha256").hexdigest() == SHA


def test_of_two_who_write_at_the_same_place_one_is_refused(storage: Storage) -> None:
    key, refused = uuid4(), []

    def tried(act: Callable[[], int]) -> None:
        try:
            act()
        except Busy:
            refused.append(True)

    class Slow(io.BytesIO):
        """While it is read somebody else begins."""

        def read(self, size: int | None = -1) -> bytes:
            if self.tell() == 0:
                tried(lambda: storage.append(key, io.BytesIO(b"other"), offset=0, limit=9))
            return super().read(size)

    tried(lambda: storage.append(key, Slow(b"mine!"), offset=0, limit=9))
    assert refused == [True]
    assert storage.size_of_part(key) == 5


def test_what_was_left_on_its_way_is_swept_and_what_is_kept_is_not(storage: Storage) -> None:
    key, sha256 = uuid4(), put(storage, b"kept")
    storage.append(key, io.BytesIO(b"left"), offset=0, limit=9)
    storage.sweep(seconds=60)
    assert storage.size_of_part(key) == 4
    storage.sweep(seconds=-2)
    assert storage.size_of_part(key) == 0
    with storage.open(sha256) as stream:
        assert stream.read() == b"kept"


@pytest.fixture
def in_bucket(documents: UnderTest, s3: dict[str, str]) -> Iterator[Callable[[], list[str]]]:
    """The service with a bucket instead of its folder; answers the keys in it."""
    own = documents.app.extensions["shenbao_documents"]
    documents.app.extensions["shenbao_documents"] = replace(own, storage=S3Storage(**s3))
    client = _client(s3)
    before = {one["Key"] for one in client.list_objects_v2(Bucket="files").get("Contents", ())}

    def keys() -> list[str]:
        return [o["Key"] for o in client.list_objects_v2(Bucket="files").get("Contents", ()) if o["Key"] not in before]

    yield keys
    client.close()
    documents.app.extensions["shenbao_documents"] = own


def test_uploads_live_in_the_bucket_from_the_first_part_to_the_sweep(
    documents: UnderTest, in_bucket: Callable[[], list[str]], samples: Any, kept: Any
) -> None:
    unit, body = unit_actor(), samples.pdf(1_000_000)
    client = documents.client(unit)
    named = {"name": "评审表.pdf", "size": len(body), "purpose": "wallet"}
    upload = client.post("/v1/uploads", json=named).json["id"]
    client.patch(f"/v1/uploads/{upload}?offset=0", data=body[:300_000])
    assert client.get(f"/v1/uploads/{upload}").json["offset"] == 300_000
    done = client.patch(f"/v1/uploads/{upload}?offset=300000", data=body[300_000:]).json
    sha256 = hashlib.sha256(body).hexdigest()
    assert in_bucket() == [f"{sha256[:2]}/{sha256}"]
    assert kept() == []
    path = f"/v1/files/{done['file_id']}"
    part = client.get(f"{path}/content", headers={"Range": "bytes=999000-"}, buffered=True)
    assert (part.status_code, part.data) == (206, body[999_000:])
    assert client.get(f"{path}/content", buffered=True).data == body
    assert client.delete(path).status_code == 204
    storage = documents.app.extensions["shenbao_documents"].storage
    sweep(documents.service.sessions, storage, datetime.now(UTC))
    assert len(in_bucket()) == 1
    sweep(documents.service.sessions, storage, clock.now() + DELETED_KEPT + timedelta(minutes=1))
    assert in_bucket() == []


@pytest.mark.parametrize("s3", ["[]x", '["files"]', '{"bucket": "files"}', '{"bucket": 1}'])
def test_a_bucket_that_is_not_said_whole_is_named_at_the_start(s3: str) -> None:
    with pytest.raises(EnvValidationError, match="DOCUMENTS_S3"):
        Settings.from_env({"DOCUMENTS_S3": s3})

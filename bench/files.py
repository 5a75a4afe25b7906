"""Files: a large upload beside a bare write of the same bytes, and reading by machine beside web requests."""

import json
import os
import re
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil
import structlog
from flask import Flask, jsonify, request
from PIL import Image, ImageDraw, ImageFont

from bench.prints import printing
from bench.served import keys, served
from bench.typefaces import fonts
from shenbao_common.contracts.applications import ProgrammePublishedV1
from shenbao_common.testing.actors import unit_actor
from shenbao_common.testing.papers import Samples
from shenbao_common.testing.service import token
from shenbao_documents.providers.recognition import Reader

MEBIBYTE = 1024 * 1024
SIZE, PART = 100 * MEBIBYTE, 20 * MEBIBYTE
SPEED, MEMORY = 0.5, 80
READING, WAITING = 2.0, 1.2
_PURPOSE = "material:large:1:film"
_ROUNDS, _ASKED = 5, 150
_LINES = (
    ("姓名", "王小明"),
    ("性别", "男"),
    ("出生", "1990 年 1 月 1 日"),
    ("住址", "浙江省杭州市西湖区文一西路100号"),
    ("公民身份号码", "330106199001010018"),
)


def measure() -> list[tuple[str, str, str, bool]]:
    """By a gunicorn with one worker, on a folder of the same disk; the median of the rounds."""
    with _documents() as (port, folder, env):
        with served("bench.files:bare()", env, "--workers", "1") as bare_port:
            speed, grown, most = _uploads(port, bare_port)
        reading, ratio, waits = _readings(port, folder)
    return [
        (
            "upload of 100 MiB, checked and kept, against a bare view that writes it",
            f"{speed:.2f}",
            f">= {SPEED:.2f}",
            speed >= SPEED,
        ),
        (
            f"memory of the web worker by five of them (in all {most} MiB)",
            f"+{grown} MiB",
            f"< {MEMORY} MiB",
            grown < MEMORY,
        ),
        ("recognition of an image, one process", f"{reading:.2f} s", f"<= {READING:.0f} s", reading <= READING),
        (
            f"web p95 while images are read, against without ({waits})",
            f"{ratio:.2f}",
            f"<= {WAITING}",
            ratio <= WAITING,
        ),
    ]


@contextmanager
def _documents() -> Iterator[tuple[int, Path, dict[str, str]]]:
    with keys() as address, printing(SHENBAO_IDENTITY_URL=f"{address}/identity") as (documents, _, env):
        material = {"key": "film", "formats": ["pdf"], "max_bytes": SIZE}
        with structlog.testing.capture_logs():
            documents.hear(ProgrammePublishedV1(programme="large", version=1, pack={"materials": [material]}))
        with served("shenbao_documents.app:create_app()", env, "--workers", "1") as port:
            yield port, Path(env["DOCUMENTS_FOLDER"]), env


def bare() -> Flask:
    """For comparison: writes the body to the end of a file in the same folder, and nothing else."""
    app, folder = Flask("bare"), Path(os.environ["DOCUMENTS_FOLDER"])

    @app.get("/health/ready")
    def ready() -> Any:
        return jsonify(status="ok")

    @app.patch("/bare/<int:offset>")
    def write(offset: int) -> Any:
        with (folder / "bare").open("ab" if offset else "wb") as target:
            while chunk := request.stream.read(256 * 1024):
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        return jsonify(state="clean")

    return app


def _uploads(port: int, bare_port: int) -> tuple[float, int, int]:
    """Ratio of the rates; how much the worker grew from the first upload's end to its highest, and that height."""
    body, actor = Samples.pdf(SIZE), unit_actor()
    head = {"Authorization": f"Bearer {token(actor, seconds=3600)}"}
    ratios, worker = [], _worker(port)
    _sent(port, head, body)
    before = worker.memory_info().rss
    Path(f"/proc/{worker.pid}/clear_refs").write_text("5", encoding="ascii")  # Forgets the height of before.
    for _ in range(_ROUNDS):
        ratios.append(_written(bare_port, body) / _sent(port, head, body))
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{worker.pid}/status").read_text(encoding="ascii"))
    assert found
    most = int(found[1]) // 1024
    return statistics.median(ratios), max(0, most - before // MEBIBYTE), most


def _worker(port: int) -> psutil.Process:
    [master] = [
        process
        for process in psutil.Process().children()
        if any(f"127.0.0.1:{port}" in word for word in process.cmdline())
    ]
    [worker] = master.children()
    return worker


def _sent(port: int, head: dict[str, str], body: bytes) -> float:
    """Seconds from the announcement to the receipt."""
    began = time.perf_counter()
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    announced = json.dumps({"name": "片.pdf", "size": len(body), "purpose": _PURPOSE})
    upload = _asked(connection, "POST", "/v1/uploads", announced, head | {"Content-Type": "application/json"})["id"]
    view = memoryview(body)
    for offset in range(0, len(body), PART):
        part = view[offset : offset + PART]
        told = _asked(connection, "PATCH", f"/v1/uploads/{upload}?offset={offset}", part, head)
    connection.close()
    if told["state"] != "clean":
        raise AssertionError(told)
    return time.perf_counter() - began


def _asked(connection: HTTPConnection, method: str, path: str, body: Any, head: dict[str, str]) -> dict[str, Any]:
    connection.request(method, path, body, head)
    answer = connection.getresponse()
    told: dict[str, Any] = json.loads(answer.read())
    if answer.status not in {200, 201}:
        raise AssertionError(told)
    return told


def _written(port: int, body: bytes) -> float:
    """The same parts to the bare view."""
    began = time.perf_counter()
    connection, view = HTTPConnection("127.0.0.1", port, timeout=120), memoryview(body)
    for offset in range(0, len(body), PART):
        _asked(connection, "PATCH", f"/bare/{offset}", view[offset : offset + PART], {})
    connection.close()
    return time.perf_counter() - began


def _readings(port: int, folder: Path) -> tuple[float, float, str]:
    """Seconds an image; p95 of a list of files while one after the other is read, against without, in turns."""
    reader, image, taken = Reader(), folder / "card.jpg", list[float]()
    _card(image)
    reader.read(str(image), "id_card")
    head = {"Authorization": f"Bearer {token(unit_actor(), seconds=3600)}"}
    alone, beside = list[float](), list[float]()
    try:
        for _ in range(_ROUNDS):
            alone.append(_p95(port, head))
            over = threading.Event()
            reading = threading.Thread(target=_read_on, args=(reader, image, over, taken))
            reading.start()
            beside.append(_p95(port, head))
            over.set()
            reading.join()
    finally:
        reader.close()
    ratio = statistics.median(there / here for there, here in zip(beside, alone, strict=True))
    waits = "/".join(f"{statistics.median(side) * 1000:.1f}" for side in (beside, alone))
    return statistics.median(taken), ratio, f"{waits} ms"


def _read_on(reader: Reader, image: Path, over: threading.Event, taken: list[float]) -> None:
    while not over.is_set():
        began = time.perf_counter()
        _, lines = reader.read(str(image), "id_card")
        taken.append(time.perf_counter() - began)
        if not any("330106199001010018" in line.text for line in lines):
            raise AssertionError(lines)


def _p95(port: int, head: dict[str, str]) -> float:
    connection, waits = HTTPConnection("127.0.0.1", port, timeout=60), list[float]()
    for _ in range(_ASKED):
        began = time.perf_counter()
        _asked(connection, "GET", "/v1/files", None, head)
        waits.append(time.perf_counter() - began)
    connection.close()
    return statistics.quantiles(waits, n=20)[-1]


def _card(path: Path) -> None:
    font = ImageFont.truetype(next(Path(fonts()[2]).glob("*.ttf")), 36)
    picture = Image.new("RGB", (1000, 640), (238, 244, 248))
    for number, words in enumerate(_LINES):
        ImageDraw.Draw(picture).text((60, 60 + 100 * number), "　".join(words), font=font, fill=(30, 30, 40))
    picture.save(path, "JPEG", quality=90)

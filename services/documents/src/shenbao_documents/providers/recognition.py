"""Reads text from images with rapidocr (PP-OCR models in its wheel, no network), in a process of its own."""

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from multiprocessing import get_context
from statistics import median
from typing import Any

from PIL import Image, ImageOps

from shenbao_documents.domain.evidence import Line, order_of

_LONGEST_SIDE = 2000
_MOST_SECONDS = 60.0
_NICENESS = 10


class Unreadable(Exception):
    """The image cannot be read, or reading took too long."""


class Reader:
    """One reading process, started with the first image; requests go first wherever cores are short."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    def read(self, path: str, kind: str) -> tuple[int, list[Line]]:
        """How far the image had to be turned clockwise, and its lines from top to bottom. Raises Unreadable."""
        if self._pool is None:
            # Spawned, because a process with threads must not be forked.
            self._pool = ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"), initializer=_begin)
        try:
            return self._pool.submit(_read, path, kind).result(timeout=_MOST_SECONDS)
        except (BrokenProcessPool, TimeoutError) as over:
            self.close()
            raise Unreadable from over
        except (OSError, SyntaxError, ValueError) as wrong:
            raise Unreadable from wrong

    def close(self) -> None:
        """Ends the process, also in the middle of an image."""
        if self._pool is None:
            return
        for process in list((self._pool._processes or {}).values()):
            process.terminate()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = None


def _begin() -> None:
    os.nice(_NICENESS)


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR  # noqa: PLC0415  (300 MB of models and libraries, in the reading process only)

    one_thread = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    return RapidOCR(params={**one_thread, "Global.log_level": "error"})


def _read(path: str, kind: str) -> tuple[int, list[Line]]:
    with Image.open(path, formats=("JPEG", "PNG")) as image:
        image.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
        upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    found = _boxes(upright)
    turns = (90, 270) if found and median(_height(box) / _width(box) for box, _ in found) > 1 else (180,)
    if turns == (180,) and order_of(kind, (line.text for line in _in_order(found))) >= 0:
        return 0, _in_order(found)
    # Lines that stand upright, or labels in the wrong order: the image lies on its side or on its head.
    tried = [(turn, _in_order(_boxes(upright.rotate(-turn, expand=True)))) for turn in turns]
    return max(tried, key=lambda result: order_of(kind, (line.text for line in result[1])))


Box = Sequence[Sequence[float]]


def _boxes(image: Image.Image) -> list[tuple[Box, Line]]:
    import numpy as np  # noqa: PLC0415  (comes with the engine, and is needed where it is)

    seen = _engine()(np.asarray(image)[:, :, ::-1])
    if seen.boxes is None:
        return []
    return [
        (box, Line(text, float(score))) for box, text, score in zip(seen.boxes, seen.txts, seen.scores, strict=True)
    ]


def _in_order(found: list[tuple[Box, Line]]) -> list[Line]:
    """Rows from top to bottom, each from left to right; what stands in one row differs by less than half a line."""
    if not found:
        return []
    line = median(_height(box) for box, _ in found)
    return [text for box, text in sorted(found, key=lambda f: (round(f[0][0][1] / line * 0.9), f[0][0][0]))]


def _height(box: Box) -> float:
    return max(float(box[2][1] - box[0][1]), 1.0)


def _width(box: Box) -> float:
    return max(float(box[2][0] - box[0][0]), 1.0)

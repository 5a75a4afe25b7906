"""Gunicorn's threads, which wait for nobody to hang up.

After an answer that ends its connection gunicorn waits up to two seconds for the caller to close his end, in the one
thread that takes in everybody's requests: ten callers who keep theirs open would stop a process for twenty seconds.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import BoundedSemaphore
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

_PATIENT = 16
"""How many callers are waited for at a time; more are cut off, who at worst lose the end of their answer."""


class Worker(ThreadWorker):  # type: ignore[misc]
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._places = BoundedSemaphore(_PATIENT)
        self._aside = ThreadPoolExecutor(_PATIENT, thread_name_prefix="hanging-up")

    def finish_request(self, conn: TConn, fs: "Future[Any]") -> None:
        conn.close = partial(self._hang_up, conn)
        super().finish_request(conn, fs)

    def _hang_up(self, conn: TConn, *, graceful: bool = False) -> None:
        if graceful and self._places.acquire(blocking=False):
            self._aside.submit(TConn.close, conn, graceful=True).add_done_callback(lambda _: self._places.release())
        else:
            TConn.close(conn)

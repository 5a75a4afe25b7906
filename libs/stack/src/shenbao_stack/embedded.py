"""The whole suite in one process: every service and the portal behind one port, with their relays and workers.

Started as `python -m shenbao_stack.embedded <port>` by the stack, which sets the environment.
"""

import gc
import importlib
import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

from gunicorn.app.base import BaseApplication
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from shenbao_common.bus import wake
from shenbao_common.bus.relay import Relay
from shenbao_common.web import logs, serving
from shenbao_stack import demo
from shenbao_stack.services import PORTAL, SERVICES, app_module, prefix, worker_module

_THREADS = 24
_STOP_SECONDS = 5


class Background:
    """The relay and the worker of each service, as threads that end together."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Also learns of the end at the signal, before gunicorn waits for the last requests: ours are among them."""
        gunicorns = signal.getsignal(signal.SIGTERM)

        def end(number: int, frame: FrameType | None) -> None:
            self.stop.set()
            if callable(gunicorns):
                gunicorns(number, frame)

        signal.signal(signal.SIGTERM, end)
        for service in SERVICES:
            settings = importlib.import_module(f"shenbao_{service}.settings").Settings.from_env()
            worker = importlib.import_module(worker_module(service))
            relay = Relay(service, settings.database_url, settings.broker_url, on_stamped=partial(wake.ring, service))
            self._run(f"{service}.worker", worker.run, settings, self.stop)
            self._run(f"{service}.relay", relay.run, self.stop)

    def end(self) -> None:
        self.stop.set()
        for thread in self._threads:
            thread.join(timeout=_STOP_SECONDS)

    def _run(self, name: str, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with one process and threads; services are loaded after the fork."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._background = Background()
        super().__init__()

    def load_config(self) -> None:
        settings: dict[str, Any] = {
            "bind": f"127.0.0.1:{self._port}",
            "worker_class": serving.worker_class,
            "workers": 1,
            "threads": _THREADS,
            "timeout": 120,
            "graceful_timeout": _STOP_SECONDS,
            "loglevel": "warning",
            "control_socket_disable": True,
            "keepalive": serving.keepalive,
            "pre_request": serving.pre_request,
            "post_fork": serving.post_fork,
            "post_worker_init": self._loaded,
            "worker_exit": lambda _server, _worker: self._background.end(),
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def _loaded(self, _worker: object) -> None:
        gc.freeze()  # as serving does, without looking through it first: the suite is to be ready soon
        gc.enable()
        self._background.start()

    def load(self) -> Any:
        logs.configure()
        return mounted()


def mounted() -> Any:
    """Services under /api/<service>, the demo's outside parties under /demo, the portal at /."""
    apps = {prefix(s): importlib.import_module(app_module(s)).create_app() for s in SERVICES}
    portal = importlib.import_module(app_module(PORTAL)).create_app()
    return DispatcherMiddleware(portal, apps | demo.mounts(os.environ))


if __name__ == "__main__":
    Server(int(sys.argv[1])).run()

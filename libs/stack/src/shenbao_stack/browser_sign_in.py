"""Signing in to the command with a browser: the code comes back to a port of this machine (RFC 8252)."""

import time
import webbrowser
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

import click
import httpx

from shenbao_stack.environment import COMMAND, COMMAND_REDIRECT
from shenbao_stack.openid import Asking, Client

_DONE = "<!doctype html><meta charset=utf-8><title>Shenbao</title><p>已登录，可以关闭此页。 You may close this page."

_LONGEST = 600.0
"""Seconds in which somebody finds the password, changes it and types a code."""


def access_token(identity: str) -> str:
    """Opens the browser, waits until somebody has signed in, answers the access token."""
    asking = Asking(Client(identity, COMMAND, "", COMMAND_REDIRECT))
    try:
        listener = _Listener()
    except OSError as taken:
        raise click.ClickException(f"{COMMAND_REDIRECT} is taken: another command waits there for a sign-in") from taken
    print(f"Sign in with your browser: {asking.url}", flush=True)
    webbrowser.open(asking.url)
    with httpx.Client(timeout=30) as http:
        return asking.finish(http, listener.address_of_return()).access


class _Listener(HTTPServer):
    """Listens for one return of the browser."""

    timeout: float = _LONGEST

    def __init__(self) -> None:
        here = urlsplit(COMMAND_REDIRECT)
        super().__init__((str(here.hostname), int(here.port or 0)), _Return)
        self.came_back = ""

    def address_of_return(self) -> str:
        deadline = time.monotonic() + self.timeout
        try:
            while "code=" not in self.came_back and "error=" not in self.came_back:
                self.handle_request()
                if time.monotonic() > deadline:
                    raise click.ClickException(f"nobody has signed in within {_LONGEST / 60:.0f} minutes")
        finally:
            self.server_close()
        return self.came_back


class _Return(BaseHTTPRequestHandler):
    server: _Listener

    def do_GET(self) -> None:
        self.server.came_back = self.path
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(_DONE.encode())

    def log_message(self, *_: object) -> None:
        """The address holds the code."""

"""A caller who keeps his connection finds it open after every answer that did not say otherwise."""

import socket
from contextlib import ExitStack
from http.client import HTTPConnection
from urllib.parse import urlsplit

import httpx
import pytest

from shenbao_stack.services import EVERYTHING, PORTAL
from shenbao_stack.stack import Stack

SIZES = (1_000, 70_000, 1_000_000, 5_000_000)
REFUSED_BEFORE_READING = {PORTAL: "/nowhere", "identity": "/v1/accounts", "subscriptions": "/v1/subscribers"}
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("service", EVERYTHING)
def test_a_refusal_before_the_body_was_read_leaves_the_connection_open(stack: Stack, service: str) -> None:
    address = urlsplit(stack.url(service))
    path = address.path + REFUSED_BEFORE_READING.get(service, "/v1/events")
    connection = HTTPConnection(str(address.hostname), address.port, timeout=20)
    connection.connect()
    connection.auto_open = 0  # a second connection would hide that the first one is gone
    for size in SIZES:
        connection.request("POST", path, b'{"text": "' + b"x" * size + b'"}', JSON)
        answer = connection.getresponse()
        assert (size, answer.status in {401, 404, 405}, answer.getheader("Connection")) == (size, True, "keep-alive")
        assert answer.read()
    connection.close()


def test_a_body_in_wrong_pieces_is_the_callers_fault(stack: Stack) -> None:
    address = urlsplit(stack.url("units"))
    head = f"POST {address.path}/v1/registry-lookups HTTP/1.1\r\nHost: units\r\nContent-Type: application/json\r\n"
    with socket.create_connection((str(address.hostname), address.port or 80), timeout=20) as connection:
        connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\nno number\r\n".encode())
        assert connection.recv(12) == b"HTTP/1.1 400"


def test_callers_who_do_not_hang_up_after_their_last_answer_hold_up_nobody(stack: Stack) -> None:
    address = urlsplit(stack.url("units"))
    place = (str(address.hostname), address.port or 80)
    head = f"GET {address.path}/health/live HTTP/1.1\r\nHost: units\r\nConnection: close\r\n\r\n"
    with ExitStack() as lingering:
        callers = [lingering.enter_context(socket.create_connection(place, timeout=20)) for _ in range(10)]
        for caller in callers:
            caller.sendall(head.encode())
        assert [caller.recv(12) for caller in callers] == [b"HTTP/1.1 200"] * 10
        # Gunicorn alone would wait for each of the ten for two seconds, one after the other.
        assert httpx.get(f"{stack.url('units')}/health/live", timeout=10).status_code == 200


def test_after_a_body_too_long_to_be_read_for_nothing_the_answer_says_that_the_connection_ends(stack: Stack) -> None:
    address = urlsplit(stack.url("units"))
    head = f"POST {address.path}/v1/sub-accounts HTTP/1.1\r\nHost: units\r\nContent-Length: 67108865\r\n\r\n{{"
    with socket.create_connection((str(address.hostname), address.port or 80), timeout=20) as connection:
        connection.sendall(head.encode())
        answer = connection.recv(65_536).decode()
    assert answer.startswith("HTTP/1.1 401 ")
    assert "Connection: close\r\n" in answer

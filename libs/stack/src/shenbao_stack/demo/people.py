"""The people of a demo, who sign in like anybody else.

Only the pictures of their image codes are not looked at: an identity of its own in this process, in the profile that
may tell what a picture shows, is asked for the text. It has no address, so nobody else can ask it.
"""

import importlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from flask.testing import FlaskClient

from shenbao_stack.client import Target
from shenbao_stack.services import app_module
from shenbao_stack.stack import Stack
from shenbao_stack.world import World


@contextmanager
def world_of(stack: Stack) -> Iterator[World]:
    """`with world_of(stack) as world: world.new_office(...)`, as in the journeys."""
    reader = _reader(stack)
    target = Target(
        url=stack.url,
        client_secret=stack.secrets["portal_client_secret"],
        read_image_code=lambda code_id: str(reader.get(f"/v1/test/image-codes/{code_id}").get_json()["code"]),
    )
    with World(target, stack.secrets["demo_password"], password=stack.secrets["demo_password"]) as world:
        yield world
    reader.application.extensions["shenbao"].engine.dispose()


def _reader(stack: Stack) -> FlaskClient:
    # Its log would stand between the lines that `shenbao run` prints.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    before = dict(os.environ)
    os.environ.update({**stack.environment, "SHENBAO_PROFILE": "test"})
    try:
        return FlaskClient(importlib.import_module(app_module("identity")).create_app())
    finally:
        os.environ.clear()
        os.environ.update(before)

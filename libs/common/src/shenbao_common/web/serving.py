"""How gunicorn runs a service or the portal: `gunicorn --config python:shenbao_common.web.serving <app>`.

Addresses and numbers of processes and threads are the deployment's own words, given beside it.
"""

import gc

from shenbao_common.web import bodies

worker_class = "shenbao_common.web.hanging_up.Worker"
control_socket_disable = True
# Longer than a client of ours or a proxy keeps an idle connection (5 and 60 seconds): who closes first must be the one
# that sends, else a request meets a connection that is just being closed.
keepalive = 75
pre_request = bodies.close_after_too_long


def post_fork(_server: object, _worker: object) -> None:
    """What is loaded stays: looking through it for garbage while it grows took a third of a start's time."""
    gc.disable()


def post_worker_init(_worker: object) -> None:
    """What was loaded stays until the end, and is not looked through for garbage again and again."""
    gc.enable()
    gc.collect()
    gc.freeze()

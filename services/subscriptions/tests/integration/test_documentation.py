"""What docs/subscribing.md tells other systems to do, done as it stands there."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc.errors import BadSignatureError
from werkzeug.serving import make_server

from shenbao_common.testing.receiver import Receiver
from shenbao_common.testing.service import UnderTest
from shenbao_subscriptions.actions.dispatching import Dispatcher

PAGE = Path(__file__).parents[4] / "docs" / "subscribing.md"


@pytest.fixture
def address(service: UnderTest) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, service.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_lines_that_verify_a_signature_do_so(
    town: Any, office: Any, receiver: Receiver, dispatcher: Dispatcher, address: str
) -> None:
    subscriber = office.register(receiver)
    town.hear(*town.course(town.P))
    dispatcher.work_off()
    (code,) = re.findall(r"```python\n(import json.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    theirs: dict[str, Any] = {}
    exec(code.replace("https://shenbao.example.gov.cn/api/subscriptions", address), theirs)  # noqa: S102
    for post in receiver.taken:
        signature = post.headers["Shenbao-Signature"]
        assert theirs["is_for_us"](post.body, signature, subscriber["id"])
        assert not theirs["is_for_us"](post.body, signature, "another subscriber")
        with pytest.raises(BadSignatureError):
            theirs["is_for_us"](post.body + b" ", signature, subscriber["id"])

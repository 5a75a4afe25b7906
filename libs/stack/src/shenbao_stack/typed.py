"""What generated clients stand on: calls that answer the body, or fail with what was wrong (`shenbao clients`)."""

from collections.abc import Mapping
from typing import Any, ClassVar

import httpx

from shenbao_stack.client import Visitor


class Refused(AssertionError):
    """A call that was answered by a problem; `answer` has it."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text}")
        self.answer = answer


class Client:
    """One service, as one person reaches it; `answer` is the last one, with its headers."""

    service: ClassVar[str]

    def __init__(self, somebody: Visitor) -> None:
        self.somebody = somebody
        self.answer: httpx.Response | None = None

    @property
    def etag(self) -> dict[str, str]:
        """The header that changes only what was read last."""
        return {"If-Match": self.answer.headers["ETag"]} if self.answer else {}

    def _call(
        self, method: str, path: str, *, params: Mapping[str, Any], headers: Mapping[str, str] | None, **body: Any
    ) -> httpx.Response:
        asked = {name: value for name, value in params.items() if value is not None}
        given = {name: value for name, value in body.items() if value is not None}
        answer = self.somebody.call(method, self.service, path, params=asked, headers=headers, **given)
        self.answer = answer
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            raise Refused(answer)
        return answer

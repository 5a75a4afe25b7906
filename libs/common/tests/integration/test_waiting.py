"""A request that waits for news is judged by what that news says."""

from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from shenbao_common.contracts.identity import AccountChangedV1
from shenbao_common.testing.actors import person_actor
from shenbao_common.testing.service import UnderTest, eventually


def test_a_token_that_is_outdated_by_what_it_waited_for_is_refused(notes: UnderTest) -> None:
    who = person_actor()
    event = AccountChangedV1(account_id=who.account_id, revision=who.revision + 1, kind="person", state="active")
    envelope = notes.envelope(event)
    after = {"Shenbao-After": f"{event.type}:{envelope.id}"}
    asked: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    sa.event.listen(notes.service.engine, "before_cursor_execute", note)
    try:
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(notes.client(who).get, "/v1/notes", headers=after)
            # Let in by the news of before, it now looks for the one that it waits for.
            eventually(lambda: any("inbox" in statement for statement in asked))
            with notes.service.sessions.begin() as session:
                notes.service.subscriptions.deliver(session, envelope)
            refused = answer.result(timeout=20)
    finally:
        sa.event.remove(notes.service.engine, "before_cursor_execute", note)
    assert (refused.status_code, refused.json["code"]) == (401, "token_outdated")

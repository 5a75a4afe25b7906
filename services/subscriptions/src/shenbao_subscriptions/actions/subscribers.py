"""Who may hear what: registered, edited, paused, resumed and removed by administrators."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from psycopg.errors import UniqueViolation
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shenbao_common.contracts import catalogue
from shenbao_common.kernel.actor import account_of_client
from shenbao_common.kernel.errors import Conflict, Problem, ensure
from shenbao_common.kernel.ids import uuid7
from shenbao_subscriptions import queries
from shenbao_subscriptions.domain import passwords
from shenbao_subscriptions.domain.registration import channel_objections, webhook_objections
from shenbao_subscriptions.models import CLIENT_ONCE, NAME_ONCE, Delivery, Replay, Subscriber
from shenbao_subscriptions.settings import Settings

FILTERS = ("types", "programmes", "years", "bodies", "steps", "results")
_TAKEN = {NAME_ONCE: "subscriber_name_taken", CLIENT_ONCE: "client_taken"}


def register(
    session: Session, settings: Settings, wanted: Mapping[str, Any], *, now: datetime
) -> tuple[Subscriber, str | None]:
    """A subscriber that hears what is told from now on; its past it gets by a replay. With a queue also the password of
    its user on the broker, which is nowhere else.

    Refuses what its channel cannot do with, naming all objections, and a name or client that is taken.
    """
    webhook = wanted.get("webhook")
    problems = channel_objections(
        wanted["channel"],
        has_webhook=webhook is not None,
        client_id=wanted["client_id"],
        has_queues=settings.has_queues,
    )
    problems += unknown_types(wanted["filter"].get("types", ()), "filter.types")
    ensure(problems + (_webhook_problems(settings, webhook) if webhook else []))
    row = Subscriber(
        id=uuid7(),
        channel=wanted["channel"],
        name=wanted["name"],
        filled_to=queries.head(session),
        created_at=now,
        version=1,
    )
    _note_client(row, wanted["client_id"])
    _note_filter(row, wanted["filter"])
    _note_webhook(row, webhook)
    password = new_password(row) if row.channel == "amqp" else None
    session.add(row)
    _flush(session)
    return row, password


def new_password(row: Subscriber) -> str:
    """For the subscriber's user on the broker; the old one is refused within a moment."""
    if row.channel != "amqp":
        raise Conflict("no_queue")
    password = passwords.new()
    row.password_hash = passwords.hashed(password)
    return password


def revise(session: Session, settings: Settings, row: Subscriber, changes: Mapping[str, Any]) -> Subscriber:
    """What is not named stays; the channel stays in any case. A filter and a webhook are replaced whole."""
    webhook = changes.get("webhook")
    problems = unknown_types(changes.get("filter", {}).get("types", ()), "filter.types")
    if webhook is not None and row.channel != "webhook":
        problems.append(Problem("not_for_this_channel", "webhook"))
    if row.channel == "feed" and "client_id" in changes and changes["client_id"] is None:
        problems.append(Problem("required", "client_id"))
    ensure(problems + (_webhook_problems(settings, webhook) if webhook and not problems else []))
    row.name = changes.get("name", row.name)
    if "client_id" in changes:
        _note_client(row, changes["client_id"])
    if "filter" in changes:
        _note_filter(row, changes["filter"])
    if webhook is not None:
        _note_webhook(row, webhook)
    _flush(session)
    return row


def set_state(session: Session, row: Subscriber, state: str) -> Subscriber:
    """active or paused. Resumed, all that waits is tried at once, with the whole schedule before it."""
    if state == row.state:
        return row
    row.state, row.pause = state, "administrator" if state == "paused" else ""
    if state == "active":
        row.failures, row.failing_since, row.quiet_until = 0, None, None
        waiting = sa.update(Delivery).where(Delivery.subscriber_id == row.id, Delivery.state == "pending")
        session.execute(waiting.values(attempts=0, next_attempt_at=None))
    session.flush()
    return row


def remove(session: Session, row: Subscriber) -> None:
    """Its secrets go at once, its queue and what waited for it soon; its name may be used again."""
    row.state, row.pause, row.credentials = "removed", "", None
    running = sa.update(Replay).where(Replay.subscriber_id == row.id, Replay.state == "running")
    session.execute(running.values(state="done"))
    session.flush()


def skip(session: Session, row: Delivery, *, now: datetime) -> Delivery:
    """Leaves out one event that the subscriber will not take, so that the later ones of its subject may go."""
    if row.state != "pending":
        raise Conflict("delivery_done", state=row.state)
    row.state, row.delivered_at, row.next_attempt_at = "skipped", now, None
    session.flush()
    return row


def _note_client(row: Subscriber, client_id: str | None) -> None:
    row.client_id = client_id
    row.account_id = account_of_client(client_id) if client_id else None


def _note_filter(row: Subscriber, wanted: Mapping[str, Sequence[Any]]) -> None:
    for name in FILTERS:
        values: Any = wanted.get(name, ())
        setattr(row, name, list(dict.fromkeys(values)))


def _note_webhook(row: Subscriber, webhook: Mapping[str, Any] | None) -> None:
    row.url = webhook["url"] if webhook else None
    row.auth = webhook["auth"] if webhook else "none"
    row.credentials = _credentials(webhook) if webhook else None


def _credentials(webhook: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in webhook.items() if name not in {"url", "auth"} and value}


def _webhook_problems(settings: Settings, webhook: Mapping[str, Any]) -> list[Problem]:
    return webhook_objections(webhook["url"], webhook["auth"], _credentials(webhook), settings.private_targets)


def unknown_types(types: Sequence[str], path: str) -> list[Problem]:
    known = catalogue.BY_TYPE
    return [Problem("unknown_choice", f"{path}.{i}") for i, name in enumerate(types) if name not in known]


def _flush(session: Session) -> None:
    """The name, or the client, may have been taken at the same moment: the database decides."""
    try:
        session.flush()
    except IntegrityError as clash:
        broken = clash.orig.diag.constraint_name if isinstance(clash.orig, UniqueViolation) else None
        if broken not in _TAKEN:
            raise
        raise Conflict(_TAKEN[broken]) from None

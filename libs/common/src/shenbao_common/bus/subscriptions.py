"""What a service listens to, and the one way in which an event gets to its handlers."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import marshmallow as ma
from sqlalchemy.orm import Session

from shenbao_common.bus import admission
from shenbao_common.bus.envelope import Envelope, Unreadable, publisher
from shenbao_common.bus.faults import UnknownType
from shenbao_common.contracts.event import Event
from shenbao_common.kernel import spans, trace

E = TypeVar("E", bound=Event)
Handler = Callable[[Session, E], None]
WholeHandler = Callable[[Session, Envelope], None]


class Subscriptions:
    """The events that one service hears, each with its handlers in the order in which they were added."""

    def __init__(self, service: str) -> None:
        self.service = service
        self._classes: dict[str, type[Event]] = {}
        self._handlers: dict[str, list[Handler[Any]]] = {}
        self._whole: list[WholeHandler] = []

    def on(self, event_type: type[E]) -> Callable[[Handler[E]], Handler[E]]:
        """Decorates a handler(session, event)."""

        def remember(handler: Handler[E]) -> Handler[E]:
            self.add(event_type, handler)
            return handler

        return remember

    def add(self, event_type: type[E], handler: Handler[E]) -> None:
        self._classes[event_type.type] = event_type
        self._handlers.setdefault(event_type.type, []).append(handler)

    def pass_on(self, event_types: Iterable[type[Event]], handler: WholeHandler) -> None:
        """Hears these events for others, as the envelopes they came in; `handler` runs last of all, and is given
        whatever else the service hears too."""
        for event_type in event_types:
            self._classes.setdefault(event_type.type, event_type)
        self._whole.append(handler)

    @property
    def event_types(self) -> tuple[type[Event], ...]:
        """Those that the service reads; what it only passes on is nobody's need."""
        return tuple(self._classes[name] for name in self._handlers)

    def handlers(self, event_type: type[E]) -> Sequence[Handler[E]]:
        """In the order in which they run."""
        return tuple(self._handlers[event_type.type])

    @property
    def types(self) -> tuple[str, ...]:
        """Types heard, without the prefix of the wire: the routing keys."""
        return tuple(self._classes)

    @property
    def sources(self) -> tuple[str, ...]:
        """Publishers heard."""
        return tuple(dict.fromkeys(publisher(name) for name in self._classes))

    def types_of(self, source: str) -> tuple[str, ...]:
        return tuple(name for name in self._classes if publisher(name) == source)

    def deliver(self, session: Session, envelope: Envelope) -> bool:
        """Handles one event in the caller's transaction; False when it was handled, or waits, already."""
        moved = {envelope.source: envelope.position}
        return bool(self.deliver_all(session, [envelope], moved))

    def deliver_all(
        self,
        session: Session,
        envelopes: Sequence[Envelope],
        moved: Mapping[str, int],
        *,
        attempts: int = 1,
    ) -> list[Envelope]:
        """Inbox rows, handlers, positions of many events in the caller's transaction; answers those that it handled.

        moved: how far each publisher has been followed with these. Raises the first fault of any event; the caller
        rolls back then. Events whose subject waits behind a deferred one are put with it.
        """
        for unknown in (e for e in envelopes if e.type not in self._classes):
            raise UnknownType(unknown.type)
        fresh = admission.admit(session, envelopes, moved, attempts)
        for envelope in fresh:
            self.handle(session, envelope)
        return fresh

    def handle(self, session: Session, envelope: Envelope) -> None:
        """Runs the handlers, under the trace of the event. Raises Unreadable when the data breaks its promise."""
        try:
            event = self._classes[envelope.type].from_wire(envelope.data)
        except KeyError as unknown:
            raise UnknownType(envelope.type) from unknown
        except ma.ValidationError as wrong:
            fields = wrong.messages if isinstance(wrong.messages, dict) else {}
            raise Unreadable(f"the data breaks its promise in {', '.join(map(str, fields))}") from wrong
        parent = envelope.trace if trace.is_whole(envelope.trace) else trace.fresh()
        name, about = f"handle {envelope.type}", {"messaging.message.id": str(envelope.id)}
        with spans.around(self.service, name, kind="consumer", parent=parent, **about) as own, trace.within(own):
            for handler in self._handlers.get(envelope.type, ()):
                handler(session, event)
            for whole in self._whole:
                whole(session, envelope)


def only_heard(envelopes: Sequence[Envelope], types: Collection[str]) -> list[Envelope]:
    """A feed may hold more than was asked for."""
    return [envelope for envelope in envelopes if envelope.type in types]

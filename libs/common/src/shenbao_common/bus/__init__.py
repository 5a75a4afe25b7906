"""The event bus: outbox, relay, inbox, consumer, feed, healing (docs/delivery.md says what it promises)."""

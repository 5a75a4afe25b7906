"""Hears the events of Shenbao in another system. Stands alone: it needs pika and nothing of Shenbao."""

from shenbao_subscriber.checkpoint import Checkpoint, FileCheckpoint
from shenbao_subscriber.event import Event, Unread
from shenbao_subscriber.feeds import Feeds
from shenbao_subscriber.queues import QueueRefused
from shenbao_subscriber.subscriber import Pace, Subscriber
from shenbao_subscriber.taking import PublisherReset

__all__ = [
    "Checkpoint",
    "Event",
    "Feeds",
    "FileCheckpoint",
    "Pace",
    "PublisherReset",
    "QueueRefused",
    "Subscriber",
    "Unread",
]

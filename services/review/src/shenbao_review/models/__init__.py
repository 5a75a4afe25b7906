"""Rows of review."""

from shenbao_review.models.base import Base
from shenbao_review.models.batches import Batch, BatchItem
from shenbao_review.models.cases import Case, LogEntry, QueueEntry, Seen, Step
from shenbao_review.models.committees import Committee, Expert, Relation
from shenbao_review.models.copies import Organisation, ProgrammeVersion, Project, Recall, Unit
from shenbao_review.models.issuances import CertificateNumber, Issuance, NumberCounter
from shenbao_review.models.packages import Package, PackageCase
from shenbao_review.models.publicity import Objection, Publicity, PublicityCase
from shenbao_review.models.reconsiderations import Reconsideration, ReconsiderationStep
from shenbao_review.models.sittings import Recusal, Sitting, SittingCase, SittingCount, SittingMember, Urn
from shenbao_review.models.tallies import Tally
from shenbao_review.models.timers import CalendarDay, CalendarYear, Timer

__all__ = [
    "Base",
    "Batch",
    "BatchItem",
    "CalendarDay",
    "CalendarYear",
    "Case",
    "CertificateNumber",
    "Committee",
    "Expert",
    "Issuance",
    "LogEntry",
    "NumberCounter",
    "Objection",
    "Organisation",
    "Package",
    "PackageCase",
    "ProgrammeVersion",
    "Project",
    "Publicity",
    "PublicityCase",
    "QueueEntry",
    "Recall",
    "Reconsideration",
    "ReconsiderationStep",
    "Recusal",
    "Relation",
    "Seen",
    "Sitting",
    "SittingCase",
    "SittingCount",
    "SittingMember",
    "Step",
    "Tally",
    "Timer",
    "Unit",
    "Urn",
]

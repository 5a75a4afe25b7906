"""Rows of units."""

from shenbao_units.models.base import Base
from shenbao_units.models.directory import DIRECTORY_CODE_ONCE, DirectoryUnit
from shenbao_units.models.papers import AuthorizationLetter
from shenbao_units.models.registrations import CASE_ONCE, RegistrationCase
from shenbao_units.models.rows import (
    ACCOUNT_USED_ONCE,
    BINDING_PENDING_ONCE,
    OFFICER_ONCE,
    OFFICER_REQUESTED_ONCE,
    ORGANISATION_CODE_ONCE,
    REGISTERED_ONCE,
    SUB_ACCOUNT_USED_ONCE,
    ApplicationCopy,
    Binding,
    HistoryEntry,
    LookupCount,
    OfficeAccount,
    Officer,
    OfficerRequest,
    Organisation,
    RegisterAnswer,
    SubAccount,
    Unit,
    UnitNamePart,
)
from shenbao_units.models.staff import LINKED_ONCE, StaffLink

__all__ = [
    "ACCOUNT_USED_ONCE",
    "BINDING_PENDING_ONCE",
    "CASE_ONCE",
    "DIRECTORY_CODE_ONCE",
    "LINKED_ONCE",
    "OFFICER_ONCE",
    "OFFICER_REQUESTED_ONCE",
    "ORGANISATION_CODE_ONCE",
    "REGISTERED_ONCE",
    "SUB_ACCOUNT_USED_ONCE",
    "ApplicationCopy",
    "AuthorizationLetter",
    "Base",
    "Binding",
    "DirectoryUnit",
    "HistoryEntry",
    "LookupCount",
    "OfficeAccount",
    "Officer",
    "OfficerRequest",
    "Organisation",
    "RegisterAnswer",
    "RegistrationCase",
    "StaffLink",
    "SubAccount",
    "Unit",
    "UnitNamePart",
]

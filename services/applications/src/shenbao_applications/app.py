"""Puts the web half together."""

from flask import Flask

from shenbao_applications import handlers
from shenbao_applications.api import (
    applications,
    archive,
    blank_forms,
    citations,
    committees,
    deadlines,
    dictionaries,
    evaluations,
    examinations,
    form_sheets,
    numbering,
    operating,
    pretest,
    programmes,
    progress,
    projects,
    publications,
    receipts,
    recognitions,
    register_readings,
    reports,
    same_person,
    self_test,
    sheets,
    staffing,
    staging,
    submission,
    table_parts,
    tables,
)
from shenbao_applications.domain import archive_categories
from shenbao_applications.models import Application
from shenbao_applications.providers import registers
from shenbao_applications.settings import Settings
from shenbao_common.web.reconciling import known_of_applications
from shenbao_common.web.service import create_service

_BLUEPRINTS = (
    self_test.blp,
    programmes.blp,
    projects.blp,
    publications.blp,
    committees.blp,
    applications.blp,
    numbering.blp,
    staffing.blp,
    tables.blp,
    table_parts.blp,
    archive.blp,
    citations.blp,
    evaluations.blp,
    examinations.blp,
    submission.blp,
    receipts.blp,
    pretest.blp,
    register_readings.blp,
    deadlines.blp,
    dictionaries.blp,
    staging.blp,
    progress.blp,
    recognitions.blp,
    reports.blp,
    sheets.blp,
    form_sheets.blp,
    blank_forms.blp,
    operating.blp,
    same_person.blp,
)


def create_app(settings: Settings | None = None) -> Flask:
    """The service's app; without settings it reads the environment."""
    facts = [Application.reference, Application.status, Application.round, Application.revision]
    known = known_of_applications(Application.id, facts, where=Application.round > 0)
    chosen = settings or Settings.from_env()
    app = create_service(
        chosen,
        title="Shenbao applications",
        blueprints=[*_BLUEPRINTS, known],
        subscriptions=handlers.subscriptions,
    )
    app.extensions["registers"] = registers.at(chosen.registers_url, chosen.registers_token)
    app.extensions[archive.EXTENSION] = archive_categories.load(chosen.archive_file)
    return app

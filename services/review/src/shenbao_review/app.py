"""The web application of review."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask

from shenbao_common.kernel import clock
from shenbao_common.web.reconciling import known_of_applications
from shenbao_common.web.service import create_service
from shenbao_review import handlers
from shenbao_review.api import (
    ballots,
    batches,
    calendar,
    cases,
    claims,
    committees,
    decisions,
    issuances,
    packages,
    publicity,
    reconsiderations,
    result_workbooks,
    sittings,
    trends,
)
from shenbao_review.models import Case
from shenbao_review.settings import Settings


def create_app(settings: Settings | None = None, *, now: Callable[[], datetime] = clock.now) -> Flask:
    """now: the clock by which decisions are dated."""
    facts = [Case.reference, Case.state, Case.round, Case.revision, Case.routed]
    known = known_of_applications(Case.application_id, facts)
    app = create_service(
        settings or Settings.from_env(),
        title="Shenbao review",
        blueprints=[
            trends.blp,
            cases.blp,
            claims.blp,
            decisions.blp,
            batches.blp,
            calendar.blp,
            committees.blp,
            result_workbooks.blp,
            sittings.blp,
            ballots.blp,
            issuances.blp,
            packages.blp,
            reconsiderations.blp,
            publicity.blp,
            publicity.public_blp,
            known,
        ],
        subscriptions=handlers.subscriptions,
    )
    app.extensions["clock"] = now
    return app
